"""The sentences that are found for labelled questions: what is weighed of each, and its label.

Invariant: no model is asked, and the weights that are in use change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.evidence.labelled import VITAL, LabelledQuestion, LabelledSet
from evals.judges.calibration import Numbers
from evals.tasks import library_of, task_for
from rag.answering.reranking import read
from rag.answering.scoring import Scored
from rag.answering.task import Task
from rag.articles.article import name_of
from rag.retrieval.sources import Source
from rag.settings import Settings

Place = tuple[str, int, int]
Step = Callable[[int, int], None]


@dataclass(frozen=True)
class Found:
    """The sentences found for one question, in the order of the hits.

    `inputs` has a row for each sentence and a column for each of `names`; `worth` says of each
    what it states, and `read` what the reranker makes of it, where it was asked.
    """

    dataset: str
    weight: float
    question: LabelledQuestion
    story: str
    places: tuple[Place, ...]
    names: tuple[str, ...]
    inputs: Numbers
    worth: NDArray[np.int64]
    read: Numbers | None = None

    @property
    def teaches(self) -> bool:
        """Answerable, and a sentence that states something was found."""
        return self.question.answerable and bool(self.worth.any())

    def column(self, name: str) -> Numbers:
        """One of the columns of `inputs`."""
        column: Numbers = self.inputs[:, self.names.index(name)]
        return column

    def has_vital(self, places: NDArray[np.int64]) -> bool:
        """Whether one of the sentences in these rows states something vital."""
        return bool((self.worth[places] == VITAL).any())


def found_for(
    labelled: LabelledSet,
    settings: Settings,
    step: Step,
    to_read: Container[tuple[str, str]] = (),
) -> list[Found]:
    """The sentences of every question of the set for which there are any.

    The reranker reads those of the questions `to_read`, told by set and id. Raises StoreError.
    """
    found = []
    with library_of(labelled, settings) as library:
        for count, question in enumerate(labelled.questions):
            step(count, len(labelled.questions))
            task = task_for(question.text, question.history, library)
            if task.candidates:
                is_read = (labelled.name, question.id) in to_read
                found.append(_found(labelled, question, task, is_read=is_read))
    step(len(labelled.questions), len(labelled.questions))
    return found


def in_order(scored: Sequence[Scored]) -> list[Scored]:
    """Sentences as they were found, whatever their scores."""
    return sorted(scored, key=lambda one: one.source.number)


def place_of(source: Source) -> Place:
    """Where a sentence stands, in every store of the same articles."""
    return name_of(source.article.source), source.span.start, source.span.end


def _found(
    labelled: LabelledSet, question: LabelledQuestion, task: Task, *, is_read: bool
) -> Found:
    evidence, told = in_order(task.candidates), None
    if is_read:
        read_of = {
            one.source.place: value
            for one, value in zip(task.candidates, read(task.asked, task.candidates), strict=True)
        }
        told = np.array([read_of[one.source.place] for one in evidence])
    places = tuple(place_of(one.source) for one in evidence)
    worth = [
        question.key.worth(place[0], one.source.text)
        for place, one in zip(places, evidence, strict=True)
    ]
    return Found(
        dataset=labelled.name,
        weight=labelled.weight,
        question=question,
        story=question.story or evidence[0].source.article.title,
        places=places,
        names=tuple(evidence[0].features),
        inputs=np.array([list(one.features.values()) for one in evidence]),
        worth=np.array(worth),
        read=told,
    )
