"""The values that a sentence gives: dates, numbers and names, each with its place.

Invariant: a value's span points into the text it was read from; spans of one text never overlap.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from rag.articles.article import Span
from rag.english import MONTHS_OF_YEAR
from rag.text.dates import mentions
from rag.text.figures import Figure, figures
from rag.text.names import NameIndex, names
from rag.text.words import words

ValueKind = Literal["date", "number", "name"]

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_SHORT = {name: name[:3] for name in MONTHS_OF_YEAR} | {"sept": "sep"}


@dataclass(frozen=True)
class Value:
    """A date, a number or a name as written; `figure` is set for a number."""

    kind: ValueKind
    text: str
    span: Span
    figure: Figure | None = None

    def agrees_with(self, other: Value) -> bool:
        """True when one may be another way of writing the other, or a part of it.

        >>> first, second = values("He was born on 9 May 1936, or in May 1936.")
        >>> first.agrees_with(second)
        True
        """
        if self.kind != other.kind:
            return False
        if self.figure and other.figure:
            return self.figure.agrees_with(other.figure)
        if self.kind == "date":
            mine, theirs = date_parts(self.text), date_parts(other.text)
            return mine <= theirs or theirs <= mine
        mine_in, theirs_in = NameIndex(self.text), NameIndex(other.text)
        return any(theirs_in.has(word.bare) for word in words(self.text)) or any(
            mine_in.has(word.bare) for word in words(other.text)
        )


@functools.lru_cache(maxsize=4_096)
def values(text: str) -> tuple[Value, ...]:
    """The values of a text in order.

    >>> [(v.kind, v.text) for v in values("On 3 May 1936 Ann Holm paid 20 pounds in Oslo.")]
    [('date', '3 May 1936'), ('name', 'Ann Holm'), ('number', '20'), ('name', 'Oslo')]
    """
    found = [
        Value("date", it.core.of(text), it.core)
        for it in mentions(text)
        if (it.kind == "date" and it.month)
        or (it.year and it.is_told and not it.text.endswith("s"))
    ]
    for figure in figures(text):
        if not any(figure.span.overlaps(value.span) for value in found):
            found.append(Value("number", figure.text, figure.span, figure))
    for name in names(text):
        span = Span(name.words[0].span.start, name.words[-1].span.end)
        if not name.is_date and not any(span.overlaps(value.span) for value in found):
            found.append(Value("name", span.of(text), span))
    return tuple(sorted(found, key=lambda value: value.span))


def date_parts(date: str) -> frozenset[str]:
    """Day, month and year of a date, as far as it has them, the same however they are written.

    >>> sorted(date_parts("3rd August 2026")), date_parts("2026-08-03") == date_parts("Aug 3, 2026")
    (['2026', '3', 'aug'], True)
    """
    lower = date.lower()
    if in_figures := _ISO.fullmatch(lower):
        year, month, day = map(int, in_figures.groups())
        lower = f"{year} {MONTHS_OF_YEAR[(month - 1) % 12]} {day}"
    found = re.findall(r"\d+|[a-z]{3,}", lower)
    return frozenset(str(int(it)) if it.isdigit() else _SHORT.get(it, it) for it in found)
