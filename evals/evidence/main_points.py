"""Which sentences of a story belong in its summary: weights from summaries with nuggets.

A sentence belongs there that states a vital nugget. Figures are of stories that the weights had
not seen, by what a summary shows. Invariant: the same sets give the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from evals.coverage.nuggets import EverydayQuestion, load_everyday
from evals.coverage.scoring import Shown
from evals.evidence.fitting import FOLDS, Weights, named
from evals.judges.calibration import Numbers
from evals.judges.logistic import balanced, scores, weighted
from evals.tasks import library_of, task_for
from rag.answering.answerers.summary import chosen_places, story_meant
from rag.answering.main_points import features
from rag.answering.stories import Report
from rag.answering.task import Task
from rag.errors import InputError
from rag.kinds import Kind
from rag.settings import Settings

KINDS: tuple[Kind, ...] = ("summary", "overview")
RIDGE = 1.0
Step = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Summarised:
    """One question's story: what is weighed, a row a sentence, and the nuggets of each.

    `states` has a row a sentence and a column a nugget; `vital` says which of these are.
    """

    dataset: str
    story: tuple[Report, ...]
    names: tuple[str, ...]
    inputs: Numbers
    states: NDArray[np.bool_]
    vital: NDArray[np.bool_]

    @property
    def labels(self) -> NDArray[np.bool_]:
        """Whether each sentence states something vital."""
        return np.array([row.any() for row in self.states[:, self.vital]])


@dataclass(frozen=True)
class SummaryFigures:
    """Of one set: the share of vital nuggets that are shown, and of sentences that state one."""

    name: str
    summaries: int
    vital: float
    to_the_point: float


def summarised_in(folders: Sequence[Path], settings: Settings, step: Step) -> list[Summarised]:
    """The summaries of one article or story that have nuggets. Raises InputError, StoreError."""
    found = []
    for count, folder in enumerate(folders):
        step("reading", count, len(folders))
        everyday = load_everyday(folder)
        with library_of(everyday, settings) as library:
            for question in everyday.questions:
                if question.kind in KINDS and question.nuggets:
                    task = task_for(question.text, question.history, library, question.kind)
                    if one := _summarised(everyday.name, question, task):
                        found.append(one)
    return found


def fit_summaries(given: Sequence[Summarised]) -> tuple[Weights, list[SummaryFigures]]:
    """The weights, and figures by set. Raises InputError for fewer than FOLDS."""
    if len(given) < FOLDS:
        raise InputError(
            f"{len(given)} summaries are too few to fit to", fix="Give more sets of questions."
        )
    shown = [
        chosen_places(one.story, scores(_model(_beside(given, one)), one.inputs)) for one in given
    ]
    figures = []
    for name in dict.fromkeys(one.dataset for one in given):
        own = [(one, it) for one, it in zip(given, shown, strict=True) if one.dataset == name]
        vital = [np.any(one.states[it], axis=0)[one.vital] for one, it in own]
        points = [np.any(one.states[it], axis=1) for one, it in own]
        shares = (float(np.concatenate(it).mean()) for it in (vital, points))
        figures.append(SummaryFigures(name, len(own), *shares))
    return named(given[0].names, _model(given)), figures


def summaries_table(figures: Sequence[SummaryFigures]) -> Table:
    """What summaries by weights that had not seen the story state."""
    table = Table(title="summaries; stories unseen", title_justify="left")
    table.add_column("set")
    for column in ("summaries", "vital points", "sentences to the point"):
        table.add_column(column, justify="right")
    for one in figures:
        shares = (f"{it:.0%}" for it in (one.vital, one.to_the_point))
        table.add_row(one.name, str(one.summaries), *shares)
    return table


def _summarised(name: str, question: EverydayQuestion, task: Task) -> Summarised | None:
    story = story_meant(task)
    if not story:
        return None
    columns = [features(report, story) for report in story]
    texts = [source.text for report in story for source in report.sentences]
    shown = [Shown((text,), (text,)) for text in texts]
    return Summarised(
        dataset=name,
        story=tuple(story),
        names=tuple(columns[0]),
        inputs=np.concatenate([np.column_stack(list(it.values())) for it in columns]),
        states=np.array([[one.states(it) for it in question.nuggets] for one in shown]),
        vital=np.array([it.vital for it in question.nuggets]),
    )


def _beside(given: Sequence[Summarised], one: Summarised) -> list[Summarised]:
    """Those of which no article is in its story."""
    own = _articles(one)
    return [it for it in given if not own & _articles(it)]


def _articles(one: Summarised) -> set[str]:
    return {report.article.text for report in one.story}


def _model(given: Sequence[Summarised]) -> Numbers:
    labels = np.concatenate([one.labels for one in given])
    inputs = np.concatenate([one.inputs for one in given])
    return weighted(inputs, labels, balanced(labels), ridge=RIDGE)
