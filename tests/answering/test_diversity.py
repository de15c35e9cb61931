"""Chosen are sentences that each say something new, the first in rank where two say the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from rag.answering.diversity import (
    SAME,
    diverse,
    in_context,
    in_reading_order,
    marginal,
    with_antecedent,
)
from rag.answering.scoring import Scored
from tests.answering.numbered import numbered
from tests.answering.room import Room

TEXT = "Ann Holm runs the port. She is 40. It rained. They left.\n\nNobody came."
SOURCES = numbered(TEXT, "Port")


def ranked(*rows: tuple[float, float]) -> list[Scored]:
    vectors = [np.array(row, dtype=np.float32) for row in rows]
    return [
        Scored(source, 1.0, vector / np.linalg.norm(vector), {})
        for source, vector in zip(SOURCES, vectors, strict=False)
    ]


def test_of_two_that_say_the_same_the_first_is_kept() -> None:
    one, alike, other = ranked((1, 0), (1, 0.1), (0, 1))
    assert diverse([one, alike, other], 3) == [one, other]
    assert diverse([alike, one, other], 3) == [alike, other]
    assert diverse([one, alike, other], 1) == [one]
    assert diverse([], 3) == []


@st.composite
def unit_vectors(draw: st.DrawFn) -> NDArray[np.float32]:
    count = draw(st.integers(0, 8))
    numbers = arrays.arrays(np.float32, (count, 3), elements=st.floats(0.125, 1.0, width=32))
    rows = draw(numbers)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@given(unit_vectors(), st.integers(0, 9), st.data())
def test_marginal_relevance_chooses_each_once_and_never_two_that_say_the_same(
    vectors: NDArray[np.float32], most: int, data: st.DataObject
) -> None:
    worth = data.draw(arrays.arrays(np.float64, len(vectors), elements=st.floats(-5, 5)))
    chosen = marginal(worth, vectors, most)
    assert len(set(chosen)) == len(chosen) <= most
    if most and len(vectors):
        assert worth[chosen[0]] == worth.max()
    for place, one in enumerate(chosen):
        assert all(float(vectors[one] @ vectors[it]) < SAME for it in chosen[:place])


def test_the_more_redundancy_costs_the_further_apart_are_the_chosen() -> None:
    vectors = np.array([(1, 0), (0.8, 0.6), (0, 1)], dtype=np.float32)
    worth = np.array([1.0, 0.9, 0.5])
    assert marginal(worth, vectors, 2, redundancy=0.0) == [0, 1]
    assert marginal(worth, vectors, 2, redundancy=1.0) == [0, 2]


def test_reading_order_is_that_of_choice_for_articles_and_of_the_text_within_one(
    room: Room,
) -> None:
    stops, votes = room.source("14 stops"), room.source("31 votes")
    clocks, fire = room.source("400 clocks"), room.source("after a fire")
    assert in_reading_order([stops, clocks, votes, fire]) == [votes, stops, fire, clocks]
    assert in_reading_order([]) == []


def test_who_she_is_comes_with_a_sentence_that_leans_and_with_no_other() -> None:
    holm, she, rained, they, nobody = SOURCES
    assert with_antecedent(she, SOURCES) == (holm, she)
    assert with_antecedent(they, SOURCES) == (she, rained, they)  # two before it at most
    assert with_antecedent(rained, SOURCES) == (holm, she, rained)
    assert with_antecedent(nobody, SOURCES) == (nobody,)
    assert with_antecedent(she, [she, nobody]) == (she,)


def test_among_several_each_is_shown_once() -> None:
    holm, she, _, they, nobody = SOURCES
    assert list(in_context([holm, she, nobody], SOURCES)) == [(holm,), (she,), (nobody,)]
    assert list(in_context([she, holm, they], SOURCES)) == [(holm, she), SOURCES[2:4]]
