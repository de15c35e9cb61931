from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.article import Article, normalise
from rag.articles.limits import Limits
from rag.articles.pdf import extract, joined
from rag.articles.sentences import sentence_spans
from rag.errors import ArticleError
from tests.articles.made_files import pdf, pdf_of

LIMITS = Limits()


def test_the_page_of_every_word_follows_from_the_text() -> None:
    text = extract(pdf([["It sank."], ["All lived."], ["Divers came."]]), LIMITS)["text"]
    article = Article("a.pdf", normalise(text), "A")
    assert [
        (span.of(article.text), article.page_at(span.start)) for span in sentence_spans(text)
    ] == [("It sank.", 1), ("All lived.", 2), ("Divers came.", 3)]


def test_a_sentence_goes_on_over_the_end_of_a_page() -> None:
    text = extract(pdf([["It rained. The ship"], ["sank at dawn. All lived."]]), LIMITS)["text"]
    sentences = [" ".join(span.of(text).split()) for span in sentence_spans(text)]
    assert sentences == ["It rained.", "The ship sank at dawn.", "All lived."]


def test_lines_that_stand_on_most_pages_are_left_out() -> None:
    pages = [[f"Daily News {n}", f"Story {'abc'[n]} was told.", f"page {n}"] for n in range(3)]
    text = extract(pdf(pages), LIMITS)["text"]
    assert text.split() == "Story a was told. Story b was told. Story c was told.".split()


def test_words_divided_at_a_lines_end_are_made_whole() -> None:
    lines = ["A well-known man met the demon-", "strators, then a well-", "known woman."]
    text = extract(pdf([lines]), LIMITS)["text"]
    assert text == "A well-known man met the demonstrators,\nthen a well-known\nwoman.\n\n\f"


def test_a_pdf_is_called_what_it_says_unless_that_is_a_file_name() -> None:
    assert extract(pdf([["It sank."]], title="The ferry sinks"), LIMITS)["title"] == (
        "The ferry sinks"
    )
    assert extract(pdf([["It sank."]], title="Microsoft Word - a.doc"), LIMITS)["title"] is None


def test_more_pages_than_allowed_are_refused() -> None:
    with pytest.raises(ArticleError, match="3 pages, more than 2"):
        extract(pdf([["It sank."]] * 3), Limits(pages=2))


def test_more_text_than_allowed_is_refused() -> None:
    with pytest.raises(ArticleError, match="more than 100 characters"):
        extract(pdf([["It sank off the coast."] * 20]), Limits(text_chars=100))


def test_a_pdf_of_pictures_says_so() -> None:
    with pytest.raises(ArticleError, match="no text, only pictures"):
        extract(pdf_of([b"0 0 m 10 10 l S"]), LIMITS)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"hello", pdf([["It sank."]])[:120]])
def test_a_broken_pdf_is_an_error(content: bytes) -> None:
    with pytest.raises(ArticleError):
        extract(content, LIMITS)


@given(st.lists(st.text(alphabet="ab. -\n", max_size=40), max_size=6))
def test_joining_keeps_one_end_for_each_page_and_every_letter(pages: list[str]) -> None:
    text = joined(pages)
    assert text.count("\f") == len(pages)
    if len(pages) < 3:  # with more, lines that repeat at the edges are left out
        kept = [letter for letter in text if letter in "ab"]
        assert kept == [letter for page in pages for letter in page if letter in "ab"]
