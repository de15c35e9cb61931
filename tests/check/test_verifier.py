"""A draft held to its sources: what a question's names may be found in."""

from __future__ import annotations

import pytest

from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.check.verifier import Rejected, Verified, verify
from rag.retrieval.evidence import number_sentences
from rag.retrieval.hits import Hit
from tests.answering.numbered import numbered

A_LINE = "The tide ran out over the flats below the town. "


@pytest.mark.parametrize(("chars", "outcome"), [(2_000, Verified), (3_000, Rejected)])
def test_who_is_asked_about_may_be_named_at_the_top_of_a_report(chars: int, outcome: type) -> None:
    between = A_LINE * (chars // len(A_LINE))
    said = "“So many bottles float in the sea that nobody should add one,” she said."
    article = Article("made.txt", f"Ann Holm lives near the pier. {between}{said}", "A letter")
    last = number_sentences([Hit(passages_of(article)[-1], article, 1.0)])[-1:]
    question = "What does Ann Holm think of bottles in the sea?"
    assert isinstance(verify(question, said, last), outcome)


def test_whom_the_title_names_is_answered_about_by_another_name() -> None:
    said = "The Widow of Mull died in May."
    question = "When did Ruth Ellery die?"
    assert isinstance(verify(question, said, numbered(said, "Ruth Ellery dies")), Verified)
