"""One `coverage` from its order to its figures: sets, systems, answers, scores.

Invariant: figures come from the files of answers alone, so that scoring such a file again gives
the same ones; everything that can be wrong with the order is found before anything is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from evals.coverage.answers import load_answers
from evals.coverage.asking import SYSTEMS, ask_all
from evals.coverage.figures import Measures, measures, paired, vital_difference
from evals.coverage.nuggets import (
    EVERYDAY_KINDS,
    EverydayQuestion,
    EverydaySet,
    load_everyday,
    some,
)
from evals.coverage.scoring import Scored, score
from evals.scorers.stats import Difference
from rag.errors import InputError
from rag.newsroom import Report
from rag.settings import Settings

TOGETHER = "all sets together"


@dataclass(frozen=True)
class CoverageOrder:
    """What `python -m evals coverage` was told. With `answers` nothing is asked."""

    sets: tuple[Path, ...]
    systems: tuple[str, ...]
    out: Path
    answers: tuple[Path, ...] = ()
    only: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True)
class CoverageFigures:
    """What was found on one set: of each system, and of the first against each of the others.

    `questions` is how many were to be answered; a file of answers may hold fewer. `differences`
    is in vital nuggets, the first minus the named one.
    """

    name: str
    questions: int
    systems: Mapping[str, Measures]
    differences: Mapping[str, Difference]


def measure(order: CoverageOrder, settings: Settings, progress: Report) -> list[CoverageFigures]:
    """The figures of each set, and of all together where there are several.

    Raises GroundwireError; what was answered until then is kept.
    """
    sets = _sets(order)
    scored = [_scored(one, order, settings, progress) for one in sets]
    counts = [len(some(one.questions, order.only, order.limit)) for one in sets]
    found = [
        _figures(one.name, count, [by_system])
        for one, count, by_system in zip(sets, counts, scored, strict=True)
    ]
    return [*found, _figures(TOGETHER, sum(counts), scored)] if len(found) > 1 else found


def _sets(order: CoverageOrder) -> list[EverydaySet]:
    for given, known, name in (
        (order.systems, SYSTEMS, "system"),
        (order.only, EVERYDAY_KINDS, "kind of question"),
    ):
        if unknown := [one for one in given if one not in known]:
            raise InputError(
                f"There is no {name} {unknown[0]!r}", fix=f"One of: {', '.join(known)}."
            )
    sets = [load_everyday(folder) for folder in order.sets]
    for one in sets:
        if [other.name for other in sets].count(one.name) > 1:
            raise InputError(
                f"Two sets are called {one.name!r}", fix="Give their folders different names."
            )
        if not some(one.questions, order.only):
            raise InputError(
                f"{one.name} has no question of the kind {' or '.join(order.only)}",
                fix="Leave that set out, or choose other kinds.",
            )
    return sets


def _scored(
    asked: EverydaySet, order: CoverageOrder, settings: Settings, progress: Report
) -> dict[str, list[Scored]]:
    """What each answer is worth, by system or by file of answers."""
    questions = some(asked.questions, order.only, order.limit)
    if order.answers:
        files = {str(path): path for path in order.answers}
    else:
        folder = order.out / asked.name
        files = {
            system: ask_all(system, asked, questions, folder, settings, progress)
            for system in order.systems
        }
    return {name: _scores(asked, questions, path) for name, path in files.items()}


def _scores(asked: EverydaySet, questions: Sequence[EverydayQuestion], path: Path) -> list[Scored]:
    given = load_answers(path, {question.id for question in asked.questions})
    return [score(one, given[one.id]) for one in questions if one.id in given]


def _figures(
    name: str, questions: int, found: Sequence[Mapping[str, list[Scored]]]
) -> CoverageFigures:
    first, *others = found[0]
    return CoverageFigures(
        name=name,
        questions=questions,
        systems={
            system: measures([*chain.from_iterable(one[system] for one in found)])
            for system in found[0]
        },
        differences={
            other: vital_difference(
                [*chain.from_iterable(paired(one[other], one[first]) for one in found)]
            )
            for other in others
        },
    )
