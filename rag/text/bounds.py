"""Words before a number that bound it: "at least 20" is not "20", and 22 does not contradict it.

Invariant: a bound says as much as itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.text.figures import Figure

Direction = Literal["below", "above", "nearly", "about"]

_BELOW = (
    "at most|no more than|not more than|up to|as many as|as high as|less than|fewer than|"
    "under|below"
)
_ABOVE = (
    r"at least|no fewer than|no less than|not less than|as few as|more than|over|"
    r"exceed(?:s|ed|ing)?"
)
_NEARLY = "nearly|almost"
_ABOUT = "around|about|some|roughly|approximately|estimated"
_BOUND = re.compile(
    rf"\b(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE})|(?P<nearly>{_NEARLY})|(?P<about>{_ABOUT}))"
    r"\s+(?:an?\s+)?$",
    re.I,
)
_BEHIND = re.compile(r"\s+(?:[\w-]+\s+)?or\s+(?:(?P<above>more)|(?P<below>fewer|less))\b", re.I)
# "Nearly 500" are fewer than 500, and about as many.
_SAYING_AS_MUCH = {"about": {"about", "nearly"}, "below": {"below", "nearly"}}
# How far from the number "about" may be; of two reports, not of a claim and its source.
_ABOUT_SHARE = 0.15


@dataclass(frozen=True)
class Bound:
    """Which way a number is bounded, and the words that say so."""

    direction: Direction
    text: str

    def says_as_much(self, source: Bound) -> bool:
        """True where a source that bounds the same number by `source` says what this one says.

        >>> most, near = Bound("below", "up to"), Bound("nearly", "almost")
        >>> most.says_as_much(near), near.says_as_much(most)
        (True, False)
        """
        return source.direction in _SAYING_AS_MUCH.get(self.direction, {self.direction})

    def allows(self, stated: float, value: float) -> bool:
        """True where `value` may be right beside the bounded number `stated`.

        >>> Bound("above", "at least").allows(20, 22), Bound("below", "up to").allows(20, 22)
        (True, False)
        """
        if self.direction == "above":
            return value >= stated
        if self.direction == "below":
            return value <= stated
        return abs(value - stated) <= _ABOUT_SHARE * max(value, stated)


def bound_of(figure: Figure, text: str) -> Bound | None:
    """What bounds a number of `text`; None where nothing does.

    >>> from rag.text.figures import figures
    >>> text = "At least 20 fled, 3 stayed."
    >>> [bound_of(figure, text) for figure in figures(text)]
    [Bound(direction='above', text='At least'), None]
    >>> bound_of(figures("Four times or more.")[0], "Four times or more.")
    Bound(direction='above', text='more')
    """
    match = _BOUND.search(text[: figure.span.start]) or _BEHIND.match(text, figure.span.end)
    if match is None or match.lastgroup is None:
        return None
    direction: Direction = match.lastgroup  # type: ignore[assignment] # the names of the groups
    return Bound(direction, match.group(match.lastgroup))


def leave_room(one: Figure, text: str, other: Figure, elsewhere: str) -> bool:
    """True where a bound on either number lets the other, of another text, be right as well.

    >>> from rag.text.figures import figures
    >>> here, there = "At least 20 fled.", "22 fled."
    >>> leave_room(figures(here)[0], here, figures(there)[0], there)
    True
    """
    mine, theirs = bound_of(one, text), bound_of(other, elsewhere)
    return bool(
        (mine and mine.allows(one.value, other.value))
        or (theirs and theirs.allows(other.value, one.value))
    )
