"""The values that a sentence gives: dates, numbers and names, each with its place.

Invariant: a value's span points into the text it was read from; spans of one text never overlap.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from rag.articles.article import Span
from rag.text.dates import mentions
from rag.text.figures import Figure, figures
from rag.text.names import NameIndex, names
from rag.text.words import words

ValueKind = Literal["date", "number", "name"]


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
            mine, theirs = _bits(self.text), _bits(other.text)
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
        if (it.kind == "date" and it.month) or (it.year and not it.text.endswith("s"))
    ]
    for figure in figures(text):
        if not any(figure.span.overlaps(value.span) for value in found):
            found.append(Value("number", figure.text, figure.span, figure))
    for name in names(text):
        span = Span(name.words[0].span.start, name.words[-1].span.end)
        if not name.is_date and not any(span.overlaps(value.span) for value in found):
            found.append(Value("name", span.of(text), span))
    return tuple(sorted(found, key=lambda value: value.span))


def _bits(date: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+|[a-z]{3,}", date.lower())) - {"st", "nd", "rd", "th"}
