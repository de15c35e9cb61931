from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.scorers.stats import bootstrap, mean, paired_difference

shares = st.lists(st.floats(0, 1), min_size=2, max_size=30)


def test_nothing_measured_has_no_value() -> None:
    assert mean([]).value is None
    assert str(mean([])) == "n/a"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        mean([1.0, value])


@settings(max_examples=20)  # every example draws 4,000 samples
@given(shares)
def test_the_interval_holds_the_value_and_is_the_same_twice(values: list[float]) -> None:
    first, second = mean(values), mean(values)
    assert first == second
    assert first.low is not None
    assert first.high is not None
    assert first.value is not None
    assert min(values) - 1e-9 <= first.low <= first.value + 1e-9
    assert first.value - 1e-9 <= first.high <= max(values) + 1e-9


def test_claims_of_one_text_are_drawn_together() -> None:
    values = [1.0] * 50 + [0.0] * 50
    apart = mean(values)
    together = mean(values, ["a"] * 50 + ["b"] * 50)
    assert apart.high is not None
    assert apart.high < 0.65
    assert (together.low, together.high) == (0.0, 1.0)


def test_one_document_gives_no_interval() -> None:
    estimate = mean([1.0, 0.0], ["a", "a"])
    assert (estimate.value, estimate.low, estimate.high) == (0.5, None, None)


def test_a_statistic_that_most_draws_cannot_score_has_no_interval() -> None:
    estimate = bootstrap(lambda rows: 1.0 if len(set(rows)) == 4 else math.nan, list("abcd"))
    assert (estimate.value, estimate.low) == (1.0, None)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    generator = np.random.default_rng(1)
    inside = 0
    for _ in range(40):
        sample = (generator.random(60) < 0.7).astype(float).tolist()
        estimate = mean(sample)
        assert estimate.low is not None
        assert estimate.high is not None
        inside += estimate.low <= 0.7 <= estimate.high
    assert inside >= 34


def test_a_clear_loss_is_significant_and_a_gain_is_not() -> None:
    base, new = [1.0] * 30, [0.0] * 15 + [1.0] * 15
    loss = paired_difference(base, new)
    assert loss.significant_loss
    assert (loss.better, loss.worse) == (0, 15)
    assert not paired_difference(new, base).significant_loss


def test_one_flipped_question_is_no_significant_loss() -> None:
    assert not paired_difference([1.0] * 30, [0.0] + [1.0] * 29).significant_loss


def test_equal_runs_differ_by_nothing() -> None:
    same = paired_difference([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert same.estimate.value == 0.0
    assert same.p == 1.0


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="equal numbers"):
        paired_difference([1.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="as many clusters"):
        mean([1.0, 0.0], ["a"])
