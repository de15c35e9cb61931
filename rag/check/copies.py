"""Sentences copied from one another, and the words that stand in each other's place in them.

Who rewrites a report changes words all over; who updates it or tampers with it changes a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.retrieval.sources import Source
from rag.text.overlap import content
from rag.text.values import values
from rag.text.words import Word, words

NEAR_CHARS = 250
LEAST_ALIKE = 0.3
LEAST_COPIED = 0.6
LEAST_VERBATIM = 0.95
MOST_REPLACED_WORDS = 6


@dataclass(frozen=True)
class Place:
    """A few words of a sentence; `has_name` where some of them are part of a name."""

    text: str
    has_name: bool


def alike(one: Source, other: Source) -> float:
    """The share of content that the one with less of it has in common with the other (0…1)."""
    return _likeness(one.text, other.text)


def is_copied(one: Source, other: Source) -> bool:
    """True when what stands around both sentences is mostly the same."""
    return _likeness(_near(one), _near(other)) >= LEAST_COPIED


def is_verbatim(one: Source, other: Source, said: str) -> bool:
    """True when what stands around them is the same to the word, wherever `said` is put aside."""
    here, there = words(_near(one)), words(_near(other))
    altered = {word.lower for word in words(said)}
    ops = _matched(here, there).get_opcodes()
    # The first and the last difference may come from where the text was cut.
    inner = [op for place, op in enumerate(ops) if op[0] == "equal" or 0 < place < len(ops) - 1]
    kept = sum(b - a for tag, a, b, _, _ in inner if tag == "equal")
    changed = sum(
        max(b - a, d - c)
        for tag, a, b, c, d in inner
        if tag != "equal" and not altered & {word.lower for word in here[a:b]}
    )
    return kept >= LEAST_VERBATIM * (kept + changed)


def replaced_words(one: Source, other: Source) -> Iterator[tuple[Place, Place]]:
    """What a sentence says and its copy says instead, in order; nothing where there is no copy."""
    if alike(one, other) < LEAST_ALIKE or not is_copied(one, other):
        return  # the first is seen at a glance, and so for nearly every pair
    here, there = words(one.text), words(other.text)
    matcher = _matched(here, there)
    if matcher.ratio() < LEAST_COPIED:
        return
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "replace" and max(b - a, d - c) <= MOST_REPLACED_WORDS:
            yield _place(one.text, here[a:b]), _place(other.text, there[c:d])


def _matched(here: Sequence[Word], there: Sequence[Word]) -> SequenceMatcher[str]:
    return SequenceMatcher(
        None, [word.lower for word in here], [word.lower for word in there], autojunk=False
    )


def _place(text: str, among: Sequence[Word]) -> Place:
    named = [value.span for value in values(text) if value.kind == "name"]
    return Place(
        text[among[0].span.start : among[-1].span.end],
        any(span.overlaps(word.span) for span in named for word in among),
    )


def _near(source: Source) -> str:
    text, span = source.article.text, source.span
    return text[max(0, span.start - NEAR_CHARS) : span.end + NEAR_CHARS]


def _likeness(one: str, other: str) -> float:
    mine, theirs = content(one), content(other)
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))
