"""Values of questions or claims become one measure with its interval.

Invariant: a value of None enters no figure, and no figure is made of nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from evals.results import Measure, Suite, Unit
from evals.scorers.stats import mean


def measured(
    suite: Suite,
    name: str,
    title: str,
    values: Iterable[tuple[str, float | None]],
    *,
    higher_is_better: bool = True,
    unit: Unit = "share",
    judged: bool = False,
) -> Measure:
    """A mean over all values, with questions as clusters; None values are left out."""
    share = unit == "share"
    kept = [(key, value) for key, value in values if value is not None]
    by_question: dict[str, list[float]] = defaultdict(list)
    for key, value in kept:
        by_question[key].append(value)
    return Measure(
        name=name,
        suite=suite,
        title=title,
        estimate=mean([value for _, value in kept], [key for key, _ in kept], share=share),
        higher_is_better=higher_is_better,
        unit=unit,
        judged=judged,
        values={key: fmean(found) for key, found in by_question.items()},
    )
