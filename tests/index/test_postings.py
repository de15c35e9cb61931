"""Packed postings: the best found with leaving out are the best of all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index import postings
from rag.index.analysis import analyser
from rag.index.postings import Postings, Totals, best, best_of, postings_of, scored

PASSAGES = 600


def made(seed: int, shares: list[float]) -> tuple[list[bytes], Totals]:
    """The postings of terms that such shares of the passages have, some in their titles too."""
    draw = np.random.default_rng(seed)
    found = []
    for share in shares:
        numbers = np.flatnonzero(draw.random(PASSAGES) < share)
        rows = np.empty(len(numbers), dtype=[("number", "<u4"), ("text", "<u2"), ("title", "<u2")])
        rows["number"] = numbers
        rows["text"] = draw.geometric(0.7, len(numbers)) << 8 | draw.integers(8, 40, len(numbers))
        rows["title"] = (draw.random(len(numbers)) < share / 4) * 256 + 6
        found.append(rows.tobytes())
    return found, Totals(PASSAGES, 20 * PASSAGES, 6 * PASSAGES)


@given(
    st.integers(0, 2**32),
    st.lists(st.sampled_from([0.0, 0.01, 0.05, 0.3, 0.9]), max_size=6),
    st.integers(0, 50),
)
def test_what_is_left_out_is_none_of_the_best(seed: int, shares: list[float], k: int) -> None:
    found, totals = made(seed, shares)
    here, there = best_of(found, totals, k), best(*scored(found, totals), k)
    assert [score for _, score in here] == pytest.approx([score for _, score in there])
    # Where two scores differ by rounding alone, either may come first.
    last = there[-1][1] if there else 0.0
    assert {number for number, score in here if score > last + 1e-6} == {
        number for number, score in there if score > last + 1e-6
    }


def test_a_common_word_beside_rare_ones_is_scored_for_few_passages_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added: list[int] = []
    worth = postings._Having.worth

    def counting(field: postings._Having, which: object = slice(None)) -> postings.Floats:
        found = worth(field, which)  # type: ignore[arg-type]
        added.append(len(found))
        return found

    monkeypatch.setattr(postings._Having, "worth", counting)
    found, totals = made(3, [0.02, 0.02, 0.9])
    assert len(best_of(found, totals, 3)) == 3
    assert sum(added) < 0.2 * PASSAGES


def test_postings_are_those_of_the_words_counted_one_by_one() -> None:
    given = [
        ("Ferry sinks", "The ferry sank. A second ferry came, and a third ferry."),
        ("Ferry sinks", "Nobody was hurt."),
        ("", ""),
        ("Rain", "ferry " * 300),
    ]
    analyse, made = analyser(), postings_of(analyser(), given)
    rows = {
        (made.terms[term], passage): (text >> 8, title >> 8)
        for term, passage, text, title in zip(
            *(made.term.tolist(), made.passage.tolist(), made.text.tolist(), made.title.tolist()),
            strict=True,
        )
    }
    wanted = {
        (term, n): (min(255, texts.count(term)), titles.count(term))
        for n, (title, text) in enumerate(given)
        for titles, texts in [(analyse.analyze(title), analyse.analyze(text))]
        for term in {*titles, *texts}
    }
    assert rows == wanted
    assert made.totals == Totals(4, sum(len(analyse.analyze(text)) for _, text in given), 5)


@pytest.mark.parametrize("passages", [1, 3, 4, 7, 100])
def test_runs_hold_every_posting_once_in_order_and_none_is_over_full(
    passages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "FULL", 3)
    made: Postings = postings_of(analyser(), [("", f"tide {n}") for n in range(passages)])
    runs = made.runs(range(50, 50 + passages))
    ends = np.cumsum(runs.sizes)
    assert ends[-1] == len(runs.packed) == postings.POSTING_BYTES * 2 * passages
    seen: dict[str, list[int]] = {}
    for term, first, size, end in zip(runs.terms, runs.firsts, runs.sizes, ends, strict=True):
        kept = np.frombuffer(runs.packed[end - size : end], dtype=postings._POSTING)
        assert 1 <= len(kept) <= 3
        assert kept["number"][0] == first
        seen.setdefault(term, []).extend(kept["number"].tolist())
    assert seen.pop("tide") == [*range(50, 50 + passages)]
    assert sorted(number for numbers in seen.values() for number in numbers) == [
        *range(50, 50 + passages)
    ]
