"""What to ask next: questions that the cited articles answer.

Each is made from a sentence that answers it, so none leads to an abstention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rag.articles.article import Article
from rag.articles.sentences import sentence_spans
from rag.text.speech import Speakers, speeches

MOST = 3
_MOST_ARTICLES = 3
_NUMBER = r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_COUNTED = re.compile(
    rf"^(?:At least |About |Around |Some |Nearly |Almost |More than )?{_NUMBER} "
    r"(people|men|women|children|soldiers|civilians|[a-z]+s) "
    r"((?:have|has|had|were|was|are|died|took|lost|left) [^,;“”\"]{4,60})\.$",
    re.I,
)


def follow_ups(articles: Sequence[Article], asked: Sequence[str]) -> tuple[str, ...]:
    """At most three; none that was asked before. `articles` are those cited, best first.

    >>> text = "“All are safe,” said Ada Holm in Lowick. Nine people were treated for cold."
    >>> follow_ups([Article("a", text, "Ferry aground")], ["Summarise “Ferry aground”."])
    ('What does Ada Holm say?', 'How many people were treated for cold?')
    """
    known = {_bare(text) for text in asked}
    found: dict[str, None] = {}
    makers = [_questions(article) for article in articles[:_MOST_ARTICLES]]
    for made in zip_longest(*makers):
        found |= {it: None for it in made if it is not None and _bare(it) not in known}
    return tuple(found)[:MOST]


def _questions(article: Article) -> Iterator[str]:
    sentences = [" ".join(span.of(article.text).split()) for span in sentence_spans(article.text)]
    speakers = Speakers(article.text)
    voices = dict.fromkeys(it.speaker for it in speeches(sentences, speakers) if it.quoted)
    said = [f"What does {speaker} say?" for speaker in voices if speakers.is_person(speaker)]
    counted = [
        f"How many {found[1].lower()} {found[2]}?"
        for sentence in sentences
        if (found := _COUNTED.match(sentence))
    ]
    yield from said[:1]
    yield from counted[:1]
    yield f"Summarise “{article.title}”."
    yield from said[1:]
    yield from counted[1:]


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
