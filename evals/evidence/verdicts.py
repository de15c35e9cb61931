"""Weights for yes, no or not said, from what the model answers to the sentences it is shown.

Figures are of stories that the weights had not seen. Invariant: the same looks give the same
weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.evidence.fitting import FOLDS, Weights, folds_of, named
from evals.evidence.look_features import LookFeatures
from evals.judges.calibration import Numbers
from evals.judges.logistic import balanced, scores, weighted
from rag.answer import YesNoVerdict
from rag.answering.answerers.verdict import likeliest

SAID = ("said", "said_as_statement")
POLARITY = ("replied", "replied_as_statement")
RIDGE = 1.0


@dataclass(frozen=True)
class VerdictFigures:
    """Of one set: questions for yes or no, the share that is told rightly, and the share of those
    where a yes or a no is told that is not stated.
    """

    name: str
    questions: int
    right: float
    wrong: float


def fit_verdicts(
    kept: Sequence[LookFeatures],
) -> tuple[Mapping[str, Weights], list[VerdictFigures]]:
    """The weights `said` and `polarity`, and figures by set; none of looks without an answer.

    Raises InputError where stories are too few.
    """
    asked = [one for one in kept if one.whether and one.held and one.found.question.verdict]
    if not asked:
        return {}, []
    labels = [one.found.question.verdict for one in asked]
    folds = folds_of([one.found for one in asked])
    told: list[YesNoVerdict] = ["not_said"] * len(asked)
    for fold in range(FOLDS):
        said, polarity = _models(asked, folds != fold)
        for place in np.flatnonzero(folds == fold).tolist():
            row = _rows([asked[place]])
            told[place] = likeliest(scores(said, row[0])[0], scores(polarity, row[1])[0])
    said, polarity = _models(asked, np.ones(len(asked), dtype=bool))
    weights = {"said": named(SAID, said), "polarity": named(POLARITY, polarity)}
    names = np.array([one.found.dataset for one in asked])
    right = np.array([a == b for a, b in zip(told, labels, strict=True)])
    wrong = ~right & (np.array(told) != "not_said")
    figures = []
    for name in dict.fromkeys(names.tolist()):
        own = names == name
        shares = float(right[own].mean()), float(wrong[own].mean())
        figures.append(VerdictFigures(name, int(own.sum()), *shares))
    return weights, figures


def _models(asked: Sequence[LookFeatures], taken: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    rows, of_polarity = _rows(asked)
    verdicts = np.array([one.found.question.verdict for one in asked])
    is_said = verdicts != "not_said"
    said = weighted(rows[taken], is_said[taken], balanced(is_said[taken]), ridge=RIDGE)
    sided = taken & is_said
    is_yes = verdicts[sided] == "yes"
    return said, weighted(of_polarity[sided], is_yes, balanced(is_yes), ridge=RIDGE)


def _rows(asked: Sequence[LookFeatures]) -> tuple[Numbers, Numbers]:
    """What is weighed: a column for each of SAID, and of POLARITY."""
    both = [(one.whether, one.held) for one in asked if one.whether and one.held]
    of_said = [[whether.said, held.said] for whether, held in both]
    of_polarity = [[whether.yes_over_no, held.yes_over_no] for whether, held in both]
    return np.array(of_said), np.array(of_polarity)
