"""Two runs of the same questions: what got better, what got worse, and what is sure.

Invariant: paired. A question counts only where both runs have a value for it, and a difference is
called a loss only where its whole interval lies on the wrong side of zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.results import AskedQuestion, RunResult, SystemRun
from evals.stats import Difference, paired_difference
from evals.suites import outcome, said
from rag.errors import InputError

NOT_GATED = frozenset({"latency"})  # speed varies with the machine: shown, and no reason to fail


@dataclass(frozen=True)
class Change:
    """One measure in both runs. `difference` is positive where NEW is better."""

    name: str
    suite: str
    title: str
    base: float | None
    new: float | None
    difference: Difference

    @property
    def significant_loss(self) -> bool:
        """True where NEW is surely worse, in a measure that gates."""
        return self.difference.significant_loss and self.suite not in NOT_GATED

    @property
    def significant_gain(self) -> bool:
        """True where the whole interval lies above zero."""
        low = self.difference.estimate.low
        return low is not None and low > 0 and (self.difference.p or 1.0) < 0.05


@dataclass(frozen=True)
class ChangedAnswer:
    """One question whose outcome differs."""

    base: AskedQuestion
    new: AskedQuestion
    base_text: str
    new_text: str


@dataclass(frozen=True)
class Comparison:
    """Everything that can be told of two runs."""

    base: str
    new: str
    paired: int
    changes: tuple[Change, ...]
    answers: tuple[ChangedAnswer, ...]

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "base": self.base,
            "new": self.new,
            "paired": self.paired,
            "lost": self.lost,
            "changes": [
                asdict(change)
                | {"significant_loss": change.significant_loss}
                | {"significant_gain": change.significant_gain}
                for change in self.changes
            ],
            "answers": [
                {
                    "id": changed.new.example.id,
                    "question": changed.new.example.question,
                    "base": changed.base_text,
                    "new": changed.new_text,
                }
                for changed in self.answers
            ],
        }

    @property
    def lost(self) -> bool:
        """True where a measure is surely worse, or nothing could be compared."""
        return not self.changes or any(change.significant_loss for change in self.changes)


def compare(base: RunResult, new: RunResult, system: str | None = None) -> Comparison:
    """NEW against BASE, of the system whose name contains `system` (the first one by default).

    Raises InputError where they share no question.
    """
    first, second = _pick(base, system), _pick(new, system)
    questions = {asked.example.id: asked for asked in first.questions if not asked.variant}
    pairs = [
        (questions[asked.example.id], asked)
        for asked in second.questions
        if not asked.variant
        and asked.example.id in questions
        and questions[asked.example.id].example.question == asked.example.question
    ]
    if not pairs:
        raise InputError(
            "The two runs share no question", fix="Compare runs of the same questions."
        )
    shared = {asked.example.id for _, asked in pairs}
    return Comparison(
        base=first.system,
        new=second.system,
        paired=len(pairs),
        changes=tuple(_changes(first, second, shared)),
        answers=tuple(
            ChangedAnswer(old, asked, said(old.response), said(asked.response))
            for old, asked in pairs
            if outcome(old) != outcome(asked)
        ),
    )


def _changes(base: SystemRun, new: SystemRun, shared: set[str]) -> list[Change]:
    changes = []
    for measure in new.measures:
        before = base.measure(measure.name)
        if before is None:
            continue
        keys = sorted(shared & set(before.values) & set(measure.values))
        if not keys:
            continue
        sign = 1.0 if measure.higher_is_better else -1.0
        difference = paired_difference(
            [sign * before.values[key] for key in keys],
            [sign * measure.values[key] for key in keys],
        )
        changes.append(
            Change(
                measure.name,
                measure.suite,
                measure.title,
                before.estimate.value,
                measure.estimate.value,
                difference,
            )
        )
    return changes


def _pick(result: RunResult, system: str | None) -> SystemRun:
    wanted: Sequence[SystemRun] = [
        run for run in result.runs if system is None or system.lower() in run.system.lower()
    ]
    if not wanted:
        known = ", ".join(run.system for run in result.runs)
        raise InputError(f"No system like {system!r} was run", fix=f"There are: {known}.")
    return wanted[0]
