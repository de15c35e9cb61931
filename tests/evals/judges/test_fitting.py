from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.datasets.example import LabelledClaim, Verdict
from evals.judges.calibration import Card, card_of, compared, find_card, keep_card
from evals.judges.features import Signals
from evals.judges.fitting import Fit, fit, keep_weights
from evals.judges.judge import Judgement, SignalsJudge, Weights, inputs_of
from rag.errors import InputError


def labelled(count: int = 60) -> tuple[list[LabelledClaim], list[Judgement]]:
    """Claims whose truth shows in their numbers and, less surely, in the log-odds."""
    claims, outcomes = [], []
    for number in range(count):
        true = number % 2 == 0
        claims.append(
            LabelledClaim(f"c{number}", f"set {number % 3}", f"d{number % 20}", "E.", "C.", true)
        )
        strange = float(not true) if number % 7 else float(true)
        signals = Signals(0.6 + number % 5 / 50, strange, 0.0, 0.0)
        log_odds = (1.0 if true else -1.0) + number % 3 - 1
        inputs = inputs_of(signals, log_odds)
        outcomes.append(Judgement(Verdict.SUPPORTED, 0.5, log_odds, inputs))
    return claims, outcomes


def fitted() -> Fit:
    return fit("w", *labelled())


def test_the_weights_point_the_right_way() -> None:
    weights = fitted().weights.weights
    assert weights["foreign_numbers"] < 0 < weights["anchored_log_odds"]
    assert set(weights) == {*Signals.names(), "anchored_log_odds"}


def test_a_decisive_input_is_outweighed_by_nothing_and_teaches_the_others_nothing() -> None:
    claims, outcomes = labelled(120)
    wrong = [
        replace(it, inputs={**(it.inputs or {}), "foreign_numbers": float(place % 4 == 0)})
        for place, it in enumerate(outcomes)
    ]
    made = fit("w", claims, wrong, decisive=["foreign_numbers"])
    assert made.weights.weights["foreign_numbers"] == -8.0
    assert {it.supported for it in made.unseen[::4]} == {False}


def test_a_set_that_is_held_back_is_judged_and_changes_no_weight() -> None:
    claims, outcomes = labelled(120)
    turned = [replace(it, label=not it.label) if it.dataset == "set 2" else it for it in claims]
    made, other = (fit("w", it, outcomes, held_back=["set 2"]) for it in (claims, turned))
    assert made == other
    assert made.weights != fit("w", claims, outcomes).weights


def test_the_same_claims_give_the_same_weights_to_the_last_digit() -> None:
    assert fitted() == fitted()


def test_each_claim_is_judged_by_weights_that_had_not_seen_its_document() -> None:
    claims, outcomes = labelled(120)
    swapped = [
        LabelledClaim(c.id, c.dataset, c.document, c.evidence, c.claim, not c.label)
        if (c.dataset, c.document) == ("set 0", "d3")
        else c
        for c in claims
    ]
    before = fit("w", claims, outcomes).unseen
    after = fit("w", swapped, outcomes).unseen
    same = [
        place
        for place, claim in enumerate(claims)
        if (claim.dataset, claim.document) == ("set 0", "d3")
        and before[place].probability == after[place].probability
    ]
    assert len(same) == 2


def test_a_set_counts_the_same_however_many_claims_it_has() -> None:
    claims, outcomes = labelled()
    again = [
        LabelledClaim(f"{c.id} again", c.dataset, c.document, c.evidence, c.claim, c.label)
        for c in claims
        if c.dataset == "set 0"
    ]
    doubled = fit(
        "w",
        claims + again,
        outcomes + [o for c, o in zip(claims, outcomes, strict=True) if c.dataset == "set 0"],
    )
    assert doubled.weights.weights == pytest.approx(fitted().weights.weights, abs=1e-3)


def test_unscored_claims_are_left_out_and_keep_their_place() -> None:
    claims, outcomes = labelled()
    outcomes[5] = Judgement(Verdict.UNSCORED, why="late")
    unseen = fit("w", claims, outcomes).unseen
    assert len(unseen) == len(claims)
    assert unseen[5] is outcomes[5]
    assert all(one.probability is not None for place, one in enumerate(unseen) if place != 5)


@pytest.mark.parametrize("keep", [slice(0, 20), slice(0, None, 2)])
def test_too_few_claims_or_one_label_only_are_refused(keep: slice) -> None:
    claims, outcomes = labelled(70)
    with pytest.raises(InputError, match="too few"):
        fit("w", claims[keep], outcomes[keep])


def test_weights_come_back_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    keep_weights(Weights("other", 0.0, {"window": 1.0}, 0.5), path)
    keep_weights(fitted().weights, path)
    assert Weights.load("w", path) == fitted().weights
    assert Weights.load("other", path).weights == {"window": 1.0}


def test_what_is_kept_of_a_fit_is_its_figure_on_unseen_documents(tmp_path: Path) -> None:
    claims, _ = labelled()
    found = fitted()
    card = card_of([compared(SignalsJudge().name, claims, list(found.unseen))])
    keep_card(card, tmp_path / "cards.json")
    kept = find_card(SignalsJudge().name, tmp_path / "cards.json")
    assert isinstance(kept, Card)
    assert not kept.too_weak
