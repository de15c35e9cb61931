"""Names of several words that a text has in pieces only: "Ann Ellery" of Ann Holm and Ruth Ellery.

Invariant: this only ever withholds. Roles, two words that the text also writes in lower case and
what follows a possessive are no pieces of one name.
"""

from __future__ import annotations

from itertools import pairwise

from rag.text.names import ROLES, Name, are_one_name_word, names, ordinary_words
from rag.text.words import Word, words

# Between them may stand a middle name, or "and Jane". Of 1,955 answerable questions of five sets
# this takes 6, of 200 near misses it catches 11.
_AT_MOST_APART = 5


def in_pieces(text: str, context: str) -> Name | None:
    """A name in `text` of which two neighbouring words are in `context`, but nowhere together.

    >>> in_pieces("Who is Ann Ellery?", "Ann Holm came to Oban and met Ruth Ellery there.").text
    'Ann Ellery'
    >>> in_pieces("Who is Ann Ellery?", "Ann J. Ellery came to Oban.")
    """
    asked = [name for name in names(text) if len(name.words) > 1 and not name.is_date]
    if not asked:
        return None
    ordinary = ordinary_words(context)
    capitals = [(place, word) for place, word in enumerate(words(context)) if word.is_capitalised]

    def places(of: Word) -> list[int]:
        return [place for place, word in capitals if are_one_name_word(of.bare, word.bare)]

    for name in asked:
        for one, next_one in pairwise(name.words):
            is_possessive = one.text != one.bare
            pair = {one.lower, next_one.lower}
            if is_possessive or pair & ROLES or pair <= ordinary:
                continue
            here, there = places(one), places(next_one)
            if here and there and not _are_near(here, there):
                return name
    return None


def _are_near(here: list[int], there: list[int]) -> bool:
    return any(0 < abs(one - other) <= _AT_MOST_APART for one in here for other in there)
