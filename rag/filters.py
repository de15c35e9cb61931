"""Which articles a search may look at: publishers and days, the same in every room.

It stands at the bottom so that the indexes, which apply it, and the surfaces, which are told it,
mean one thing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class Published(Protocol):
    """Something with a publisher and a day: an article, or a row of the catalogue."""

    @property
    def publisher(self) -> str | None: ...
    @property
    def published_at(self) -> datetime.date | None: ...


NONE_ALLOWED = "The filters let no article through: choose other publishers or days."


@dataclass(frozen=True)
class Filters:
    """Only articles of these publishers and dates (both ends included).

    An article without a date does not match a date filter. A moment counts as its day, and one
    publisher or a list of them as a tuple.

    >>> Filters(publishers=["Daily"]).publishers, Filters(publishers="Daily").publishers
    (('Daily',), ('Daily',))
    """

    published_from: datetime.date | None = None
    published_to: datetime.date | None = None
    publishers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named: Iterable[str] | str = self.publishers
        object.__setattr__(self, "publishers", (named,) if isinstance(named, str) else tuple(named))
        for end in ("published_from", "published_to"):
            moment = getattr(self, end)
            if isinstance(moment, datetime.datetime):  # a date too, but none to compare days with
                object.__setattr__(self, end, moment.date())

    def __bool__(self) -> bool:
        return bool(self.published_from or self.published_to or self.publishers)

    def matches(self, article: Published) -> bool:
        """True when `article`, or what is known of it, passes every filter given.

        >>> from rag.articles.article import Article
        >>> Filters(publishers=("Daily",)).matches(Article("a", "Text.", "A", publisher="Weekly"))
        False
        """
        if self.publishers and article.publisher not in self.publishers:
            return False
        day = article.published_at
        if self.published_from and (day is None or day < self.published_from):
            return False
        return not (self.published_to and (day is None or day > self.published_to))
