"""Which passages have a word and how often, packed, and ranked by BM25.

A posting is the number of a passage, 32 bits, and how often its text and its title have the term,
16 bits each: the count with the code of that field's length. Lengths are coded as Lucene and
tantivy code them and weighed with their constants, so that a score is the one that the embedded
index gives. The postings of a term follow one another by their numbers, in runs of at most `FULL`.

Invariant: pure; knows nothing of a database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.index.lexical import TITLE_WEIGHT

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

# 1,792 bytes: a row of a run stays whole in its page, PostgreSQL moves longer ones elsewhere.
FULL = 224
_K1, _B = 1.2, 0.75
_MOST_COUNTED = 255
# Passages among which the k-th best is looked for, and the times that looking one up takes longer
# than scoring one.
_WATCHED, _LOOKED_UP = 20_000, 8
_POSTING = np.dtype([("number", "<u4"), ("text", "<u2"), ("title", "<u2")])
POSTING_BYTES = _POSTING.itemsize
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _lengths() -> Ints:
    """The length that each of 256 codes stands for: exact up to 40, then ever coarser."""
    small, coarse = 24, np.arange(256 - 24)
    steps = np.maximum(coarse // 8 - 1, 0)
    bits = np.where(coarse < 8, coarse, coarse % 8 | 8)
    return np.concatenate([np.arange(small), small + (bits.astype(np.int64) << steps)])


LENGTHS = _lengths()


@dataclass(frozen=True)
class Totals:
    """How many passages there are, and how many terms their texts and their titles have."""

    passages: int
    text_terms: int
    title_terms: int


@dataclass(frozen=True)
class Runs:
    """Runs of postings, by term and number: run n is `sizes[n]` bytes of `packed`, one after the
    other. `firsts` are the lowest numbers; a term with one run alone may join an earlier one.
    """

    terms: list[str]
    firsts: Ints
    sizes: Ints
    is_alone: NDArray[np.bool_]
    packed: bytes


@dataclass(frozen=True)
class Postings:
    """The postings of some passages: row n says that passage `passage[n]`, counted from 0 in the
    order given, has `terms[term[n]]`; `text[n]` and `title[n]` are its packed counts.
    """

    terms: list[str]
    term: Ints
    passage: Ints
    text: NDArray[np.uint16]
    title: NDArray[np.uint16]
    totals: Totals

    def runs(self, numbers: Sequence[int]) -> Runs:
        """The same for passages that have these numbers."""
        number = np.asarray(numbers, dtype=np.int64)[self.passage]
        order = np.lexsort((number, self.term))
        rows = np.empty(len(order), dtype=_POSTING)
        rows["number"], rows["text"] = number[order], self.text[order]
        rows["title"] = self.title[order]
        having = np.bincount(self.term, minlength=len(self.terms))
        pieces = -(-having // FULL)
        term = np.repeat(np.arange(len(having)), pieces)
        piece = np.arange(len(term)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        begin = np.repeat(np.cumsum(having) - having, pieces)
        starts = begin + having[term] * piece // pieces[term]
        ends = begin + having[term] * (piece + 1) // pieces[term]
        return Runs(
            terms=[self.terms[n] for n in term.tolist()],
            firsts=rows["number"][starts].astype(np.int64),
            sizes=(ends - starts) * POSTING_BYTES,
            is_alone=pieces[term] == 1,
            packed=rows.tobytes(),
        )


def postings_of(analyse: TextAnalyzer, passages: Iterable[tuple[str, str]]) -> Postings:
    """The postings of passages given as (title, text)."""
    ids: defaultdict[str, int] = defaultdict()
    ids.default_factory = ids.__len__
    titles: dict[str, list[int]] = {}
    texts = _Field([], [])
    headings = _Field([], [])
    for title, text in passages:
        if title not in titles:
            titles[title] = [ids[term] for term in analyse.analyze(title)]
        headings.add(titles[title])
        texts.add([ids[term] for term in analyse.analyze(text)])
    every = max(1, len(ids))
    in_texts, in_titles = texts.counted(every), headings.counted(every)
    pairs = np.union1d(in_texts.pairs, in_titles.pairs)
    passage, term = np.divmod(pairs, every)
    totals = Totals(len(texts.lengths), len(texts.terms), len(headings.terms))
    return Postings([*ids], term, passage, in_texts.codes(pairs), in_titles.codes(pairs), totals)


@dataclass(frozen=True)
class _Counted:
    """How often each (passage, term), as one number each, stands in a field; and its lengths."""

    pairs: Ints
    counts: Ints
    lengths: Ints
    every: int

    def codes(self, pairs: Ints) -> NDArray[np.uint16]:
        """The packed counts of these pairs, of which this field has some."""
        codes = np.searchsorted(LENGTHS, self.lengths, side="right") - 1
        packed = codes[pairs // self.every]
        packed[np.searchsorted(pairs, self.pairs)] |= np.minimum(self.counts, _MOST_COUNTED) << 8
        return packed.astype(np.uint16)


@dataclass(frozen=True)
class _Field:
    """The terms of a field in all passages, one after the other."""

    terms: list[int]
    lengths: list[int]

    def add(self, terms: Sequence[int]) -> None:
        self.terms.extend(terms)
        self.lengths.append(len(terms))

    def counted(self, every: int) -> _Counted:
        lengths = np.array(self.lengths, dtype=np.int64)
        passage = np.repeat(np.arange(len(lengths)), lengths)
        terms = np.array(self.terms, dtype=np.int64)
        pairs, counts = np.unique(passage * every + terms, return_counts=True)
        return _Counted(pairs, counts, lengths, every)


def without(packed: bytes, gone: Ints) -> bytes:
    """The postings of a run but for those of the passages with the numbers `gone`."""
    rows = np.frombuffer(packed, dtype=_POSTING)
    return rows[~np.isin(rows["number"], gone)].tobytes()


@dataclass(frozen=True)
class _Having:
    """The passages whose text, or whose title, has a term, and what it is worth for each."""

    numbers: NDArray[np.uint32]
    counts: NDArray[np.uint16]
    rarity: float
    saturation: Floats

    @property
    def at_most(self) -> float:
        """What it is worth where it is worth most."""
        return self.rarity * float(self.saturation[self.counts].max())

    def worth(self, which: Ints | slice = slice(None)) -> Floats:
        """What it adds to the scores of these of the passages."""
        added: Floats = self.rarity * self.saturation[self.counts[which]]
        return added


def scored(found: Sequence[bytes], totals: Totals) -> tuple[Ints, Floats]:
    """The numbers of the passages that have any of the terms, and their BM25 scores.

    `found` are all the postings of each term.
    """
    fields = _fields(found, totals)
    scores = _no_scores(fields)
    for field in fields:
        scores[field.numbers] += field.worth()
    there = np.flatnonzero(scores)
    return there, scores[there]


def best_of(found: Sequence[bytes], totals: Totals, k: int) -> list[tuple[int, float]]:
    """What `best` says of `scored`, without scoring every passage that has a common word.

    What is rare comes first. Once `k` passages score more than all that is left can add to one,
    only passages that may still be among the best need the rest (MaxScore): where there are few
    of them, each is looked up in it.
    """
    fields = _fields(found, totals)
    bounds = [field.at_most for field in fields]
    scores = _no_scores(fields)
    enough, near, watched = 0.0, None, np.zeros(0, dtype=np.int64)
    for done, field in enumerate(fields):
        least = enough - sum(bounds[done:])
        if near is not None:
            near = near[scores[near] >= least]
        elif least > 0:
            near = np.flatnonzero(scores >= least)
        if near is not None and _LOOKED_UP * len(near) < len(field.numbers):
            at = np.searchsorted(field.numbers, near.astype(np.uint32))
            at = np.minimum(at, len(field.numbers) - 1)
            has = np.flatnonzero(field.numbers[at] == near)
            scores[near[has]] += field.worth(at[has])
        else:
            scores[field.numbers] += field.worth()
        # The k-th best of any passages is no better than the k-th best of all.
        for some in (near, field.numbers):
            if some is not None and (len(watched) < k or k <= len(some) <= _WATCHED):
                watched = some.astype(np.int64)
                break
        enough = max(enough, _kth(scores[watched], k))
    if near is None:
        near = np.flatnonzero(scores >= enough if enough else scores)
    return best(near, scores[near], k)


def _kth(scores: Floats, k: int) -> float:
    """A little less than the k-th highest, for sums differ by how they were rounded; else 0."""
    if not 0 < k <= len(scores):
        return 0.0
    return float(np.partition(scores, -k)[-k]) * (1 - 1e-9)


def _fields(found: Sequence[bytes], totals: Totals) -> list[_Having]:
    """The texts and the titles that have a term, those of which there are fewest first."""
    having = []
    for packed in found if totals.passages else ():
        rows = np.frombuffer(packed, dtype=_POSTING)
        numbers = np.ascontiguousarray(rows["number"])
        for name, weight, terms in (
            ("text", 1.0, totals.text_terms),
            ("title", TITLE_WEIGHT, totals.title_terms),
        ):
            counts = np.ascontiguousarray(rows[name])
            has = np.flatnonzero(counts > _MOST_COUNTED)
            if not len(has):
                continue
            theirs = (numbers, counts) if len(has) == len(rows) else (numbers[has], counts[has])
            rarity = weight * _rarity(len(has), totals.passages)
            having.append(_Having(*theirs, rarity, _saturation(terms / totals.passages)))
    return sorted(having, key=lambda field: len(field.numbers))


def _no_scores(fields: Sequence[_Having]) -> Floats:
    return np.zeros(max((int(field.numbers[-1]) + 1 for field in fields), default=0))


def best(numbers: Ints, scores: Floats, k: int) -> list[tuple[int, float]]:
    """The `k` highest as (number, score), highest first; of equal ones the older first."""
    if k < 1 or not len(scores):
        return []
    if len(scores) > k:
        near = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        numbers, scores = numbers[near], scores[near]
    order = np.lexsort((numbers, -scores))[:k]
    return list(zip(numbers[order].tolist(), scores[order].tolist(), strict=True))


def _rarity(having: int, passages: int) -> float:
    """The inverse document frequency of a term that so many passages have."""
    return float(np.log1p((max(passages - having, 0) + 0.5) / (having + 0.5)))


@lru_cache(maxsize=8)
def _saturation(average: float) -> Floats:
    """What each of the 65,536 packed counts is worth, where a field has `average` terms."""
    norms = _K1 * (1 - _B + _B * LENGTHS / max(average, 1e-9))
    count = np.arange(256)[:, np.newaxis]
    worth: Floats = ((1 + _K1) * count / (count + norms)).reshape(-1)
    return worth
