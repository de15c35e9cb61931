"""Names in a question as people type them: "Angella" for Angela, "Celeron" for Céloron.

Invariant: only questions are read so kindly; what is shown is spelt as in its source.
"""

from __future__ import annotations

import unicodedata
from itertools import takewhile

from rag.answering.names import Name, NameIndex

_LEAST_LETTERS = 6


def is_misspelt(name: Name, index: NameIndex) -> bool:
    """True when each word of the name that the text lacks is there with one letter off.

    Accents are no difference; of words shorter than six letters too many are one letter apart.

    >>> from rag.answering.names import names
    >>> index = NameIndex("Angela Erdmann met Céloron in Iraq.")
    >>> asked = names("Did Angella Erdmann meet Celeron?")[-2:]
    >>> [is_misspelt(name, index) for name in asked]
    [True, True]
    >>> is_misspelt(names("Is it in Iran?")[-1], index)
    False
    """
    return all(
        index.has(word.bare)
        or (
            len(word.bare) >= _LEAST_LETTERS
            and any(_one_off(_folded(word.lower), _folded(other)) for other in index.capitals)
        )
        for word in name.words
    )


def _folded(word: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )


def _one_off(one: str, other: str) -> bool:
    """Equal, or one letter more, fewer, other, or two that changed places; the first is right."""
    if abs(len(one) - len(other)) > 1 or one[:1] != other[:1]:
        return False
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    rest, others = one[same:], other[same:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[1::-1] + rest[2:] == others)
    )
