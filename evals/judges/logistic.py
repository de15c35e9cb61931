"""Ridge logistic regression, over cases that count as told or over several data sets.

Invariant: deterministic; inputs are standardised first, so that one ridge fits all of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evals.judges.calibration import Labels, Numbers

RIDGE = 3.0
WEIGHT_OF_SET = 100.0  # against which RIDGE is measured
TOLERANCE = 1e-9


def logistic(inputs: Numbers, labels: Labels, sets: NDArray[np.str_]) -> Numbers:
    """Intercept, then a weight for each input, where every set counts the same.

    `inputs` has a row for each case and a column for each input; `sets` names each case's set.
    In each set both labels weigh the same, whatever their numbers.
    """
    return weighted(inputs, labels, _importance(labels, sets), ridge=RIDGE)


def weighted(inputs: Numbers, labels: Labels, importance: Numbers, *, ridge: float) -> Numbers:
    """Intercept, then a weight for each input, by Newton's method.

    `importance` says how often each case counts; `ridge` is the weight of half the sum of squared
    weights of the standardised inputs, the intercept apart, against the sum of losses.
    """
    middle = np.average(inputs, axis=0, weights=importance)
    width = np.sqrt(np.average((inputs - middle) ** 2, axis=0, weights=importance))
    width[width == 0] = 1.0
    rows = np.column_stack([np.ones(len(inputs)), (inputs - middle) / width])
    penalty = np.diag([TOLERANCE, *[ridge] * inputs.shape[1]])
    found = np.zeros(rows.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (importance * (labels - chance)) - penalty @ found
        bend = (rows * (importance * chance * (1 - chance))[:, None]).T @ rows + penalty
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < TOLERANCE:
            break
    scaled = found[1:] / width
    return np.concatenate([[found[0] - scaled @ middle], scaled])


def balanced(labels: Labels) -> Numbers:
    """How often each case counts so that both labels count the same, all together as they are.

    >>> balanced(np.array([True, False, False, False])).round(2).tolist()
    [2.0, 0.67, 0.67, 0.67]
    """
    positive = max(1, int(labels.sum()))
    negative = max(1, int((~labels).sum()))
    return np.where(labels, len(labels) / (2 * positive), len(labels) / (2 * negative))


def _importance(labels: Labels, sets: NDArray[np.str_]) -> Numbers:
    importance = np.zeros(len(labels))
    for one in np.unique(sets):
        for label in (True, False):
            group = (sets == one) & (labels == label)
            if group.any():
                importance[group] = WEIGHT_OF_SET / 2 / group.sum()
    return importance


def scores(model: Numbers, inputs: Numbers) -> Numbers:
    """Log-odds of each row of `inputs`, within ±30."""
    return np.asarray(np.clip(model[0] + inputs @ model[1:], -30.0, 30.0))
