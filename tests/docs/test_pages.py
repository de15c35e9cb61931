"""The pages of docs/ say what the code does."""

from __future__ import annotations

import importlib.util
import re
import sys
from types import ModuleType

import pytest

from rag.cli import app
from rag.settings import Settings
from rag.settings_shown import variable_of
from rag.web.mcp_tools import OFFERS
from tests.shipped import ROOT

DOCS = ROOT / "docs"


def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_make", DOCS / "make.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_make"] = module
    spec.loader.exec_module(module)
    return module


MAKE = made()


@pytest.mark.parametrize("name", MAKE.PAGES)
def test_a_page_made_from_the_code_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == MAKE.PAGES[name](), "run: python docs/make.py"


def test_every_error_class_and_every_message_has_its_heading() -> None:
    text = (DOCS / "troubleshooting.md").read_text("utf-8")
    headings = set(re.findall(r"^#{2,3} (.*)$", text, re.MULTILINE))

    assert set(MAKE.error_classes()) <= headings
    messages = {one.message for one in MAKE.raised()}
    assert {
        "The question is empty",
        "… is in use by …",
        "Cannot reach …, or it hung up",
    } <= messages
    plain = {heading.replace("\\", "") for heading in headings}
    assert {message for message in messages if re.search(r"\w", message)} <= plain


def test_the_readme_links_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    pages = {f"docs/{path.name}" for path in DOCS.glob("*.md")}
    assert pages <= set(re.findall(r"\]\(([^)#]+)", readme))


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", (DOCS / page).read_text("utf-8"))
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_every_example_is_shown_on_a_page() -> None:
    text = "".join(path.read_text("utf-8") for path in DOCS.glob("*.md"))
    missing = [one.name for one in DOCS.glob("examples/*.py") if f"examples/{one.name}" not in text]
    assert missing == []


def test_the_page_on_http_names_every_route_and_every_tool() -> None:
    text = (DOCS / "http.md").read_text("utf-8")
    source = (ROOT / "rag" / "web" / "api.py").read_text("utf-8")
    source += (ROOT / "rag" / "web" / "openai_api.py").read_text("utf-8")
    routes = re.findall(r'\.(?:get|post|delete)\("(/[^"]*)"', source)
    assert routes
    assert [route for route in routes if route not in text] == []
    assert [tool for tool in OFFERS if f"`{tool}`" not in text] == []


PAPERS = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in (ROOT / "README.md", *DOCS.glob("*.md"), DOCS / "Dockerfile")
}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_setting_and_command_that_a_paper_names_is_there(paper: str) -> None:
    settings = {variable_of(name) for name in Settings.model_fields}
    named = set(re.findall(r"\b(?:GROUNDWIRE|OPENAI)_[A-Z_]+\b", PAPERS[paper]))
    assert named - settings == set()
    commands = {one.callback.__name__ for one in app.registered_commands if one.callback}
    shown = set(re.findall(r"(?:^|[`$] ?)groundwire ([a-z]+)", PAPERS[paper], re.MULTILINE))
    assert shown - commands == set()


def test_the_dockerfile_copies_what_is_there() -> None:
    lines = re.findall(r"^COPY (.+) \S+$", PAPERS["docs/Dockerfile"], re.MULTILINE)
    copied = " ".join(lines).split()
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
