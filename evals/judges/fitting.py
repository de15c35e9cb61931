"""Fits the judge's weights to claims that people labelled: `python -m evals fit FILE…`.

Invariant: reproducible to the last digit from the same files and the same replies of the model.
Every data set counts the same, and in each both labels count the same, whatever their numbers.
What is said about the fit comes from documents that the weights had not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.datasets.example import LabelledClaim
from evals.judges.calibration import Labels, Numbers, best_threshold
from evals.judges.judge import Judgement, Weights, decided
from evals.judges.logistic import logistic, scores
from rag.errors import InputError

FOLDS = 5
MIN_CLAIMS = 40
_DECIDES = -8.0


@dataclass(frozen=True)
class Fit:
    """Weights, and the judgements of every claim by weights that had not seen its document."""

    weights: Weights
    unseen: tuple[Judgement, ...]


def fit(
    name: str,
    claims: Sequence[LabelledClaim],
    outcomes: Sequence[Judgement],
    *,
    decisive: Collection[str] = (),
    held_back: Collection[str] = (),
    cost_of_false: float = 1.0,
) -> Fit:
    """Weights from what a judge read of each claim; unscored claims are left out.

    Inputs that are `decisive` are given a weight that nothing outweighs, and claims that have one
    teach the others nothing. Sets that are `held_back` are only judged. The threshold is that at
    which the share of the supported claims called so, less `cost_of_false` times that of the
    unsupported ones, is greatest.

    `outcomes` are judgements by any weights: only their inputs are used. Raises InputError where
    too few claims are left.
    """
    kept = [
        (claim, outcome, outcome.inputs)
        for claim, outcome in zip(claims, outcomes, strict=True)
        if outcome.inputs
    ]
    labels = np.array([claim.label for claim, *_ in kept], dtype=bool)
    if len(kept) < MIN_CLAIMS or labels.all() or not labels.any():
        raise InputError(
            f"{len(kept)} scored claims of both labels are too few to fit {name!r}",
            fix=f"Give at least {MIN_CLAIMS}, some supported and some not.",
        )
    names = tuple(one for one in kept[0][2] if one not in decisive)
    is_decided = np.array([any(read.get(one) for one in decisive) for *_, read in kept])
    was_shown = np.array([claim.dataset not in held_back for claim, *_ in kept])
    is_open = was_shown & ~is_decided
    inputs = np.array([[read[name] for name in names] for *_, read in kept])
    sets = np.array([claim.dataset for claim, *_ in kept])
    folds = np.array([_fold(claim) for claim, *_ in kept])
    chances = np.full(len(kept), 0.5)
    for fold in range(FOLDS):
        rest, within = (folds != fold) & is_open, folds == fold
        found = np.zeros(int(within.sum()))
        if labels[rest].any() and not labels[rest].all():
            found = scores(logistic(inputs[rest], labels[rest], sets[rest]), inputs[within])
        chances[within] = 1 / (1 + np.exp(-(found + _DECIDES * is_decided[within])))
    known = labels[was_shown], chances[was_shown], sets[was_shown]
    threshold = _threshold(*known, cost_of_false)
    model = logistic(inputs[is_open], labels[is_open], sets[is_open])
    weighed = {one: round(float(weight), 4) for one, weight in zip(names, model[1:], strict=True)}
    weights = Weights(
        name,
        round(float(model[0]), 4),
        weighed | {one: _DECIDES for one in kept[0][2] if one in decisive},
        threshold,
    )
    unseen = [
        _at(outcome, float(chance), threshold)
        for (_, outcome, _), chance in zip(kept, chances, strict=True)
    ]
    places = iter(unseen)
    scored = {id(outcome) for _, outcome, _ in kept}
    return Fit(
        weights,
        tuple(next(places) if id(outcome) in scored else outcome for outcome in outcomes),
    )


def keep_weights(weights: Weights, path: Path) -> None:
    """Write the weights into the file, in the place of those of the same name."""
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    kept[weights.name] = {
        "intercept": weights.intercept,
        "weights": dict(weights.weights),
        "threshold": weights.threshold,
    }
    path.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")


def _at(outcome: Judgement, probability: float, threshold: float) -> Judgement:
    given = Weights("given", float(np.log(probability / (1 - probability))), {}, threshold)
    return decided(outcome.inputs or {}, outcome.read, given, outcome.log_odds)


def _threshold(
    labels: Labels, chances: Numbers, sets: NDArray[np.str_], cost_of_false: float
) -> float:
    """The best threshold, every set counting the same."""
    copies = [
        np.flatnonzero(sets == one)
        for one in np.unique(sets)
        if labels[sets == one].any() and not labels[sets == one].all()
    ]
    longest = max((len(places) for places in copies), default=0)
    if not longest:
        return 0.5
    even = np.concatenate([np.resize(places, longest) for places in copies])
    return round(best_threshold(labels[even], chances[even], cost_of_false), 3)


def _fold(claim: LabelledClaim) -> int:
    """By document, so that no fold is tested on a text that it was fitted on."""
    return hashlib.sha256(f"{claim.dataset} {claim.document}".encode()).digest()[0] % FOLDS
