"""May this version be released? Conditions on a run, closed unless they are shown to hold.

Invariant: no items, a figure that was not measured, NaN, or more than 2 % unscored never pass. A
minimum is compared with the lower end of the interval, a maximum with the upper end, because a
release is decided on what is sure; where there is no interval the condition fails.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evals.results import GateResult, SystemRun
from evals.scorers.formulas import MIN_YOUDEN
from rag.errors import InputError

MAX_UNSCORED = 0.02
_CONDITION = re.compile(r"\s*([a-z_0-9]+)\s*(>=|<=)\s*([0-9.eE+-]+)\s*")


@dataclass(frozen=True)
class Condition:
    """`measure >= bound` or `measure <= bound`."""

    measure: str
    at_least: bool
    bound: float

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read `faithfulness>=0.9`. Raises InputError.

        >>> Condition.parse("total_p95_s <= 20")
        Condition(measure='total_p95_s', at_least=False, bound=20.0)
        """
        match = _CONDITION.fullmatch(text)
        try:
            bound = float(match.group(3)) if match else math.nan
        except ValueError:
            bound = math.nan
        if match is None or not math.isfinite(bound):
            raise InputError(
                f"{text!r} is no gate", fix="Write it as measure>=number or measure<=number."
            )
        return cls(match.group(1), match.group(2) == ">=", bound)

    def check(self, run: SystemRun) -> GateResult:
        """Whether the run is sure to fulfil it."""
        sign = ">=" if self.at_least else "<="
        name = f"{self.measure} {sign} {self.bound:g}"
        measure = run.measure(self.measure)
        if measure is None:
            known = ", ".join(sorted(one.name for one in run.measures))
            return GateResult(name=name, passed=False, why=f"not measured; there are: {known}")
        edge = measure.estimate.low if self.at_least else measure.estimate.high
        if edge is None or not math.isfinite(edge):
            return GateResult(name=name, passed=False, why=f"no interval: {measure.estimate}")
        passed = edge >= self.bound if self.at_least else edge <= self.bound
        end = "lower" if self.at_least else "upper"
        return GateResult(name=name, passed=passed, why=f"{end} end of {measure.estimate}")


def check_gates(run: SystemRun, conditions: Sequence[Condition]) -> tuple[GateResult, ...]:
    """The conditions that hold for every run, then the given ones.

    Of claims that the judge supported and that were then falsified it must surely catch
    `MIN_YOUDEN`: that is its sensitivity + specificity − 1 on these pairs.
    """
    share = run.unscored_share
    scored = share is not None and share <= MAX_UNSCORED
    shown = "nothing to score" if share is None else f"{share:.1%} unscored"
    return (
        GateResult(
            name="questions were asked",
            passed=bool(run.questions),
            why=f"{len(run.questions)} questions",
        ),
        GateResult(name=f"unscored <= {MAX_UNSCORED:.0%}", passed=scored, why=shown),
        *_canaries(run),
        *(condition.check(run) for condition in conditions),
    )


def _canaries(run: SystemRun) -> list[GateResult]:
    """Falsified claims must lose their support, or the other figures mean nothing."""
    if not any(measure.suite == "canaries" for measure in run.measures):
        return []
    return [Condition("caught", True, MIN_YOUDEN).check(run)]
