"""Questions of a set as tasks: found and scored by the very functions that answers use.

Invariant: no model is asked, and nothing depends on the day it is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from evals.systems.groundwire import set_apart
from rag.answer import Abstention, Answer, Provenance, Timings
from rag.answering.kinds import by_pattern
from rag.answering.pipeline import Inquiry, retrieve
from rag.answering.question import understand
from rag.answering.task import Task
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.retrieval.library import Library, SentenceVectors
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

_NO_PROVENANCE = Provenance(model="", embedding_model="", index="", prompt_version="", version="")


class Texts(Protocol):
    """A set of articles."""

    def write_articles(self, path: Path) -> Path:
        """Write them as a `.jsonl` file that `groundwire ingest` reads."""
        ...


@contextmanager
def library_of(texts: Texts, settings: Settings) -> Iterator[Library]:
    """A library of these articles, in a store of its own. Raises StoreError."""
    with (
        TemporaryDirectory() as folder,
        Store.open(set_apart(settings, Path(folder) / "home"), open_embedder(settings)) as store,
    ):
        store.ingest([texts.write_articles(Path(folder) / "articles.jsonl")])
        yield Library(Retriever(store), store, SentenceVectors(store))


def task_for(question: str, history: Sequence[str], library: Library) -> Task:
    """A question of one part, after the earlier questions of its talk. Raises StoreError."""
    talk = [_turn(one) for one in history]
    asked = understand(question, talk, "fact")  # a kind is told: it is not taken apart
    inquiry = Inquiry(question, asked, library, _no_model, lambda: _NO_PROVENANCE)
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


def _no_model() -> ChatModel:
    raise AssertionError("searching asks no model")
