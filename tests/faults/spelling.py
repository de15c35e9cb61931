"""The same question again, so that it is asked anew: an answer is told again only to the letter."""

from __future__ import annotations

import itertools

_numbers = itertools.count()


def spelt_anew(question: str) -> str:
    """The question with gaps of its own between the words, as nobody has asked it before."""
    number = next(_numbers)
    first, *rest = question.split(" ")
    gaps = ("  " if number >> place & 1 else " " for place in itertools.count())
    return first + "".join(gap + word for gap, word in zip(gaps, rest, strict=False))
