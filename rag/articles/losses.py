"""What of a page is not in the text of its article, as one remark for the report.

A page is never taken over whole, and nobody can look through all of them: the count shows where
something went missing, and the beginnings show whether it was worth having.
"""

from __future__ import annotations

from collections.abc import Sequence

_MOST_SHOWN = 4
_SHOWN_CHARS = 60


def losses(left_out: Sequence[str]) -> str | None:
    """How many characters were left out, and what they begin with; the same words count each time.

    >>> losses(["Share this", "Related", "Related"])
    '24 characters left out: “Share this”, “Related”'
    >>> losses([])
    """
    pieces = [" ".join(piece.split()) for piece in left_out]
    count = sum(map(len, pieces))
    if not count:
        return None
    different = list(dict.fromkeys(filter(None, pieces)))
    shown = ", ".join(f"“{_beginning(piece)}”" for piece in different[:_MOST_SHOWN])
    more = len(different) - _MOST_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    return f"{count:,} character{'s' * (count != 1)} left out: {shown}{rest}"


def _beginning(piece: str) -> str:
    if len(piece) <= _SHOWN_CHARS:
        return piece
    return piece[: _SHOWN_CHARS - 1].rstrip() + "…"
