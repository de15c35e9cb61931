"""How a figure grows with the number of passages, and the middle of many measurements."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` of 100 do not exceed (nearest rank).

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50), percentile([1.0, 2.0, 3.0, 4.0], 95)
    (2.0, 4.0)
    """
    return sorted(values)[max(math.ceil(len(values) * percent / 100) - 1, 0)]


def exponent(sizes: Sequence[float], figures: Sequence[float]) -> float | None:
    """The b of figure ~ size ** b by least squares of the logarithms; None from fewer than two.

    0 is a figure that does not grow, 1 one that doubles with the size.

    >>> round(exponent([100, 1_000, 10_000], [5, 50, 500]), 2), exponent([100], [5])
    (1.0, None)
    """
    points = {(size, figure) for size, figure in zip(sizes, figures, strict=True) if figure > 0}
    if len({size for size, _ in points}) < 2:
        return None
    x, y = np.log(np.array(sorted(points), dtype=float)).T
    return float(np.polyfit(x, y, 1)[0])
