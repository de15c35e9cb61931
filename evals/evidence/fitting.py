"""Weights for how surely a sentence states the answer, before and after a look of the model.

What is said about them comes from stories that they had not seen: in each of five folds the
weights of both stages are fitted to the other four, and the scores that a look is weighed with
are those of unseen stories too. Invariant: the same sets and looks give the same weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from evals.evidence.found import Found
from evals.evidence.look_features import (
    QUESTION_FEATURES,
    SENTENCE_FEATURES,
    LookFeatures,
    features_of_looks,
)
from evals.evidence.looks import Looks
from evals.judges.calibration import Numbers
from evals.judges.logistic import balanced, scores, weighted
from rag.answering.scoring import WEIGHTS_FILE
from rag.errors import InputError

FOLDS = 5
RERANKED_FEATURES = ("score", "read")
SENTENCE_RIDGE = 1.0
LOCATED_RIDGE = 1.0
# Of 243 looks, AUROC on unseen stories with 1, 3, 10, 30, 100: .870, .877, .884, .888, .886.
ANSWERABLE_RIDGE = 10.0
Weights = Mapping[str, float]
T = TypeVar("T")


@dataclass(frozen=True)
class SentenceFit:
    """Weights, and for each question the log-odds of its sentences by weights that did not see it.

    They are in the order of what they were fitted to.
    """

    weights: Weights
    unseen: tuple[Numbers, ...]


@dataclass(frozen=True)
class RerankedFit:
    """Weights of the score before and of what the reranker says, for the questions that it read.

    `unseen` has the log-odds of their sentences by weights that had seen neither, in the order of
    `found`.
    """

    weights: Weights
    found: tuple[Found, ...]
    unseen: tuple[Numbers, ...]


@dataclass(frozen=True)
class LookFit:
    """Weights of both kinds, and the log-odds by weights that had not seen the question.

    `sentences` has those of each shown sentence of each look, `any_of` those that any sentence
    states the answer.
    """

    located: Weights
    answerable: Weights
    looks: tuple[LookFeatures, ...]
    sentences: tuple[Numbers, ...]
    any_of: Numbers


def fit_sentence(found: Sequence[Found]) -> SentenceFit:
    """Weights of what needs no model, from every sentence of the questions that teach.

    Raises InputError where stories or labels are too few.
    """
    folds = folds_of(found)
    teaching = np.array([one.teaches for one in found])
    unseen: list[Numbers] = [np.zeros(0)] * len(found)
    for fold in range(FOLDS):
        model = _sentence_model(_taken(found, teaching & (folds != fold)))
        for place, one in enumerate(found):
            if folds[place] == fold:
                unseen[place] = scores(model, one.inputs)
    model = _sentence_model(_taken(found, teaching))
    return SentenceFit(named(found[0].names, model), tuple(unseen))


def fit_reranked(found: Sequence[Found], fit: SentenceFit) -> RerankedFit:
    """Weights of both stages, of the questions that were read. Raises InputError for too few."""
    kept = [
        (one, np.column_stack([score, one.read]))
        for one, score in zip(found, fit.unseen, strict=True)
        if one.read is not None
    ]
    folds = folds_of([one for one, _ in kept])
    unseen: list[Numbers] = [np.zeros(0)] * len(kept)
    for fold in range(FOLDS):
        model = _reranked_model(_taken(kept, folds != fold))
        for place, (_, inputs) in enumerate(kept):
            if folds[place] == fold:
                unseen[place] = scores(model, inputs)
    weights = named(RERANKED_FEATURES, _reranked_model(kept))
    return RerankedFit(weights, tuple(one for one, _ in kept), tuple(unseen))


def fit_looks(looks: Looks, fit: RerankedFit) -> LookFit:
    """Weights of what a look tells. Raises InputError where there are too few of them."""
    kept = features_of_looks(looks, fit.found, fit.unseen)
    if not kept:
        raise InputError(
            "No look is of a sentence that is found for these sets", fix="Make looks with --look."
        )
    folds = folds_of([one.found for one in kept])
    sentences: list[Numbers] = [np.zeros(0)] * len(kept)
    any_of = np.zeros(len(kept))
    for fold in range(FOLDS):
        rest = _taken(kept, folds != fold)
        located, answerable = _located_model(rest), _answerable_model(rest)
        for place, one in enumerate(kept):
            if folds[place] == fold:
                sentences[place] = scores(located, one.located)
                any_of[place] = scores(answerable, one.answerable[None])[0]
    return LookFit(
        located=named(SENTENCE_FEATURES, _located_model(kept)),
        answerable=named(QUESTION_FEATURES, _answerable_model(kept)),
        looks=tuple(kept),
        sentences=tuple(sentences),
        any_of=any_of,
    )


def folds_of(found: Sequence[Found]) -> NDArray[np.int64]:
    """The fold of each question, by its story: none is tested on what it was taught.

    Stories are dealt out in an order made of their names.
    """
    names = {f"{one.dataset} {one.story}" for one in found}
    if len(names) < FOLDS:
        raise InputError(
            f"{len(names)} stories are too few to fit to", fix=f"Give sets of {FOLDS} or more."
        )
    mixed = sorted(names, key=lambda one: hashlib.sha256(one.encode()).hexdigest())
    fold = {name: place % FOLDS for place, name in enumerate(mixed)}
    return np.array([fold[f"{one.dataset} {one.story}"] for one in found])


def keep_weights(parts: Mapping[str, Weights], path: Path) -> None:
    """Write weights into the file, in the place of those of the same name.

    A new file begins with those that answers use.
    """
    kept = json.loads((path if path.is_file() else WEIGHTS_FILE).read_text("utf-8"))
    path.write_text(json.dumps({**kept, **parts}, indent=2) + "\n", "utf-8")


def _sentence_model(found: Sequence[Found]) -> Numbers:
    _check_some(found, "question whose answer a found sentence states")
    counts = [np.full(len(one.worth), one.weight) for one in found]
    return weighted(
        np.vstack([one.inputs for one in found]),
        np.concatenate([one.worth > 0 for one in found]),
        np.concatenate(counts),
        ridge=SENTENCE_RIDGE,
    )


def _reranked_model(kept: Sequence[tuple[Found, Numbers]]) -> Numbers:
    teaching = [(one, inputs) for one, inputs in kept if one.teaches]
    _check_some(teaching, "question whose answer a found sentence states")
    return weighted(
        np.vstack([inputs for _, inputs in teaching]),
        np.concatenate([one.worth > 0 for one, _ in teaching]),
        np.concatenate([np.full(len(one.worth), one.weight) for one, _ in teaching]),
        ridge=SENTENCE_RIDGE,
    )


def _located_model(kept: Sequence[LookFeatures]) -> Numbers:
    answerable = [one for one in kept if one.found.question.answerable]
    _check_some(answerable, "look for an answerable question")
    labels = np.concatenate([one.worth > 0 for one in answerable])
    inputs = np.vstack([one.located for one in answerable])
    return weighted(inputs, labels, np.ones(len(labels)), ridge=LOCATED_RIDGE)


def _answerable_model(looks: Sequence[LookFeatures]) -> Numbers:
    """Questions for yes or no teach nothing here: whether they are answered a verdict tells."""
    kept = [one for one in looks if one.found.question.verdict is None]
    labels = np.array([one.found.question.answerable for one in kept], dtype=bool)
    _check_some(np.flatnonzero(~labels), "look for a question without an answer")
    inputs = np.array([one.answerable for one in kept])
    return weighted(inputs, labels, balanced(labels), ridge=ANSWERABLE_RIDGE)


def _taken(items: Sequence[T], mask: NDArray[np.bool_]) -> list[T]:
    return [item for item, taken in zip(items, mask, strict=True) if taken]


def _check_some(items: Sequence[object] | NDArray[np.int64], what: str) -> None:
    if len(items) == 0:
        raise InputError(f"There is no {what} in some fold", fix="Give more sets or questions.")


def named(names: Sequence[str], model: Numbers) -> dict[str, float]:
    """A model as it is kept: the intercept, then each weight by its name."""
    values = dict(zip(("intercept", *names), model, strict=True))
    return {name: round(float(value), 4) for name, value in values.items()}
