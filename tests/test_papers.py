"""What the README and its fellow papers say is held to what the code is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evals.cli import app as evals_app
from evals.datasets.loading import load_questions
from rag.articles.feeds import MAX_ENTRIES
from rag.articles.formats import SUFFIXES
from rag.articles.limits import Limits
from rag.cli import app
from rag.settings import Settings
from rag.web.incoming import MAX_ITEMS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAPERS = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/RELIABILITY.md",
    "docs/formats.md",
]


def test_the_readme_names_settings_that_there_are() -> None:
    rows = re.findall(r"^\| `((?:GROUNDWIRE|OPENAI)_\w+)` \| .* \| .* \|$", README, re.MULTILINE)
    fields = {
        name.upper() if name.startswith("openai_") else f"GROUNDWIRE_{name.upper()}"
        for name in Settings.model_fields
    }
    assert rows
    assert set(rows) < fields


def test_the_readme_gives_the_defaults_that_the_settings_have() -> None:
    defaults = {
        name: str(field.default).lower()
        if isinstance(field.default, bool)
        else f"{field.default:g}"
        if isinstance(field.default, int | float)
        else field.default
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, str | int | float)
    }
    shown = {
        name: row[1]
        for name in defaults
        if (
            row := re.search(
                rf"^\| `GROUNDWIRE_{name.upper()}` \| `([^`]*)` \|", README, re.MULTILINE
            )
        )
    }
    assert shown.keys() >= {"host", "port"}
    assert shown.items() <= defaults.items()


def test_the_formats_page_names_every_kind_of_file_and_the_limits_that_are_set() -> None:
    said = (ROOT / "docs" / "formats.md").read_text("utf-8")
    rows = "".join(re.findall(r"^\| (`\..*?) \|", said, re.MULTILINE))
    assert set(re.findall(r"`(\.\w+)`", rows)) == set(SUFFIXES)
    limits = Limits()
    for row in (
        f"| {limits.file_bytes // 1_000_000} MB | `GROUNDWIRE_MAX_FILE_MB` |",
        f"| {limits.pages:,} | `GROUNDWIRE_MAX_PAGES` |",
        f"| the first {MAX_ENTRIES} |",
        f"| {MAX_ITEMS} |",
        f"in {limits.packed_files:,} parts",
        f"| {limits.text_chars // 1_000_000} million characters |",
        f"| {limits.parse_s:.0f} s, as long again for each",
        f"and {limits.memory_bytes // 1_000_000_000} GB of memory",
    ):
        assert row in said


def test_the_readme_counts_the_shipped_questions_right() -> None:
    examples = load_questions(ROOT / "evals" / "questions" / "corpus.jsonl")
    unanswerable = sum(not example.answerable for example in examples)
    assert f"Of the {len(examples)} shipped questions {unanswerable} have no answer" in README


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_links_to_is_there(paper: str) -> None:
    text = (ROOT / paper).read_text("utf-8")
    links = re.findall(r"\]\((?!https?://)([^)#]+)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_of_the_project_that_a_paper_names_is_there(paper: str) -> None:
    text = (ROOT / paper).read_text("utf-8")
    named = re.findall(r"`((?:rag|evals|tests|corpus|docs|\.ci)/[\w./-]*)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_shows_every_command_and_no_other() -> None:
    shown = set(re.findall(r"^groundwire (\w+) ", README, re.MULTILINE))
    commands = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    assert shown == commands


def test_the_page_of_the_evals_shows_every_command_and_no_other() -> None:
    said = (ROOT / "docs" / "evals.md").read_text("utf-8")
    shown = set(re.findall(r"^python -m evals ([\w-]+) ", said, re.MULTILINE))
    commands = {c.name or c.callback.__name__ for c in evals_app.registered_commands if c.callback}
    assert shown == commands


def test_every_quote_that_the_readme_shows_stands_in_a_shipped_article() -> None:
    quotes = re.findall(r'^\[\d+\] "(.*)" \(.*\)$', README, re.MULTILINE)
    articles = [path.read_text("utf-8") for path in (ROOT / "corpus").iterdir()]
    assert quotes
    assert [quote for quote in quotes if not any(quote in text for text in articles)] == []
