"""The sentences that are found for labelled questions: what is weighed of each, and its label.

Found and measured by the very functions that answers use (`rag.answering.pipeline.retrieve`,
`Task.evidence`). Invariant: no model is asked, and the weights that are in use change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evals.calibration import Numbers
from evals.evidence.labelled import VITAL, LabelledQuestion, LabelledSet
from evals.systems.groundwire import set_apart
from rag.answer import Abstention, Answer, Provenance, Timings
from rag.answering.kinds import by_pattern
from rag.answering.pipeline import Inquiry, retrieve
from rag.answering.question import understand
from rag.answering.scoring import Scored
from rag.answering.task import Task
from rag.articles.article import name_of
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.retrieval.evidence import Source
from rag.retrieval.library import Library, SentenceVectors
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

Place = tuple[str, int, int]
Step = Callable[[int, int], None]
_NO_PROVENANCE = Provenance(model="", embedding_model="", index="", prompt_version="", version="")


@dataclass(frozen=True)
class Found:
    """The sentences found for one question, in the order of the hits.

    `inputs` has a row for each sentence and a column for each of `names`; `worth` says of each
    what it states.
    """

    dataset: str
    weight: float
    question: LabelledQuestion
    story: str
    places: tuple[Place, ...]
    names: tuple[str, ...]
    inputs: Numbers
    worth: NDArray[np.int64]

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


def found_for(labelled: LabelledSet, settings: Settings, step: Step) -> list[Found]:
    """The sentences of every question of the set for which there are any. Raises StoreError."""
    found = []
    with searching(labelled, settings) as task_of:
        for count, question in enumerate(labelled.questions):
            step(count, len(labelled.questions))
            if evidence := in_order(task_of(question)):
                found.append(_found(labelled, question, evidence))
    step(len(labelled.questions), len(labelled.questions))
    return found


@contextmanager
def searching(
    labelled: LabelledSet, settings: Settings
) -> Iterator[Callable[[LabelledQuestion], Task]]:
    """What makes a task of a question, over a store of the set's articles. Raises StoreError."""
    with (
        TemporaryDirectory() as folder,
        Store.open(set_apart(settings, Path(folder) / "home"), open_embedder(settings)) as store,
    ):
        store.ingest([labelled.write_articles(Path(folder) / "articles.jsonl")])
        library = Library(Retriever(store), store, SentenceVectors(store))
        yield lambda question: _task(question, library)


def in_order(task: Task) -> list[Scored]:
    """The evidence as it was found, whatever its scores."""
    return sorted(task.evidence, key=lambda one: one.source.number)


def place_of(source: Source) -> Place:
    """Where a sentence stands, in every store of the same articles."""
    return name_of(source.article.source), source.span.start, source.span.end


def _task(question: LabelledQuestion, library: Library) -> Task:
    talk = [_turn(one) for one in question.history]
    asked = understand(question.text, talk, "fact")  # a kind is told: it is not taken apart
    inquiry = Inquiry(question.text, asked, library, _no_model, lambda: _NO_PROVENANCE)
    (task,) = retrieve(inquiry).tasks
    return task


def _turn(question: str) -> Answer:
    """An earlier turn: of it only what was asked counts, for what the next question leans on."""
    return Answer(
        id="",
        question=question,
        searched_for=question,
        kind=by_pattern(question) or "fact",
        status="abstained",
        abstention=Abstention(reason="It was not asked here."),
        provenance=_NO_PROVENANCE,
        timings_s=Timings(retrieve=0.0, total=0.0),
    )


def _found(labelled: LabelledSet, question: LabelledQuestion, evidence: list[Scored]) -> Found:
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
    )


def _no_model() -> ChatModel:
    raise AssertionError("searching asks no model")
