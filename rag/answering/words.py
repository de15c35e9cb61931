"""Text as the checks see it: words with their places, stems, and which words carry content.

Invariant: a word's span points into the very text it was read from, so that whatever a check
finds can be shown.
"""

from __future__ import annotations

import functools
import re
import threading
from dataclasses import dataclass

import snowballstemmer  # type: ignore[import-untyped] # ships no types

from rag.articles.article import Span

_WORD = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*", re.UNICODE)
_POSSESSIVE = re.compile(r"[’']s?$")

# Function words, and verbs too general to tell one statement from another.
STOP_WORDS = frozenset(
    """a about above after again all also although am an and any are as at be became because been
    before being below between both but by came can come could did do does doing done down during
    each either else ever every few for from further get gets getting go goes going gone got had
    has have having he her here hers herself him himself his how however i if in into is it its
    itself just like made make makes making many may me might more most much must my myself
    neither next nor now of off on once one only onto or other others our ours out over own per
    quite rather really same say says said saying she should since so some something still such
    tell tells than that the their theirs them themselves then there these they thing things this
    those though through thus till to told too toward towards under until up upon us very via was
    way we well went were what whatever when where whether which while who whom whose why will
    with within without would yet you your yours yourself""".split()
)


_STEMMER = snowballstemmer.stemmer("english")
_STEMMING = threading.Lock()  # it works on a word that it holds: two at once spoil both


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """English Snowball stem of a lower-cased word.

    >>> stem("bombings"), stem("Destroyed")
    ('bomb', 'destroy')
    """
    with _STEMMING:
        return str(_STEMMER.stemWord(word.lower()))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, and where."""

    text: str
    span: Span

    @property
    def bare(self) -> str:
        """Without a possessive ending, as written otherwise.

        >>> words("France’s troops")[0].bare
        'France'
        """
        return _POSSESSIVE.sub("", self.text)

    @property
    def lower(self) -> str:
        return self.bare.lower()

    @property
    def stem(self) -> str:
        return stem(self.bare)

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_content(self) -> bool:
        if len(self.bare) == 1:
            return self.bare.isdigit()
        return self.bare.isupper() or self.lower not in STOP_WORDS  # "US" is no pronoun


def words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order.

    >>> [word.text for word in words("The U.S. didn't pay £1.5m.")]
    ['The', 'U.S', "didn't", 'pay', '1.5m']
    """
    return tuple(Word(match.group(), Span(*match.span())) for match in _WORD.finditer(text))
