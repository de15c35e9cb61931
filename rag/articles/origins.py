"""Copies: sentences and articles that come from one text, however lightly they were edited.

Likeness is the share of word pairs that two sentences have in common (Jaccard). Candidates are
found without comparing everything to everything: each sentence leaves a few anchors, the least of
the hashes of its word triples (a bottom-k MinHash sketch), and likely copies share one.

Whether a copy still *says* the same is another question: an edited number, name or negation makes
no new origin but other facts, so both are told apart here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

from rag.articles.article import Span
from rag.english import BELOW_TWENTY, NEGATIONS, TENS

LIKENESS = 0.4  # of word pairs, from which two sentences are copies
SHORT_LIKENESS = 0.6  # for short ones: results and notices follow patterns ("A beat B on Sunday")
SHORT_WORDS = 10
MIN_WORDS = 6  # shorter sentences are too common to tell an origin
ANCHORS = 4
# Two articles are of one origin when this much of the shorter, and so much of the longer, is a
# copy of the other. The second keeps a digest of many stories from joining them all.
SHORTER_SHARE = 0.5
LONGER_SHARE = 0.2

_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+(?:['’]\w+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = frozenset(
    [
        *BELOW_TWENTY,
        *TENS,
        *("dozen", "dozens", "hundred", "hundreds", "thousand", "thousands"),
        *("million", "millions", "billion", "half", "twice", "first", "second", "third"),
    ]
)


@dataclass(frozen=True)
class Sketch:
    """What is compared of a sentence."""

    span: Span
    text: str = field(repr=False)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in lower case, typographic apostrophes made plain."""
        return tuple(_WORD.findall(self.text.casefold().replace("’", "'")))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, ...]]:
        """Its neighbouring words; the single word of a sentence of one."""
        return frozenset(zip(self.words, self.words[1:], strict=False)) or frozenset([self.words])

    @cached_property
    def anchors(self) -> tuple[int, ...]:
        """Up to `ANCHORS` 63-bit numbers; none for a sentence too short to tell an origin."""
        if len(self.words) < MIN_WORDS:
            return ()
        triples = {" ".join(self.words[n : n + 3]) for n in range(len(self.words) - 2)}
        return tuple(sorted(map(_hash, triples))[:ANCHORS])

    @cached_property
    def facts(self) -> int:
        """A number that is the same for the same figures, names and negations."""
        said = [
            word.replace(",", "")
            for word in self.words
            if _NUMBER.fullmatch(word)
            or word in NEGATIONS
            or word in _NUMBER_WORDS
            or word.endswith("n't")
        ]
        spelled = _WORD.findall(self.text)
        names = [word.casefold() for word in spelled[1:] if word[:1].isupper()]
        return _hash(" ".join(sorted({*said, *names})))


def sketches(text: str, spans: Iterable[Span]) -> tuple[Sketch, ...]:
    """The sentences of `text` at `spans`, ready to be compared."""
    return tuple(Sketch(span, span.of(text)) for span in spans)


def likeness(one: Sketch, other: Sketch) -> float:
    """Share of their word pairs that two sentences have in common, 0…1.

    >>> one, other = sketches("The old ferry sank. The ferry sank.", (Span(0, 19), Span(20, 35)))
    >>> round(likeness(one, other), 2)
    0.25
    """
    common = len(one.pairs & other.pairs)
    return common / (len(one.pairs) + len(other.pairs) - common)


def is_copy(one: Sketch, other: Sketch) -> bool:
    """True when two sentences, both long enough to tell, are one but for light edits."""
    words = min(len(one.words), len(other.words))
    needed = SHORT_LIKENESS if words < SHORT_WORDS else LIKENESS
    return words >= MIN_WORDS and likeness(one, other) >= needed


def same_origin(one_share: float, other_share: float) -> bool:
    """True when two articles are mostly one text, given the share of each that the other has.

    >>> same_origin(1.0, 0.3), same_origin(1.0, 0.05)
    (True, False)
    """
    return (
        max(one_share, other_share) >= SHORTER_SHARE and min(one_share, other_share) >= LONGER_SHARE
    )


def overlap(one: str, other: str) -> float:
    """Share of the shorter passage's word pairs that the other has too, 0…1.

    Two passages cut differently from copies of one text overlap by much more than half.

    >>> overlap("It sank off Oban. All lived.", "The ferry was old. It sank off Oban. All lived.")
    1.0
    """
    mine, theirs = (Sketch(Span(0, len(text) or 1), text).pairs for text in (one, other))
    return len(mine & theirs) / min(len(mine), len(theirs))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) >> 1
