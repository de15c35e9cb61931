from __future__ import annotations

import pytest

from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.check.attribution import with_both_marks, with_its_marks
from rag.retrieval.hits import Hit
from rag.retrieval.sources import Source, number_sentences
from rag.text.overlap import coverage

REPORT = (
    'The town is empty. "After we break them here, they will crumble," said Ann Barr.\n\n'
    'He said: "We cannot afford mistakes in the pursuit. We cannot allow them to evaporate."\n'
    "The bridge will open in May, the mayor said. Police say that two men were held. "
    "According to the port, the ship had nine crew. Officials said on Monday the talks failed.\n"
)


def source_of(claim: str) -> Source:
    article = Article("a.txt", REPORT, "Town")
    hits = [Hit(passage, article, 1.0) for passage in passages_of(article)]
    return max(number_sentences(hits), key=lambda source: coverage(claim, source.text))


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("He said: “We won.", "He said: “We won.”"),
        ("My first thought was: a plane.”", "“My first thought was: a plane.”"),
        ('And we will stay." Then he left.', '"And we will stay." Then he left.'),
        ('He said, "We will stay.', 'He said, "We will stay."'),
        ("“We won,” he said. “We will stay.", "“We won,” he said. “We will stay.”"),
        ("We won,” he said. “We will stay.", "“We won,” he said. “We will stay.”"),
        ('The gun, 15" wide, was lost.', 'The gun, 15" wide, was lost.'),
        ('"We won," he said, "and will stay."', '"We won," he said, "and will stay."'),
        ('The mayor ("We won") left.', 'The mayor ("We won") left.'),
        ('He left—"for good", he said.', 'He left—"for good", he said.'),
        ("Nobody spoke.", "Nobody spoke."),
    ],
)
def test_a_quotation_cut_by_a_sentence_has_both_its_marks(sentence: str, shown: str) -> None:
    assert with_both_marks(sentence) == shown


def test_a_sentence_of_a_long_quotation_is_shown_with_both_marks() -> None:
    before, middle, last = (
        source_of(words)
        for words in ("cannot afford mistakes", "cannot allow them to evaporate", "bridge open May")
    )
    assert with_its_marks(before) == 'He said: "We cannot afford mistakes in the pursuit."'
    assert with_its_marks(middle) == '"We cannot allow them to evaporate."'
    assert with_its_marks(last) == last.text
