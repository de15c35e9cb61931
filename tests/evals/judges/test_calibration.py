from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.datasets.example import LabelledClaim, Verdict
from evals.judges.calibration import (
    Card,
    auroc,
    best_threshold,
    calibrate,
    calibration_error,
    card_of,
    find_card,
    keep_card,
    overlap_floor,
    stratified,
    youden,
)
from evals.judges.judge import Judgement, SignalsJudge
from rag.errors import InputError


def claims(count: int = 40, documents: int = 8) -> list[LabelledClaim]:
    """Half of them state the number in their text, half another one."""
    return [
        LabelledClaim(
            id=f"c{number}",
            dataset="made",
            document=f"d{number % documents}",
            evidence=f"In town {number % documents} the flood took {number + 10} houses on Monday.",
            claim=f"The flood took {number + 10 + (number % 2) * 100} houses.",
            label=number % 2 == 0,
        )
        for number in range(count)
    ]


class Unable:
    """A judge that never gives a usable reply."""

    name = "unable"
    model = None

    def judge(self, claim: str, evidence: str) -> Judgement:
        return Judgement(Verdict.UNSCORED, why="timed out")


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_auroc_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[bool, int]]) -> None:
    labels = np.array([label for label, _ in pairs])
    scores = np.array([float(score) for _, score in pairs])
    wins = [
        1.0 if good > bad else 0.5 if good == bad else 0.0
        for good in scores[labels]
        for bad in scores[~labels]
    ]
    found = auroc(labels, scores)
    assert math.isnan(found) if not wins else found == pytest.approx(sum(wins) / len(wins))


def test_the_more_a_false_claim_costs_the_higher_is_the_best_threshold() -> None:
    labels = np.array([True, True, False, True, False])
    scores = np.array([0.9, 0.8, 0.6, 0.5, 0.2])
    assert best_threshold(labels, scores, 0.2) == pytest.approx(0.35)
    assert best_threshold(labels, scores, 5.0) == pytest.approx(0.7)


def test_the_best_threshold_parts_what_can_be_parted() -> None:
    labels = np.array([True, True, False, False])
    assert best_threshold(labels, np.array([0.9, 0.7, 0.4, 0.1])) == pytest.approx(0.55)
    assert best_threshold(np.array([True, True]), np.array([0.9, 0.7])) == 0.5


def test_a_certain_and_right_judge_has_no_calibration_error() -> None:
    labels = np.array([True, False])
    assert calibration_error(labels, np.array([1.0, 0.0])) == 0.0
    assert calibration_error(labels, np.array([0.0, 1.0])) == 1.0


def test_a_judge_that_sees_changed_numbers_beats_word_overlap() -> None:
    found = calibrate(SignalsJudge(), claims())
    assert found.figures.auroc.value == 1.0
    assert found.floor.auroc.value is not None
    assert found.floor.auroc.value < 1.0 or found.beats_floor is False
    assert found.always.auroc.value == 0.5
    assert (found.claims, found.unscored, found.documents) == (40, 0, 8)
    assert np.array(found.counts).sum() == 40


def test_unscored_claims_enter_no_figure() -> None:
    found = calibrate(Unable(), claims())
    assert found.unscored == 40
    assert found.figures.auroc.value is None
    assert youden(found.figures) is None
    assert found.beats_floor is None


def test_more_workers_give_the_same_figures() -> None:
    few = claims(12)
    assert calibrate(SignalsJudge(), few) == calibrate(SignalsJudge(), few, workers=4)


def test_a_limit_takes_both_labels_in_turn_and_a_larger_one_adds_to_it() -> None:
    few, more = stratified(claims(), 10), stratified(claims(), 20)
    assert sum(claim.label for claim in few) == 5
    assert few == more[:10]
    assert stratified(claims(), None) == claims()


def test_a_card_comes_back_as_it_was_kept_and_replaces_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cards.json"
    keep_card(Card("j", ("old",), ((1, 0, 0, 0),)), path)
    card = card_of([calibrate(SignalsJudge(), claims())])
    keep_card(card, path)
    keep_card(Card("j", ("new",), ((2, 1, 3, 0),)), path)
    assert find_card("j", path) == Card("j", ("new",), ((2, 1, 3, 0),))
    assert find_card(card.judge, path) == card
    assert find_card("stranger", path, tmp_path / "none.json") is None


@pytest.mark.parametrize(
    "content", ["[]", "{", json.dumps({"j": {"datasets": [], "counts": [[1, 2, 3]]}})]
)
def test_damaged_cards_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "cards.json").write_text(content)
    with pytest.raises(InputError, match="cards of judges"):
        find_card("j", tmp_path / "cards.json")


@pytest.mark.parametrize(
    ("counts", "weak"),
    [(((9, 1, 9, 1),), False), (((6, 4, 5, 5),), True), (((9, 1, 0, 0),), True), ((), True)],
)
def test_a_judge_is_too_weak_unless_it_is_shown_not_to_be(
    counts: tuple[tuple[int, int, int, int], ...], weak: bool
) -> None:
    assert Card("j", (), counts).too_weak is weak


def test_resampled_cards_lie_around_the_card() -> None:
    card = Card("j", (), tuple((8 + n % 3, 2, 7, 3 - n % 2) for n in range(30)))
    sensitivity, specificity = card.draws(500)
    assert sensitivity.min() <= card.sensitivity <= sensitivity.max()
    assert specificity.min() <= card.specificity <= specificity.max()
    assert (card.draws(500)[0] == sensitivity).all()


def test_word_overlap_knows_no_order() -> None:
    assert overlap_floor("Rome beat Carthage", "Carthage beat Rome") == 1.0
    assert overlap_floor("of the", "nothing") == 1.0
