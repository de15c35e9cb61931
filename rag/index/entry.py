"""What the derived indexes are told of a passage."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str, int, int], None]
"""Called with a label, how much is done, and how much there is (0: not known)."""


@dataclass(frozen=True)
class Entry:
    """One passage as a derived index takes it in."""

    passage_id: str
    article_id: str
    text: str
    title: str
    publisher: str | None
    published_at: datetime.date | None


def day_number(day: datetime.date) -> int:
    """A day as a number that sorts as days do, for indexes that compare only numbers.

    >>> day_number(datetime.date(2016, 10, 21))
    20161021
    """
    return day.year * 10_000 + day.month * 100 + day.day
