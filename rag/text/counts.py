"""Do two sentences count the same things, and do they count them alike?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rag.text.figures import Figure, counted, figures
from rag.text.words import stem

# Two lengths or two times are not of the same thing because both are lengths or times.
_UNITS = frozenset(
    stem(it)
    for it in "km kilometre kilometer mile metre meter foot second minute hour day week month year "
    "percent cent per pound dollar euro million billion thousand hundred m".split()
)


def compared(one: str, other: str) -> tuple[bool, bool]:
    """Whether both count the same things, and whether they give different values for some.

    Where they share no counted thing, they differ if no figure of one agrees with any of the other.

    >>> compared("Nine people were hurt.", "Some 11 people were hurt, officials said.")
    (True, True)
    >>> compared("Nine people were hurt.", "All of the 9 people were hurt.")
    (True, False)
    >>> compared("It opened in 1931.", "It sank.")
    (False, False)
    """
    mine, theirs = _counts(one), _counts(other)
    shared = mine.keys() & theirs.keys()
    if shared:
        return True, any(not _agree(mine[thing], theirs[thing]) for thing in shared)
    sides = figures(one), figures(other)
    return False, all(sides) and not _agree(*sides)


def _agree(mine: Sequence[Figure], theirs: Sequence[Figure]) -> bool:
    return any(one.agrees_with(other) for one in mine for other in theirs)


def _counts(text: str) -> dict[str, list[Figure]]:
    """Figures by the stem of what they count."""
    found: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures(text):
        for thing in counted(figure, text) - _UNITS:
            found[thing].append(figure)
    return found
