"""Example questions made from the stored articles, without a model.

A reader who sees an empty chat should see what it can do: questions whose answer stands in the
articles in so many words, and last one that they do not answer, so that not knowing is seen too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rag.articles.article import Article
from rag.articles.sentences import sentence_spans
from rag.english import MONTHS, WEEKDAYS

MOST = 4
LONGEST_CHARS = 110

_NAME = r"(?:[A-Z][\w’'.-]+ ){1,4}[A-Z][\w’'-]+"
_SPEAKER = re.compile(
    rf"[”\"],? (?:said|says|added) ({_NAME})|[”\"],? ((?!He|She|They|It)[A-Z][\w’'-]{{3,}}) said\b"
)
_NUMBER = r"\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_COUNT = re.compile(
    rf"(?:At least |About |Around |Some |Nearly |More than )?(?:{_NUMBER}) "
    r"(people|men|women|children|soldiers|civilians|[a-z]+s) "
    r"((?:have|has|had|were|was|are|died|took|lost|left) .{4,80})\.",
    re.I,
)
_PLACE = re.compile(r"\b(?:in|at|near|of|from) ([A-Z][a-z]{3,}(?: [A-Z][a-z]{3,})?)\b")
# What is asked of a place that no article speaks about: the word that would give it away.
_UNASKED = (
    ("population", "What is the population of {}?"),
    ("mayor", "Who is the mayor of {}?"),
    ("founded", "When was {} founded?"),
)


def example_questions(articles: Sequence[Article]) -> tuple[str, ...]:
    """At most four questions; the last cannot be answered. Empty when nothing suits.

    >>> text = "Nine people were treated for cold. “All are safe,” said Ada Holm in Lowick."
    >>> example_questions([Article("a", text, "Ferry aground")])[:2]
    ('What did Ada Holm say?', 'How many people were treated for cold?')
    """
    said: list[str] = []
    counted: list[str] = []
    for sentence in _sentences(articles):
        if found := _SPEAKER.search(sentence):
            said.append(f"What did {found[1] or found[2]} say?")
        if counting := _COUNT.fullmatch(sentence):
            counted.append(f"How many {counting[1].lower()} {counting[2]}?")
    places = _places(articles)
    seen = [f"What happened in {place}?" for place in places]
    mixed = [q for row in zip(said, counted, strict=False) for q in row]
    answerable = dict.fromkeys([*mixed, *counted, *said, *seen])
    chosen = [question for question in answerable if len(question) <= LONGEST_CHARS][: MOST - 1]
    return (*chosen, *_unanswerable(articles, places))


def _sentences(articles: Sequence[Article]) -> Iterator[str]:
    for article in articles:
        for span in sentence_spans(article.text):
            yield " ".join(span.of(article.text).split())


def _places(articles: Sequence[Article]) -> list[str]:
    counts = Counter(
        place
        for article in articles
        for place in _PLACE.findall(article.text)
        if not {*place.lower().split()} & (MONTHS | WEEKDAYS)
    )
    return [place for place, _ in counts.most_common(MOST)]


def _unanswerable(articles: Sequence[Article], places: Sequence[str]) -> tuple[str, ...]:
    for word, question in _UNASKED:
        if places and not any(word in article.text.lower() for article in articles):
            return (question.format(places[0]),)
    return ()
