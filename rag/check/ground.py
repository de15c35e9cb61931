"""What a sentence is held against: the places that it cites, and what stands around each.

Invariant: made from the stored articles alone, so a saved answer is checked again as it was.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

from rag.articles.article import Article, Span
from rag.articles.sentences import sentence_spans
from rag.text.names import ordinary_words
from rag.text.overlap import content
from rag.text.people import people_and_places
from rag.text.speech import Speakers, speeches
from rag.text.words import one_line

BEFORE, BEHIND = 2, 1
_MOST_NAMES = 200


class Cited(Protocol):
    """An exact place of a stored article."""

    @property
    def article(self) -> Article: ...
    @property
    def span(self) -> Span: ...


@dataclass(frozen=True)
class Quoted:
    """A `Cited` made of an article and a span."""

    article: Article
    span: Span


@dataclass(frozen=True)
class Window:
    """One cited sentence, and the sentences around it in its article."""

    article: Article
    span: Span
    around: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        return one_line(self.span.of(self.article.text))

    @cached_property
    def whole(self) -> str:
        """The sentence and what is around it, a line each."""
        return "\n".join((self.text, *self.around))

    @cached_property
    def content(self) -> frozenset[str]:
        """What the window is about, its article's title included."""
        return content(f"{self.whole}\n{self.article.title}")

    @property
    def speaker(self) -> str | None:
        """Who says the sentence, where its article tells."""
        return speakers_of(self.article.text).get(self.span)


@dataclass(frozen=True)
class Ground:
    """The windows of all that a sentence cites."""

    windows: tuple[Window, ...]

    @cached_property
    def main(self) -> str:
        """The cited sentences, a line each."""
        return "\n".join(window.text for window in self.windows)

    @cached_property
    def near(self) -> str:
        """The sentences around them."""
        lines = dict.fromkeys(line for window in self.windows for line in window.around)
        return "\n".join(lines)

    @cached_property
    def named(self) -> str:
        """Titles and publishers of the articles."""
        facts = (
            fact for article in self.articles for fact in (article.title, article.publisher) if fact
        )
        return "\n".join(dict.fromkeys(facts))

    @cached_property
    def titles(self) -> str:
        """Titles, publishers and days of the articles."""
        days = (fact for day in self.written_on for fact in _dated(day))
        return "\n".join(dict.fromkeys([*self.named.split("\n"), *days]))

    @cached_property
    def written_on(self) -> tuple[datetime.date, ...]:
        """The days on which the cited sentences were written, each once."""
        days = (window.article.written_on(window.span.start) for window in self.windows)
        return tuple(dict.fromkeys(day for day in days if day))

    @cached_property
    def whole(self) -> str:
        return f"{self.main}\n{self.near}\n{self.titles}"

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """Each article that is cited, once."""
        return tuple(
            {window.article.article_id: window.article for window in self.windows}.values()
        )

    @cached_property
    def ordinary(self) -> frozenset[str]:
        """Words that the articles write in lower case: no names where they open a sentence."""
        return frozenset().union(*(_ordinary(article.text) for article in self.articles))


def ground_of(cited: Sequence[Cited], context: Sequence[Cited] = ()) -> Ground:
    """The cited places with their surroundings: the sentences next to them in their articles.

    `context` are further sentences that count as standing around those of their own article.
    """
    windows = []
    for one in cited:
        spans = _spans(one.article.text)
        inside = [at for at, span in enumerate(spans) if span.overlaps(one.span)]
        around = []
        if inside:
            first, last = max(0, inside[0] - BEFORE), inside[-1] + BEHIND
            near = [at for at in range(first, last + 1) if at < len(spans) and at not in inside]
            around = [one_line(spans[at].of(one.article.text)) for at in near]
        around += [
            one_line(other.span.of(other.article.text))
            for other in context
            if other.article.article_id == one.article.article_id and other.span != one.span
        ]
        windows.append(Window(one.article, one.span, tuple(dict.fromkeys(around))))
    return Ground(tuple(windows))


@lru_cache(maxsize=32)
def speakers_of(text: str) -> dict[Span, str]:
    """Who says each sentence of an article, where it is somebody's words."""
    spans = _spans(text)
    said = speeches([one_line(span.of(text)) for span in spans], Speakers(text))
    return {spans[it.place]: it.speaker for it in said}


@lru_cache(maxsize=32)
def kinds_of_names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of the persons, and the places, that an article names."""
    people, places = people_and_places(text, most=_MOST_NAMES)
    words_of_people = {word for name in people for word in name.split()}
    return frozenset(words_of_people), frozenset(places)


@lru_cache(maxsize=64)
def _spans(text: str) -> tuple[Span, ...]:
    return sentence_spans(text)


@lru_cache(maxsize=64)
def _ordinary(text: str) -> frozenset[str]:
    return ordinary_words(text)


def _dated(day: datetime.date | None) -> tuple[str, ...]:
    """A day as it may be written."""
    if day is None:
        return ()
    return (f"{day.day} {day:%B %Y}", f"{day:%A} {day:%B} {day.day}, {day.year}")
