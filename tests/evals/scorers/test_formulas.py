from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.results import JudgedClaim
from evals.scorers.claim_measures import faithfulness
from evals.scorers.formulas import (
    answer_overlap,
    answer_recall,
    citation_scores,
    corrected_rate,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
)

ids = st.lists(st.sampled_from("abcdefgh"), max_size=12)


def test_nothing_relevant_is_no_number() -> None:
    assert recall_at_k(["a"], [], 10) is None
    assert ndcg_at_k(["a"], {}) is None
    assert reciprocal_rank(["a"], []) is None
    assert answer_recall("text", []) is None
    assert answer_overlap("text", []) is None


@given(ids, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3), min_size=1))
def test_ranking_metrics_stay_between_nothing_and_perfect(
    ranked: list[str], grades: dict[str, int]
) -> None:
    for value in (
        ndcg_at_k(ranked, grades),
        recall_at_k(ranked, grades, 5),
        reciprocal_rank(ranked, grades),
    ):
        assert value is not None
        assert -1e-12 <= value <= 1 + 1e-12


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3), min_size=1))
def test_the_ideal_order_scores_one(grades: dict[str, int]) -> None:
    ideal = sorted(grades, key=lambda name: -grades[name])
    assert ndcg_at_k(ideal, grades) == pytest.approx(1.0)


def test_ndcg_weighs_grades_linearly_and_ranks_logarithmically() -> None:
    ideal = 3 + 2 / math.log2(3) + 1 / 2
    found = ndcg_at_k(["a", "x", "b", "y"], {"a": 1, "b": 3, "c": 2})
    assert found == pytest.approx((1 + 3 / 2) / ideal)


def test_a_statement_without_citations_is_not_supported() -> None:
    scores = citation_scores(0, lambda subset: True)
    assert (scores.recall, scores.needed) == (False, ())


def test_two_halves_that_only_support_together_are_both_needed() -> None:
    scores = citation_scores(2, lambda subset: len(subset) == 2)
    assert (scores.recall, scores.needed) == (True, (True, True))


def test_no_citation_of_an_unsupported_statement_counts() -> None:
    scores = citation_scores(3, lambda subset: len(subset) == 1)
    assert (scores.recall, scores.needed) == (False, (False, False, False))


@given(
    st.integers(1, 3).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.fixed_dictionaries(
                {
                    subset: st.sampled_from([True, False, None])
                    for size in range(1, count + 1)
                    for subset in combinations(range(count), size)
                }
            ),
        )
    )
)
def test_a_missing_verdict_never_becomes_a_number(
    case: tuple[int, dict[tuple[int, ...], bool | None]],
) -> None:
    count, verdicts = case
    scores = citation_scores(count, verdicts.__getitem__)
    everything = verdicts[tuple(range(count))]
    assert scores.recall is everything
    if everything is None:
        assert set(scores.needed) == {None}
    if everything and count > 1:
        for one in range(count):
            assert (scores.needed[one] is None) <= (None in verdicts.values())


def test_wordings_are_matched_by_words_and_not_by_letters() -> None:
    assert answer_recall("It was 190 miles.", [["90 miles"]]) == 0.0
    assert answer_recall("Twenty-two died.", [["22"], ["22 died"]]) == 1.0
    assert answer_recall("On 14th May.", [["14 May"]]) == 1.0


def test_unscored_claims_lower_coverage_and_not_the_rate() -> None:
    verdicts = ["supported", "unsupported", "unscored", "abstained"]
    claims = [JudgedClaim(question_id=one, text="", verdict=one) for one in verdicts]
    rate, coverage = (measure.estimate for measure in faithfulness(claims, card=None))
    assert (rate.value, rate.n) == (0.5, 2)
    assert (coverage.value, coverage.n) == (0.5, 4)


@given(st.floats(0, 1), st.floats(0.61, 1), st.floats(0.61, 1))
def test_the_correction_undoes_what_the_judge_gets_wrong(
    truth: float, sensitivity: float, specificity: float
) -> None:
    observed = truth * sensitivity + (1 - truth) * (1 - specificity)
    assert corrected_rate(observed, sensitivity, specificity) == pytest.approx(truth, abs=1e-9)


@pytest.mark.parametrize("specificity", [0.0, 0.5, 0.69, float("nan")])
def test_a_judge_that_tells_too_little_corrects_nothing(specificity: float) -> None:
    assert corrected_rate(0.8, 0.5, specificity) is None
