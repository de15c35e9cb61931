"""Names in a question as people type them: "Angella" for Angela, "Celeron" for Céloron.

Where the articles found have such a name, it is searched for as they spell it, and that is shown.
Invariant: only questions are read so kindly; what is shown is spelt as in its source.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from rag.text.names import Name, NameIndex, names
from rag.text.words import words

_LEAST_LETTERS = 6


def is_misspelt(name: Name, index: NameIndex) -> bool:
    """True when each word of the name that the text lacks is there with one letter off.

    Accents are no difference; of words shorter than six letters too many are one letter apart.

    >>> from rag.text.names import names
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


def respelt(question: str, passages: Sequence[str], articles: Sequence[str]) -> str:
    """The question with the names that none of the passages has as their articles spell them.

    A name is there with one letter off or it stays; of several such, the commonest is meant.
    """
    found = NameIndex("\n".join(passages))
    missing = [
        word
        for name in names(question)
        for word in name.words
        if len(word.bare) >= _LEAST_LETTERS and not found.has(word.bare)
    ]
    if not missing:
        return question
    every = words("\n".join(articles))
    capitals = Counter(word.bare for word in every if word.is_capitalised)
    for word in reversed(missing):
        typed = _folded(word.lower)
        meant = [other for other in capitals if _one_off(typed, _folded(other.lower()))]
        if meant:
            start, end = word.span.start, word.span.start + len(word.bare)
            spelt = max(meant, key=lambda other: (capitals[other], other))
            question = question[:start] + spelt + question[end:]
    return question


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
