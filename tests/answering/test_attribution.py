from __future__ import annotations

import pytest

from rag.answering.attribution import attributed
from rag.answering.overlap import coverage
from rag.answering.sources import Source, number_sentences
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.retrieval.hits import Hit

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
        ("The bridge will open in May.", "The bridge will open in May, the mayor said."),
        ("The mayor said the bridge opens in May.", "The mayor said the bridge opens in May."),
        ("Two men were held.", "Police say that two men were held."),
        ("The ship had nine crew.", "According to the port, the ship had nine crew."),
        ("The talks failed.", "Officials said on Monday the talks failed."),
        ("On Monday officials met for talks.", "On Monday officials met for talks."),
        ('Ann Barr said: "They will crumble."', 'Ann Barr said: "They will crumble."'),
    ],
)
def test_somebodys_words_keep_their_marks(claim: str, shown: str) -> None:
    assert attributed(claim, source_of(claim)) == shown
