"""Every sentence is read to its end, also one without a verb."""

from __future__ import annotations

import pytest

from rag.articles.article import Article, Span
from rag.check.ground import Quoted
from rag.check.rules import Stands, check_sentence
from rag.text.grammar import reading

VERBLESS = (
    "Fire behind the old mill of Ostrey",
    "A bigger crowd than before.",
    "More rain than sun",
    "Half of the harbour",
    "Before the storm, the quay.",
    "Twice as many boats as berths",
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", VERBLESS)
def test_what_is_ranked_without_a_verb_is_read(text: str) -> None:
    assert [it.text for it in reading(text).tokens if it.text in text.split()]


@pytest.mark.timeout(60)
def test_a_heading_without_a_verb_keeps_no_check_waiting() -> None:
    """The sentences around a cited one are read too."""
    heading, told = "A bigger crowd than before.", "Ann Holm opened the quay of Ostrey on Friday."
    article = Article("a.txt", f"{heading} {told}", "Quay")
    place = Quoted(article, Span(len(heading) + 1, len(article.text)))
    assert isinstance(check_sentence("The quay of Ostrey was opened by Ann Holm.", [place]), Stands)
