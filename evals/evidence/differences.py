"""When two reports give two values of one thing: weights from comparisons with nuggets.

Of a comparison's two articles every pair of sentences is weighed of which each has a figure that is
not far from the other's; it differs where both sentences state one nugget. Figures are of stories
that the weights had not seen. Invariant: the same sets give the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from evals.coverage.nuggets import EverydayQuestion, load_everyday
from evals.coverage.scoring import Shown
from evals.evidence.fitting import FOLDS, Weights, named
from evals.judges.calibration import Numbers
from evals.judges.logistic import scores, weighted
from evals.tasks import library_of, task_for
from rag.answering.stories import Report, reports
from rag.answering.two_values import differing, without_reuse
from rag.articles.article import name_of
from rag.errors import InputError
from rag.settings import Settings

NAMES = ("cosine", "words", "figures", "apart")
RIDGE = 1.0
MOST_SHOWN = 3
Step = Callable[[str, int, int], None]
THRESHOLDS = (-2.2, -1.8, -1.4, -1.0, -0.5)


@dataclass(frozen=True)
class Compared:
    """The pairs of one question's `articles`: what is weighed, a row a pair, and which differ."""

    articles: frozenset[str]
    inputs: Numbers
    places: tuple[tuple[int, int], ...]
    differs: tuple[bool, ...]


@dataclass(frozen=True)
class DifferenceFigures:
    """From this log-odds on: pairs shown, at most three a comparison, and how many of them differ
    by the nuggets. `all_differing` are all such pairs.
    """

    threshold: float
    shown: int
    differing: int
    all_differing: int


def compared_in(folders: Sequence[Path], settings: Settings, step: Step) -> list[Compared]:
    """The pairs of comparisons of two articles of which some differ: where none does, the set
    names the sentences of one article alone. Raises InputError, StoreError.
    """
    found = []
    for count, folder in enumerate(folders):
        step("comparing", count, len(folders))
        everyday = load_everyday(folder)
        with library_of(everyday, settings) as library:
            for question in everyday.questions:
                if question.kind == "comparison":
                    task = task_for(question.text, question.history, library, "comparison")
                    every = reports(task, library.article_ids(len(everyday.documents)))
                    if both := _two(question, every):
                        found.append(_compared(question, both, list(differing(task, both))))
    return [one for one in found if any(one.differs)]


def fit_differences(compared: Sequence[Compared]) -> tuple[Weights, list[DifferenceFigures]]:
    """The weights, and figures on stories unseen. Raises InputError for fewer than FOLDS."""
    if len(compared) < FOLDS:
        raise InputError(
            f"{len(compared)} comparisons are too few to fit to", fix="Give more sets of questions."
        )
    unseen = [
        scores(_model([it for it in compared if not it.articles & one.articles]), one.inputs)
        for one in compared
    ]
    figures = [_figures(compared, unseen, one) for one in THRESHOLDS]
    return named(NAMES, _model(compared)), figures


def differences_table(figures: Sequence[DifferenceFigures]) -> Table:
    """How many of the pairs that are shown differ by the nuggets."""
    table = Table(title=f"pairs shown, at most {MOST_SHOWN}; stories unseen", title_justify="left")
    for column in ("log-odds", "shown", "of these differ", "of all that differ"):
        table.add_column(column, justify="right")
    for one in figures:
        shares = (f"{one.differing / max(1, it):.0%}" for it in (one.shown, one.all_differing))
        table.add_row(f"{one.threshold:+.1f}", str(one.shown), *shares)
    return table


def _two(question: EverydayQuestion, every: Sequence[Report]) -> list[Report]:
    """The reports that its nuggets are from; none where these are not two."""
    told = {span.doc for nugget in question.nuggets for span in nugget.spans}
    both = [report for report in every if name_of(report.article.source) in told]
    return both if len(both) == 2 else []


def _compared(
    question: EverydayQuestion,
    both: Sequence[Report],
    pairs: Sequence[tuple[dict[str, float], int, int]],
) -> Compared:
    told = [[Shown((it.text,), (it.text,)) for it in report.sentences] for report in both]
    differs = tuple(
        any(told[0][left].states(it) and told[1][right].states(it) for it in question.nuggets)
        for _, left, right in pairs
    )
    inputs = np.array([[row[name] for name in NAMES] for row, *_ in pairs])
    articles = frozenset(report.article.text for report in both)
    return Compared(articles, inputs, tuple((left, right) for _, left, right in pairs), differs)


def _model(compared: Sequence[Compared]) -> Numbers:
    inputs = np.concatenate([one.inputs for one in compared])
    labels = np.array([it for one in compared for it in one.differs])
    return weighted(inputs, labels, np.ones(len(labels)), ridge=RIDGE)


def _figures(
    compared: Sequence[Compared], unseen: Sequence[Numbers], threshold: float
) -> DifferenceFigures:
    shown = right = 0
    for one, values in zip(compared, unseen, strict=True):
        order = [it for it in np.argsort(-values).tolist() if values[it] >= threshold]
        kept = without_reuse([one.places[it] for it in order])[:MOST_SHOWN]
        shown += len(kept)
        right += sum(one.differs[one.places.index(it)] for it in kept)
    return DifferenceFigures(threshold, shown, right, sum(sum(one.differs) for one in compared))
