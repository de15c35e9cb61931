"""What retrieval gives: hits, and the filters that narrow them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Protocol

from rag.articles.article import Article, Passage, Span


class Published(Protocol):
    """Something with a publisher and a day; an article is one."""

    @property
    def publisher(self) -> str | None: ...
    @property
    def published_at(self) -> datetime.date | None: ...


NONE_ALLOWED = "The filters let no article through: choose other publishers or days."


@dataclass(frozen=True)
class Filters:
    """Only articles of these publishers and dates (both ends included).

    An article without a date does not match a date filter.
    """

    published_from: datetime.date | None = None
    published_to: datetime.date | None = None
    publishers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.published_from or self.published_to or self.publishers)

    def matches(self, article: Published) -> bool:
        """True when `article`, or what is known of it, passes every filter given.

        >>> Filters(publishers=("Daily",)).matches(Article("a", "Text.", "A", publisher="Weekly"))
        False
        """
        if self.publishers and article.publisher not in self.publishers:
            return False
        day = article.published_at
        if self.published_from and (day is None or day < self.published_from):
            return False
        return not (self.published_to and (day is None or day > self.published_to))


@dataclass(frozen=True)
class Elsewhere:
    """The same words in another article of the same origin."""

    article_id: str
    span: Span


@dataclass(frozen=True)
class Hit:
    """A passage that may help, with its article and why it was found.

    `score` orders hits of one search and means nothing across searches; `cosine` is the
    similarity of question and passage embeddings (-1…1), 0.0 when it was not measured; `also_in`
    are copies with the same facts, and articles that are mostly one text share an `origin_id`.
    """

    passage: Passage
    article: Article
    score: float
    cosine: float = 0.0
    also_in: tuple[Elsewhere, ...] = ()
    origin_id: str = ""
