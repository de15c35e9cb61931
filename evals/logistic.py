"""Ridge logistic regression over several data sets that count the same unless told otherwise.

Invariant: deterministic; in each set both labels weigh the same, whatever their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from evals.calibration import Labels, Numbers

RIDGE = 3.0
WEIGHT_OF_SET = 100.0  # against which RIDGE is measured
TOLERANCE = 1e-9


def logistic(
    inputs: Numbers,
    labels: Labels,
    sets: NDArray[np.str_],
    times: Mapping[str, int] | None = None,
) -> Numbers:
    """Intercept, then a weight for each input, by Newton's method.

    `inputs` has a row for each case and a column for each input; `sets` names each case's set;
    `times` says of a set how often it counts, where that is not once.
    """
    importance = _importance(labels, sets, times or {})
    middle = np.average(inputs, axis=0, weights=importance)
    width = np.sqrt(np.average((inputs - middle) ** 2, axis=0, weights=importance))
    width[width == 0] = 1.0
    rows = np.column_stack([np.ones(len(inputs)), (inputs - middle) / width])
    ridge = np.diag([TOLERANCE, *[RIDGE] * inputs.shape[1]])
    found = np.zeros(rows.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (importance * (labels - chance)) - ridge @ found
        bend = (rows * (importance * chance * (1 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(bend, slope)
        found += step
        if np.abs(step).max() < TOLERANCE:
            break
    scaled = found[1:] / width
    return np.concatenate([[found[0] - scaled @ middle], scaled])


def _importance(labels: Labels, sets: NDArray[np.str_], times: Mapping[str, int]) -> Numbers:
    importance = np.zeros(len(labels))
    for one in np.unique(sets):
        for label in (True, False):
            group = (sets == one) & (labels == label)
            if group.any():
                importance[group] = times.get(str(one), 1) * WEIGHT_OF_SET / 2 / group.sum()
    return importance


def scores(model: Numbers, inputs: Numbers) -> Numbers:
    """Log-odds of each row of `inputs`, within ±30."""
    return np.asarray(np.clip(model[0] + inputs @ model[1:], -30.0, 30.0))
