"""Exports keep every quote, and nothing in them comes to life."""

from __future__ import annotations

import datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.answer import Scope
from rag.articles.article import Article, normalise
from rag.terminal import readable
from rag.web.export import as_html, as_markdown, as_text, escape_markdown
from tests.web.scripted_newsroom import COLD, SAFE, UNKNOWN, Line, Script, ScriptedNewsroom

HOSTILE = (
    "<script>alert(1)</script> ![x](https://evil.example/x.png) [y](javascript:alert(2)) "
    "https://evil.example <https://evil.example> `code` **bold** # head & &lt; \u202egnp"
)


def answer_to(question: str, text: str | None = None):
    newsroom = ScriptedNewsroom()
    if text is not None:
        article = Article("h.txt", text + ".", f"Title {text}", url="javascript:alert(3)")
        newsroom.stored.append(article)
        newsroom.scripts[question] = Script(lines=(Line(text, ((article, article.text),)),))
    return newsroom.ask(question)


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True, "linkify": False}).render(markdown)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80))
def test_escaped_text_renders_as_the_same_text_and_nothing_else(text: str) -> None:
    html = rendered("x" + escape_markdown(text) + "x")

    assert html.count("<") == 2, html
    assert html.startswith("<p>x")
    assert html.endswith("x</p>\n")


def test_nothing_in_an_exported_answer_comes_to_life() -> None:
    answer = answer_to("What? <b>", HOSTILE)

    page = as_html(answer)
    assert "<script" not in page
    assert "<b>" not in page
    assert "<img" not in page
    assert "javascript:" not in page.replace("javascript:alert(2)", "")
    assert 'href="http' not in page
    markdown = rendered(as_markdown(answer).split("\n[^1]")[0])
    assert "<script" not in markdown
    assert "<img" not in markdown
    assert "<a " not in markdown


def test_every_form_carries_the_quotes_and_where_they_are_from() -> None:
    answer = answer_to(SAFE)

    for form in (as_text(answer), as_html(answer)):
        for citation in answer.citations:
            assert citation.quote in form
        assert "Harbour Times, 9 March 2024" in form
        assert "https://harbour.example/ferry" in form
    markdown = as_markdown(answer)
    assert "ran aground\\.[^1]" not in markdown
    assert "ran aground.[^1] The coastguard" in markdown
    assert "[^2]: “The coastguard brought everyone ashore" in markdown


def test_an_abstention_is_exported_as_one() -> None:
    for form in (as_text, as_markdown, as_html):
        text = form(answer_to(UNKNOWN))
        assert "The articles do not answer this" in text
        assert "No article says who built the ferry" in text
        assert "Divers will look at the hull" in text


def test_what_sources_disagree_on_is_exported_too() -> None:
    assert (
        "Sources disagree: Nine people were treated for cold. (later report) [1]; "
        "Eleven people were treated for cold. [2]"
    ) in as_text(answer_to(COLD))


def test_every_form_says_what_was_searched_for_where_and_on_what_it_rests() -> None:
    answer = answer_to(SAFE).model_copy(
        update={
            "searched_for": "How many people were on the ferry off Lowick?",
            "scope": Scope(publishers=("Harbour Times",), published_from=datetime.date(2024, 3, 8)),
        }
    )
    for form in (as_text, as_markdown, as_html):
        text = form(answer).replace("\\", "")
        assert "How many people were on the ferry off Lowick?" in text
        assert "from 8 March 2024 · Harbour Times" in text
        assert "sentence 2 on 1 origin, 2 articles" in text
        assert "also in 1 other article" in text
        assert "1 sentence removed" in text


@pytest.mark.parametrize(
    ("named_by", "said"),
    [("user", "Within:"), ("question", "Looked first at:"), (None, "Scope:")],
)
def test_every_form_says_whether_the_scope_was_chosen_or_named(
    named_by: Literal["user", "question"] | None, said: str
) -> None:
    scope = Scope(named_by=named_by, publishers=("Harbour Times",))
    answer = answer_to(SAFE).model_copy(update={"scope": scope})
    for form in (as_text, as_markdown, as_html, readable):
        assert said in form(answer).replace("\\", "")


def test_text_that_spans_lines_stays_on_its_line() -> None:
    answer = answer_to("What?", normalise("One\n# two\n[^1]: three"))

    assert "\n#" not in as_markdown(answer).split("\n", 1)[1]
    assert as_markdown(answer).count("[^1]: ") == 1


def test_the_page_of_a_quotation_is_exported_and_the_end_of_a_page_is_not() -> None:
    answer = answer_to(SAFE)
    first, *others = answer.citations
    cited = first.model_copy(update={"page": 3, "quote": "It ran\n\faground."})
    answer = answer.model_copy(update={"citations": (cited, *others)})
    for form in (as_text, as_markdown, as_html):
        text = form(answer)
        assert "page 3" in text
        assert "\f" not in text
