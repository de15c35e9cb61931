"""How sure a figure is: bootstrap intervals over clusters, and paired differences.

Invariant: the same numbers in give the same numbers out. Every random draw comes from a seed
fixed here, and whole clusters (a document, a question) are drawn, never single claims, because
claims of one text are right or wrong together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20261101
RESAMPLES = 2000
CONFIDENCE = 0.95

Rows = NDArray[np.intp]
Statistic = Callable[[Rows], float]


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval. `n` counts items, `clusters` what was resampled.

    `value` is None where nothing was measured; `low` and `high` are None where there are fewer
    than two clusters, because one document says nothing about the next.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int

    def __str__(self) -> str:
        if self.value is None:
            return "n/a"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


NOTHING = Estimate(None, None, None, 0, 0)


@dataclass(frozen=True)
class Difference:
    """NEW minus BASE on the same questions. `p` is two-sided, by flipping the signs at random."""

    estimate: Estimate
    p: float | None
    better: int
    worse: int

    @property
    def significant_loss(self) -> bool:
        """True when the whole interval lies below zero and the sign test agrees."""
        high = self.estimate.high
        return high is not None and high < 0 and self._unlikely

    @property
    def significant_gain(self) -> bool:
        """True when the whole interval lies above zero and the sign test agrees."""
        low = self.estimate.low
        return low is not None and low > 0 and self._unlikely

    @property
    def _unlikely(self) -> bool:
        return self.p is not None and self.p < 1 - CONFIDENCE


def bootstrap(
    statistic: Statistic, clusters: Sequence[Hashable], *, resamples: int = RESAMPLES
) -> Estimate:
    """The statistic of all rows, with its percentile interval over resampled clusters.

    `statistic` takes row numbers (a row may come several times) and returns a finite number, or
    NaN where the draw cannot be scored (one class only); such draws are left out of the interval.

    >>> values = np.array([1.0, 0.0, 1.0, 1.0])
    >>> print(bootstrap(lambda rows: float(values[rows].mean()), ["a", "a", "b", "c"]))
    0.750 [0.500, 1.000]
    """
    n = len(clusters)
    if n == 0:
        return NOTHING
    members = _members(clusters)
    flat = np.concatenate(members)
    draws = np.array(
        [
            statistic(flat[chosen] if len(members) == n else _joined(members, chosen))
            for chosen in drawn(len(members), resamples if len(members) > 1 else 1)
        ]
    )
    return interval(statistic(np.arange(n)), draws, n, len(members))


def mean(
    values: Sequence[float], clusters: Sequence[Hashable] | None = None, *, share: bool = False
) -> Estimate:
    """The mean with its interval; no values give an estimate without a value, never 0.

    With `share` the values lie in 0…1, and where all are 0 or all are 1 the interval says what
    so few can say (see `mean_draws`): resampling alone would call three right answers certain.

    >>> mean([]).value is None
    True
    >>> print(mean([1.0, 0.0, 1.0, 1.0], ["a", "a", "b", "c"]))
    0.750 [0.500, 1.000]
    >>> print(mean([1.0] * 30), mean([1.0] * 30, share=True))
    1.000 [1.000, 1.000] 1.000 [0.884, 1.000]
    """
    array = np.asarray(values, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError("a mean of numbers that are not finite")
    own = list(range(len(values))) if clusters is None else list(clusters)
    if len(own) != len(values):
        raise ValueError("as many clusters as values")
    if not own:
        return NOTHING
    draws = mean_draws(array, own, share=share)
    return interval(float(array.mean()), draws, len(own), len(set(own)))


def mean_draws(
    values: Sequence[float] | NDArray[np.float64],
    clusters: Sequence[Hashable],
    *,
    share: bool = False,
) -> NDArray[np.float64]:
    """The mean in each of `RESAMPLES` resamples.

    A `share` that is 0 or 1 in all of m clusters has no spread to resample. Its draws follow
    Beta(m, 1) or Beta(1, m), whose 2.5 % quantile is the exact bound of Clopper and Pearson 1934.
    """
    array = np.asarray(values, dtype=float)
    members = _members(clusters)
    if share and len(set(array.tolist())) == 1 and array[0] in (0.0, 1.0):
        even = np.random.default_rng(SEED).permutation(np.linspace(0, 1, RESAMPLES))
        rare = 1 - even ** (1 / len(members))
        return np.asarray(rare if array[0] == 0.0 else 1 - rare)
    sums = np.array([array[rows].sum() for rows in members])
    sizes = np.array([len(rows) for rows in members])
    chosen = drawn(len(members), RESAMPLES)
    return np.asarray(sums[chosen].sum(1) / sizes[chosen].sum(1))


def quantile(values: Sequence[float], share: float) -> Estimate:
    """The quantile with its interval, every value a cluster of its own.

    >>> quantile([1.0, 2.0, 3.0], 0.5).value
    2.0
    """
    if not values:
        return NOTHING
    array = np.asarray(values, dtype=float)
    draws = np.quantile(array[drawn(len(array), RESAMPLES)], share, axis=1)
    return interval(float(np.quantile(array, share)), draws, len(array), len(array))


def drawn(clusters: int, resamples: int, seed: int = SEED) -> Rows:
    """Which clusters each resample holds: shape (resamples, clusters)."""
    return np.random.default_rng(seed).integers(0, clusters, (resamples, clusters))


def interval(point: float, draws: NDArray[np.float64], n: int, clusters: int) -> Estimate:
    """The percentile interval of `draws` around `point`, which always lies in it.

    Draws that are NaN are left out; where most are, or there are fewer than two clusters, there
    is no interval.
    """
    if not math.isfinite(point):
        return Estimate(None, None, None, n, clusters)
    finite = draws[np.isfinite(draws)]
    if clusters < 2 or len(finite) < len(draws) / 2:
        return Estimate(point, None, None, n, clusters)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(finite, [tail, 1 - tail])
    return Estimate(point, min(float(low), point), max(float(high), point), n, clusters)


def paired_difference(
    base: Sequence[float], new: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> Difference:
    """NEW minus BASE, item by item.

    >>> difference = paired_difference([1.0, 0.0, 1.0], [1.0, 1.0, 1.0])
    >>> difference.better, difference.worse, round(difference.estimate.value or 0, 3)
    (1, 0, 0.333)
    """
    if len(base) != len(new):
        raise ValueError("paired values come in equal numbers")
    gains = np.asarray(new, dtype=float) - np.asarray(base, dtype=float)
    own = list(range(len(gains))) if clusters is None else list(clusters)
    estimate = mean(gains.tolist(), own)
    return Difference(
        estimate,
        _sign_flip_p(gains, own) if len(gains) else None,
        int((gains > 1e-9).sum()),
        int((gains < -1e-9).sum()),
    )


def _sign_flip_p(gains: NDArray[np.float64], clusters: Sequence[Hashable]) -> float:
    sums = np.array([gains[rows].sum() for rows in _members(clusters)])
    observed = abs(sums.sum())
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), size=(RESAMPLES, len(sums)))
    as_far = (np.abs(signs @ sums) >= observed - 1e-12).sum()
    return float((as_far + 1) / (RESAMPLES + 1))


def _joined(members: Sequence[Rows], chosen: Rows) -> Rows:
    return np.concatenate([members[cluster] for cluster in chosen])


def _members(clusters: Sequence[Hashable]) -> list[Rows]:
    rows: dict[Hashable, list[int]] = {}
    for row, cluster in enumerate(clusters):
        rows.setdefault(cluster, []).append(row)
    return [np.array(group, dtype=np.intp) for group in rows.values()]
