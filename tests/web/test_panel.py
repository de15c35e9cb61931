"""What the panel shows is the article's own text, whatever the text is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.articles.article import Article, Span, normalise
from rag.text.guide import Guide
from rag.web.panel import article_view, excerpt, guided_view, runs, source_view, web_link
from tests.web.scripted_newsroom import AGENCY, ASHORE, FERRY, SAFE, ScriptedNewsroom


@st.composite
def spans(draw: st.DrawFn) -> tuple[str, Span]:
    alphabet = st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n .\u202e👩‍👩‍👧")
    text = normalise(draw(st.text(alphabet, min_size=1, max_size=300)))
    start = draw(st.integers(0, len(text) - 1))
    return text, Span(start, draw(st.integers(start + 1, len(text))))


@given(spans(), st.integers(0, 60))
def test_an_excerpt_is_a_run_of_the_article_around_the_exact_quote(
    made: tuple[str, Span], around_chars: int
) -> None:
    text, span = made
    found = excerpt(text, span, around_chars)

    assert found.quote == text[span.start : span.end]
    run = found.before + found.quote + found.after
    assert text[span.start - len(found.before) :].startswith(run)
    assert len(found.before) <= around_chars
    assert len(found.after) <= around_chars


@given(spans())
def test_a_whole_article_is_shown_whole(made: tuple[str, Span]) -> None:
    text, span = made
    view = article_view(Article("a", text, "A"), span.start, span.end)

    assert view["before"] + view["quote"] + view["after"] == text
    assert view["quote"] == text[span.start : span.end]


def test_a_span_outside_the_article_marks_nothing() -> None:
    view = article_view(FERRY, 5, len(FERRY.text) + 1)

    assert (view["before"], view["quote"], view["after"]) == ("", "", FERRY.text)


@given(spans(), st.lists(st.tuples(st.integers(0, 320), st.integers(1, 40)), max_size=5))
def test_runs_are_the_text_with_what_is_marked_at_odd_places(
    made: tuple[str, Span], places: list[tuple[int, int]]
) -> None:
    text, _ = made
    marks = [Span(start, start + length) for start, length in places]
    found = runs(text, marks)

    assert "".join(found) == text
    assert len(found) % 2 == 1
    assert all(found[1::2])
    inside = {at for mark in marks for at in range(mark.start, min(mark.end, len(text)))}
    assert sum(len(one) for one in found[1::2]) == len(inside)


@given(spans())
def test_a_guide_cuts_nothing_from_the_article(made: tuple[str, Span]) -> None:
    text, span = made
    view = guided_view(Article("a", text, "A"), Guide(main=(span,), people=("Ada Holm",)))

    assert "".join(view["runs"]) == text
    assert view["runs"][1::2] == [span.of(text)]
    assert view["main"] == [" ".join(span.of(text).split())]


def test_the_same_words_elsewhere_are_named() -> None:
    citation = ScriptedNewsroom().ask(SAFE).citation(2)
    view = source_view(citation, FERRY, {AGENCY.article_id: AGENCY})

    assert view["quote"] == ASHORE
    assert [also["title"] for also in view["also_in"]] == [AGENCY.title]
    assert not view["changed"]


def test_when_the_article_has_changed_the_quote_stands_alone_and_it_says_so() -> None:
    citation = ScriptedNewsroom().ask(SAFE).citation(1)
    changed = Article(FERRY.source, "Now something else.", FERRY.title)
    view = source_view(citation, changed, {})

    assert (view["before"], view["quote"], view["after"]) == ("", citation.quote, "")
    assert view["changed"]


def test_only_addresses_of_the_web_become_links() -> None:
    refused = [
        None,
        "",
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example/x",
        "https:evil.example",
        "https://evil.example/\n<script>",
        'https://evil.example/"onclick="x',
        "http://[",
    ]
    assert [web_link(url) for url in refused] == [None] * len(refused)
    assert web_link("HTTPS://example.org/a?b=c#d") == "HTTPS://example.org/a?b=c#d"
