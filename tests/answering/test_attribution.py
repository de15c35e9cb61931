from __future__ import annotations

import pytest

from rag.answering.attribution import attributed
from rag.answering.sources import Source, number_sentences
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.retrieval.hits import Hit

REPORT = (
    'The town is empty. "After we break them here, they will crumble," said Ann Barr.\n\n'
    'He said: "We cannot afford mistakes in the pursuit. We cannot allow them to evaporate."\n'
)


def source_with(words: str) -> Source:
    article = Article("a.txt", REPORT, "Town")
    hits = [Hit(passage, article, 1.0) for passage in passages_of(article)]
    return next(source for source in number_sentences(hits) if words in source.text)


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        (
            "After we break them here, they will crumble.",
            '"After we break them here, they will crumble," said Ann Barr.',
        ),
        (
            "We cannot allow them to evaporate.",
            "“We cannot allow them to evaporate.”",
        ),
        ("The town is empty.", "The town is empty."),
        ('Ann Barr said: "They will crumble."', 'Ann Barr said: "They will crumble."'),
    ],
)
def test_somebodys_words_keep_their_marks(claim: str, shown: str) -> None:
    source = source_with(" ".join(claim.split()[2:5]).strip('."') if '"' not in claim else "Barr")

    assert attributed(claim, source) == shown
