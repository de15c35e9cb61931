"""Which passages have a word and how often, packed into blocks, and ranked by BM25.

A block holds the postings of one term among `BLOCK` passages whose numbers follow one another. A
posting is three 16-bit numbers: which passage of the block, how often its text and how often its
title has the term, each count with the code of that field's length. Lengths are coded as Lucene and
tantivy code them and weighed with their constants, so that a score is the one that the embedded
index gives.

Invariant: pure; knows nothing of a database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.index.lexical import TITLE_WEIGHT

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

BLOCK = 8_192
_K1, _B = 1.2, 0.75
_MOST_COUNTED = 255
_PLACE, _TEXT, _TITLE = range(3)
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _lengths() -> Ints:
    """The length that each of 256 codes stands for: exact up to 40, then ever coarser."""
    small, coarse = 24, np.arange(256 - 24)
    steps = np.maximum(coarse // 8 - 1, 0)
    bits = np.where(coarse < 8, coarse, coarse % 8 | 8)
    return np.concatenate([np.arange(small), small + (bits.astype(np.int64) << steps)])


LENGTHS = _lengths()
_LENGTHS = LENGTHS.tolist()


@dataclass(frozen=True)
class Totals:
    """How many passages there are, and how many terms their texts and their titles have."""

    passages: int
    text_terms: int
    title_terms: int


@dataclass(frozen=True)
class Postings:
    """The postings of some passages, by term: row n says that passage `passage[n]`, counted from 0
    in the order given, has `terms[term[n]]`; `counts[n]` are the packed counts of text and title.
    """

    terms: list[str]
    term: Ints
    passage: Ints
    counts: NDArray[np.uint16]
    totals: Totals

    def blocks(self, numbers: Sequence[int]) -> list[tuple[str, int, bytes]]:
        """(term, block, packed postings) of the passages under these numbers, each pair once."""
        number = np.asarray(numbers, dtype=np.int64)[self.passage]
        block, place = np.divmod(number, BLOCK)
        order = np.lexsort((place, block, self.term))
        term, block = self.term[order], block[order]
        rows = np.empty((len(order), 3), dtype="<u2")
        rows[:, _PLACE] = place[order]
        rows[:, _TEXT:] = self.counts[order]
        starts = np.flatnonzero(
            np.concatenate([[True], (np.diff(term) != 0) | (np.diff(block) != 0)])
        )
        ends = [*starts[1:].tolist(), len(order)]
        return [
            (self.terms[term[start]], int(block[start]), rows[start:end].tobytes())
            for start, end in zip(starts.tolist(), ends, strict=True)
            if end > start
        ]


def postings_of(analyse: TextAnalyzer, passages: Iterable[tuple[str, str]]) -> Postings:
    """The postings of passages given as (title, text)."""
    ids: dict[str, int] = {}
    term: list[int] = []
    passage: list[int] = []
    counts: list[tuple[int, int]] = []
    titles: dict[str, tuple[dict[str, int], int]] = {}
    n = text_terms = title_terms = 0
    for n, (title, text) in enumerate(passages, 1):
        if title not in titles:
            titles[title] = _counted(analyse, title)
        (in_title, title_length), (in_text, text_length) = titles[title], _counted(analyse, text)
        title_terms += title_length
        text_terms += text_length
        no_text, no_title = length_code(text_length), length_code(title_length)
        passage += [n - 1] * len(both := {**in_text, **in_title})
        for word in both:
            term.append(ids.setdefault(word, len(ids)))
            counts.append((in_text.get(word, no_text), in_title.get(word, no_title)))
    return Postings(
        [*ids],
        np.array(term, dtype=np.int64),
        np.array(passage, dtype=np.int64),
        np.array(counts, dtype=np.uint16).reshape(-1, 2),
        Totals(n, text_terms, title_terms),
    )


def without(packed: bytes, gone: bytes) -> bytes:
    """The postings of a block but for those of the passages that `gone` has."""
    rows = _unpacked(packed)
    kept = ~np.isin(rows[:, _PLACE], _unpacked(gone)[:, _PLACE])
    return rows[kept].tobytes()


def length_code(terms: int) -> int:
    """The code of the greatest length that is not above `terms`.

    >>> [int(LENGTHS[length_code(terms)]) for terms in (0, 17, 40, 41, 1_000)]
    [0, 17, 40, 40, 984]
    """
    return bisect_right(_LENGTHS, terms) - 1


def _counted(analyse: TextAnalyzer, text: str) -> tuple[dict[str, int], int]:
    """The packed count of each term of a field, and how many terms it has."""
    terms = analyse.analyze(text)
    code = length_code(len(terms))
    return {
        word: min(count, _MOST_COUNTED) << 8 | code for word, count in Counter(terms).items()
    }, len(terms)


def _unpacked(packed: bytes) -> NDArray[np.uint16]:
    return np.frombuffer(packed, dtype="<u2").reshape(-1, 3)


def scored(found: Sequence[tuple[str, int, bytes]], totals: Totals) -> tuple[Ints, Floats]:
    """The numbers of the passages that have any of the terms, and their BM25 scores.

    `found` are the blocks of all the terms asked for, each with its term and its number.
    """
    if not found or not totals.passages:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    rows = _unpacked(b"".join(packed for _, _, packed in found))
    sizes = np.array([len(packed) // 6 for _, _, packed in found])
    ids: dict[str, int] = {}
    term = np.repeat([ids.setdefault(word, len(ids)) for word, _, _ in found], sizes)
    blocks, dense = np.unique([block for _, block, _ in found], return_inverse=True)
    place = np.repeat(dense * BLOCK, sizes) + rows[:, _PLACE]
    worth = np.zeros(len(rows))
    for column, terms, weight in (
        (_TEXT, totals.text_terms, 1.0),
        (_TITLE, totals.title_terms, TITLE_WEIGHT),
    ):
        has = np.flatnonzero(rows[:, column] >> 8)
        rarity = _rarity(np.bincount(term[has], minlength=len(ids)), totals.passages)
        share = _saturation(rows[has, column], terms / totals.passages)
        worth[has] += weight * rarity[term[has]] * share
    scores = np.bincount(place, weights=worth, minlength=len(blocks) * BLOCK)
    there = np.flatnonzero(scores)
    return blocks[there // BLOCK] * BLOCK + there % BLOCK, scores[there].astype(np.float64)


def best(numbers: Ints, scores: Floats, k: int) -> list[tuple[int, float]]:
    """The `k` highest as (number, score), highest first; of equal ones the older first."""
    if k < 1 or not len(scores):
        return []
    if len(scores) > k:
        near = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        numbers, scores = numbers[near], scores[near]
    order = np.lexsort((numbers, -scores))[:k]
    return list(zip(numbers[order].tolist(), scores[order].tolist(), strict=True))


def _rarity(having: NDArray[np.intp], passages: int) -> Floats:
    """The inverse document frequency of terms that so many passages have."""
    rarity: Floats = np.log1p((np.maximum(passages - having, 0) + 0.5) / (having + 0.5))
    return rarity


def _saturation(packed: NDArray[np.uint16], average: float) -> Floats:
    """What each packed count is worth, where a field has `average` terms."""
    norms = _K1 * (1 - _B + _B * LENGTHS / max(average, 1e-9))
    count = packed >> 8
    worth: Floats = (1 + _K1) * count / (count + norms[packed & 255])
    return worth
