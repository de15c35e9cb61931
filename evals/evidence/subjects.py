"""Fits when a subject is strange to the articles: questions asked of their own set and of others.

Only questions for an overview, a summary, a timeline or positions, which name a subject. Invariant:
no model is asked; the figures of a set are by weights that were fitted to the questions of others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from evals.coverage.nuggets import load_everyday
from evals.judges.calibration import auroc
from evals.judges.logistic import balanced, scores, weighted
from evals.tasks import library_of, task_for
from rag.answering.stories import of_subject
from rag.errors import InputError
from rag.settings import Settings
from rag.text.overlap import content

OF_A_SUBJECT = frozenset({"overview", "summary", "timeline", "positions"})
RIDGE = 3.0
LIMITS = (-2.0, -1.5, -1.0, -0.5, 0.0)
NAMES = ("likeness", "words")
Step = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Asked:
    """A question asked of a set's articles: what is weighed, and whether they are its own."""

    dataset: str
    inputs: tuple[float, ...]
    own: bool


@dataclass(frozen=True)
class SubjectFigures:
    """The shares that are said to be strange below each of LIMITS, of both sorts of questions."""

    own: int
    others: int
    auroc: float
    declined: tuple[tuple[float, float, float], ...]


def asked_of_all(folders: Sequence[Path], settings: Settings, step: Step) -> list[Asked]:
    """Every question of the sets asked of every set. Raises InputError, StoreError."""
    sets = [load_everyday(folder) for folder in folders]
    found = []
    for number, one in enumerate(sets):
        step("asking of every set", number, len(sets))
        with library_of(one, settings) as library:
            for home in sets:
                for question in (it for it in home.questions if it.kind in OF_A_SUBJECT):
                    task = task_for(question.text, (), library, question.kind)
                    if content(task.question.subject) and task.evidence:
                        told = of_subject(task)
                        inputs = tuple(told[name] for name in NAMES)
                        found.append(Asked(home.name, inputs, home is one))
    return found


def fit_subjects(asked: Sequence[Asked]) -> tuple[dict[str, float], SubjectFigures]:
    """The weights, and figures on sets unseen. Raises InputError for a single set."""
    datasets = np.array([one.dataset for one in asked])
    if len(set(datasets.tolist())) < 2:
        raise InputError("Subjects are told from those of other sets", fix="Give two sets or more.")
    inputs = np.array([one.inputs for one in asked])
    own = np.array([one.own for one in asked])
    unseen = np.zeros(len(asked))
    for name in set(datasets.tolist()):
        rest = datasets != name
        model = weighted(inputs[rest], own[rest], balanced(own[rest]), ridge=RIDGE)
        unseen[~rest] = scores(model, inputs[~rest])
    model = weighted(inputs, own, balanced(own), ridge=RIDGE)
    weights = dict(zip(("intercept", *NAMES), (round(float(it), 2) for it in model), strict=True))
    ours, others = unseen[own], unseen[~own]
    figures = SubjectFigures(
        own=len(ours),
        others=len(others),
        auroc=auroc(own, unseen),
        declined=tuple(
            (limit, float((ours < limit).mean()), float((others < limit).mean()))
            for limit in LIMITS
        ),
    )
    return weights, figures


def subjects_table(figures: SubjectFigures) -> Table:
    """The figures for the terminal."""
    table = Table(
        title=f"strange below, AUROC {figures.auroc:.3f}; weights of other sets",
        title_justify="left",
    )
    for column in ("log-odds", f"of {figures.own} own", f"of {figures.others} of other sets"):
        table.add_column(column, justify="right")
    for limit, own, others in figures.declined:
        table.add_row(f"{limit:+.1f}", f"{own:.3f}", f"{others:.3f}")
    return table
