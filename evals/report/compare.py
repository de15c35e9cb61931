"""Two runs, or two systems of one run, on the same questions: better, worse, and what is sure.

Invariant: paired. A question counts only where both have a value for it. A difference is called a
loss only where its whole interval lies on the wrong side of zero, chance is unlikely to have made
it, and one judge judged both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.results import AskedQuestion, Change, RunResult, SideBySide, SystemRun
from evals.scorers.outcomes import outcome, said
from evals.scorers.stats import paired_difference
from rag.errors import InputError


@dataclass(frozen=True)
class ChangedAnswer:
    """One question whose outcome differs."""

    base: AskedQuestion
    new: AskedQuestion

    @property
    def base_text(self) -> str:
        """What BASE said."""
        return _shown(self.base)

    @property
    def new_text(self) -> str:
        """What NEW said."""
        return _shown(self.new)


@dataclass(frozen=True)
class Comparison:
    """Everything that can be told of two runs."""

    base: SystemRun
    new: SystemRun
    figures: SideBySide
    answers: tuple[ChangedAnswer, ...]

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            **self.figures.model_dump(mode="json", exclude={"changes"}),
            "lost": self.lost,
            "changes": [
                change.model_dump(mode="json")
                | {"significant_loss": change.significant_loss}
                | {"significant_gain": change.significant_gain}
                for change in self.figures.changes
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
        changes = self.figures.changes
        return not changes or any(change.significant_loss for change in changes)


def compare(base: RunResult, new: RunResult, system: str | None = None) -> Comparison:
    """NEW against BASE, of the system whose name contains `system` (the first one by default).

    Raises InputError where they share no question.
    """
    first, second = _pick(base, system), _pick(new, system)
    pairs = _pairs(first, second)
    if not pairs:
        raise InputError(
            "The two runs share no question", fix="Compare runs of the same questions."
        )
    return Comparison(
        base=first,
        new=second,
        figures=side_by_side(first, second),
        answers=tuple(
            ChangedAnswer(old, asked)
            for old, asked in pairs
            if outcome(old) != outcome(asked)
            or bool(old.response.error) != bool(asked.response.error)
        ),
    )


def page_of(comparison: Comparison, base: RunResult, new: RunResult) -> RunResult:
    """Both runs as one result, NEW first, for the report."""
    return new.model_copy(
        update={
            "questions": f"{comparison.figures.new} against {comparison.figures.base}",
            "suites": tuple(suite for suite in new.suites if suite in base.suites),
            "runs": (comparison.new, comparison.base),
            "side_by_side": (comparison.figures,),
            "gates": (),
            "wall_s": base.wall_s + new.wall_s,
        }
    )


def named(result: RunResult, path: Path) -> RunResult:
    """The result with the folder's name added to its systems, to tell two runs of one apart."""
    where = (path if path.is_dir() else path.parent).resolve().name
    return result.model_copy(
        update={
            "runs": tuple(
                run.model_copy(update={"system": f"{run.system} ({where})"}) for run in result.runs
            )
        }
    )


def side_by_side(base: SystemRun, new: SystemRun) -> SideBySide:
    """The paired differences of all measures that both have."""
    shared = {asked.example.id for _, asked in _pairs(base, new)}
    return SideBySide(
        base=base.system,
        new=new.system,
        paired=len(shared),
        changes=tuple(_changes(base, new, shared)),
        same_judge=base.judge.name == new.judge.name,
    )


def _pairs(base: SystemRun, new: SystemRun) -> list[tuple[AskedQuestion, AskedQuestion]]:
    questions = {asked.example.id: asked for asked in base.questions if not asked.variant}
    return [
        (questions[asked.example.id], asked)
        for asked in new.questions
        if not asked.variant
        and asked.example.id in questions
        and questions[asked.example.id].example.question == asked.example.question
    ]


def _changes(base: SystemRun, new: SystemRun, shared: set[str]) -> list[Change]:
    changes = []
    same_judge = base.judge.name == new.judge.name
    for measure in new.measures:
        before = base.measure(measure.name)
        keys = sorted(shared & set(before.values) & set(measure.values)) if before else []
        if before is None or not keys:
            continue
        sign = 1.0 if measure.higher_is_better else -1.0
        found = paired_difference(
            [sign * before.values[key] for key in keys],
            [sign * measure.values[key] for key in keys],
        )
        changes.append(
            Change(
                name=measure.name,
                suite=measure.suite,
                title=measure.title,
                unit=measure.unit,
                base=before.estimate.value,
                new=measure.estimate.value,
                difference=found.estimate,
                p=found.p,
                better=found.better,
                worse=found.worse,
                comparable=same_judge or not measure.judged,
            )
        )
    return changes


def _shown(asked: AskedQuestion) -> str:
    if asked.response.error:
        return f"(failed: {asked.response.error})"
    return said(asked.response) or "(abstained)"


def _pick(result: RunResult, system: str | None) -> SystemRun:
    wanted: Sequence[SystemRun] = [
        run for run in result.runs if system is None or system.lower() in run.system.lower()
    ]
    if not wanted:
        known = ", ".join(run.system for run in result.runs)
        raise InputError(f"No system like {system!r} was run", fix=f"There are: {known}.")
    return wanted[0]
