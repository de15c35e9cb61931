"""Choosing sentences that each say something new, and the words around a choice.

Invariant: of two sentences that say the same, the one that comes first in rank is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.scoring import Scored
from rag.retrieval.sources import MOST_ANTECEDENTS, NEXT_CHARS, Source
from rag.text.leaning import leans

# Cosine from which two sentences say the same.
SAME = 0.85


def diverse(ranked: Iterable[Scored], most: int, *, same: float = SAME) -> list[Scored]:
    """The first `most` that repeat none before them."""
    chosen: list[Scored] = []
    for one in ranked:
        if len(chosen) == most:
            break
        if all(float(one.vector @ other.vector) < same for other in chosen):
            chosen.append(one)
    return chosen


def marginal(
    worth: NDArray[np.float64],
    vectors: NDArray[np.float32],
    most: int,
    *,
    redundancy: float = 0.3,
    same: float = SAME,
) -> list[int]:
    """Places by maximal marginal relevance (Carbonell and Goldstein 1998), best first.

    `worth` of shape (n,) on any scale, `vectors` of shape (n, d) and unit length.
    """
    left = list(range(len(worth)))
    chosen: list[int] = []
    likeness = vectors @ vectors.T
    while left and len(chosen) < most:

        def gain(place: int) -> float:
            nearest = max((float(likeness[place, it]) for it in chosen), default=0.0)
            return float(worth[place]) - redundancy * nearest

        best = max(left, key=lambda place: (gain(place), -place))
        left.remove(best)
        if all(likeness[best, it] < same for it in chosen):
            chosen.append(best)
    return chosen


def in_reading_order(chosen: Sequence[Source]) -> list[Source]:
    """By article in the order of choice, then as they stand."""
    articles = list(dict.fromkeys(source.article.article_id for source in chosen))
    return sorted(chosen, key=lambda it: (articles.index(it.article.article_id), it.span.start))


def in_context(
    chosen: Iterable[Source], sentences: Sequence[Source]
) -> Iterator[tuple[Source, ...]]:
    """Each sentence after those that say of whom it speaks; none is shown twice."""
    shown: set[object] = set()
    for source in chosen:
        if source.place in shown:
            continue
        found = with_antecedent(source, sentences)
        yield tuple(it for it in found if it is source or it.place not in shown)
        shown |= {it.place for it in found}


def with_antecedent(source: Source, sentences: Sequence[Source]) -> tuple[Source, ...]:
    """The sentence, after the one or two before it that say of whom it speaks."""
    found = [source]
    while leans(found[0].text) and len(found) <= MOST_ANTECEDENTS:
        first = found[0]
        before = [
            other
            for other in sentences
            if other.span.end <= first.span.start
            and other.is_next_to(first, within_chars=NEXT_CHARS)
        ]
        if not before:
            break
        found.insert(0, before[-1])
    return tuple(found)
