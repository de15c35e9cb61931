"""Exports keep every quote, and nothing in them comes to life."""

from __future__ import annotations

import datetime
import re
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag import layout
from rag.answer import Answer, Scope
from rag.articles.article import Article, normalise
from rag.terminal import readable
from rag.web.export import as_html, as_markdown, as_text, escape_markdown
from tests.answers import MAYOR, SAMPLES, VOTED, YEARS, answers
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


@given(answers())
def test_markdown_has_a_footnote_for_each_number_and_no_other(answer: Answer) -> None:
    body, *notes = re.split(r"^\[\^(\d+)\]: ", as_markdown(answer), flags=re.MULTILINE)

    referred = set(re.findall(r"\[\^(\d+)\]", body))
    assert referred == set(notes[0::2])
    assert referred == {str(number) for number in layout.shown_numbers(answer)}
    assert not any("[^" in note.replace("\\[", "") for note in notes[1::2])


@given(answers())
def test_text_and_page_have_a_footnote_for_each_number_and_no_other(answer: Answer) -> None:
    numbers = {str(number) for number in layout.shown_numbers(answer)}
    assert set(re.findall(r"^\[(\d+)\] “", as_text(answer), re.MULTILINE)) == numbers
    page = as_html(answer)
    assert set(re.findall(r'<a href="#source-(\d+)">', page)) == numbers
    assert set(re.findall(r'<li id="source-(\d+)"', page)) == numbers


@given(answers())
def test_bold_in_markdown_is_what_is_marked_and_the_quote_reads_the_same(answer: Answer) -> None:
    for citation in answer.citations:
        runs = layout.runs(answer, citation.number)
        alone = answer.model_copy(update={"conflicts": (), "follow_ups": ()})
        found = re.search(
            rf"^\[\^{citation.number}\]: (“.*”) [^”]*$", as_markdown(alone), re.MULTILINE
        )
        if found is None:
            continue
        html = rendered(found[1])
        bare = re.sub(r"</?(?:p|strong)>", "", html).strip()
        assert bare == f"“{citation.quote}”".replace('"', "&quot;")
        assert "*" not in bare
        strong = re.findall(r"<strong>(.*?)</strong>", html)
        assert set(strong) <= {run.text for run in runs if run.marked}


def test_the_answering_words_are_bold_or_marked() -> None:
    assert "“**Nine** members voted" in as_markdown(SAMPLES["fact"])
    assert "<mark>Nine</mark> members voted" in as_html(SAMPLES["fact"])
    assert "“Nine members voted" in as_text(SAMPLES["fact"])


def test_marked_words_of_an_article_stay_text() -> None:
    text = "<b>Nine</b> came & **left**."
    article = Article("h.txt", text, "Title")
    newsroom = ScriptedNewsroom()
    newsroom.stored.append(article)
    newsroom.scripts["Who?"] = Script(lines=(Line(text, ((article, text),)),))
    answer = newsroom.ask("Who?")
    [claim] = answer.claims
    marks = [{"citation": 1, "start": 0, "end": 11}]
    whole = answer.model_dump(mode="json")
    whole["claims"][0]["highlights"] = marks
    marked = Answer.model_validate(whole)
    assert claim.text == text
    assert "<mark>&lt;b&gt;Nine&lt;/b&gt;</mark>" in as_html(marked)
    html = rendered(as_markdown(marked).partition("[^1]: ")[2])
    assert "<b>" not in html
    assert "&lt;b&gt;Nine" in html
    assert "**left**" in html


@pytest.mark.parametrize("form", [as_text, as_markdown, as_html])
def test_every_form_gives_lead_verdict_groups_days_and_what_to_ask_next(form: object) -> None:
    assert callable(form)
    said = {name: form(answer).replace("\\", "") for name, answer in SAMPLES.items()}

    assert "2 steps." in said["list"]
    assert "You could ask next:" in said["list"]
    assert "Who is the mayor?" in said["list"]
    assert "Yes. " in said["yes"]
    assert "No. The bridge" in said["no"]
    assert re.search(r"Lena Brandt:.*\n?.*" + re.escape(MAYOR[:20]), said["positions"], re.DOTALL)
    assert re.search(r"30 April 2024:(</b>)? " + re.escape(VOTED), said["timeline"])
    assert "What the articles do say:" in said["not said"]
    assert YEARS in said["not said"]
    assert "Cites 2 of the 2 articles found." in said["summary"]
    assert "Hello. There are 2 articles here." in said["small talk"]


def test_a_list_of_markdown_is_one_for_its_renderers() -> None:
    html = rendered(as_markdown(SAMPLES["comparison"]).split("\n[^1]: ")[0])
    assert html.count("<ul>") == 3
    assert html.count("<li>") == 3
    assert "<strong>Only Norwold Post:</strong>" in html
