"""The day above the text, in the files of programs that have no other place for it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from rag.articles.article import Article
from rag.articles.files import read
from tests.articles.made_files import docx, pdf

DAY = datetime.date(2024, 5, 7)
TEXT = "The lido of Quernby opens again after eleven months. The town paid for new tiles."


def only(path: Path) -> Article:
    (found,) = read(path)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    "line",
    [
        *("7 May 2024", "Tuesday, May 7, 2024", "Published: 7 May 2024", "2024-05-07"),
        *("By Orla Finch | 7 May 2024", "Orla Finch – 7 May 2024", "*Posted on 7 May 2024*"),
        *("Veröffentlicht am 7. Mai 2024", "Posted on 7 May 2024 by Orla Finch"),
        *("By Orla Finch, 7 May 2024", "by Orla Finch, Tuesday, May 7, 2024"),
        "QUERNBY, May 7, 2024 (Moor Wire) -- The lido of Quernby opens again.",
    ],
)
def test_a_day_that_stands_alone_above_the_text_is_that_of_publication(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"Lido opens again\n\n{line}\n\n{TEXT}\n")
    assert only(path).published_at == DAY


@pytest.mark.parametrize(
    "text",
    [
        f"Lido opens again\n\nIt closed on 7 May 2024.\n\n{TEXT}",
        f"Lido opens again\n\nConcert on the lawn – 7 May 2024\n\n{TEXT}",
        f"Lido opens again\n\nOpening, 7 May 2024\n\n{TEXT}",
        f"The repairs\n\n7 May 2024\n\n{TEXT}\n\n9 May 2024\n\nThe tiles came.",
        f"Lido opens again\n\n{TEXT}\n" + "\nIt rains.\n" * 9 + "\n7 May 2024\n",
        f"Lido opens again\n\n7 May 2190\n\n{TEXT}",
        f"Lido opens again\n\nMay 2024\n\n{TEXT}",
    ],
)
def test_a_day_of_news_of_entries_or_to_come_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    assert only(path).published_at is None


def test_what_the_file_says_itself_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\ndate: 2024-05-09\n---\n\n# Lido opens again\n\n7 May 2024\n\n{TEXT}\n")
    assert only(path).published_at == datetime.date(2024, 5, 9)


def test_office_files_prints_and_pages_have_it_too(tmp_path: Path) -> None:
    lines = ["Lido opens again", "7 May 2024", TEXT]
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    shown = "".join(f"<div>{line}</div>" for line in [*lines, *(f"{TEXT} {n}" for n in range(4))])
    made = {
        "a.docx": docx(body),
        "a.pdf": pdf([lines]),
        "a.html": f"<html><title>Lido</title><body>{shown}</body></html>".encode(),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
        assert only(tmp_path / name).published_at == DAY, name


def test_the_day_on_which_an_office_program_saved_a_page_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        '<html><head><title>Lido</title><meta name="generator" content="LibreOffice 7.4 (Linux)">'
        '<meta name="created" content="2024-06-01T10:00:00"><meta name="changed" '
        f'content="2024-06-02T10:00:00"></head><body><h1>Lido opens</h1><p>{TEXT}</p></body></html>'
    )
    assert only(path).published_at is None
