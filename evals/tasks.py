"""Questions of a set as tasks: found and scored by the very functions that answers use.

Invariant: no model is asked, and the same set gives the same sentences. Nothing depends on the day
it is done, on the folder it is done in, of which ids and so ties are made, or on an index of
vectors, which threads build and which may miss a passage.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from evals.systems.articles import articles_of
from evals.systems.groundwire import set_apart
from rag.answer import Abstention, Answer, Provenance, Timings
from rag.answering.classifying import by_pattern
from rag.answering.pipeline import Inquiry, retrieve
from rag.answering.question import understand
from rag.answering.task import Task
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.index.ahead import EmbeddingAhead
from rag.index.derived import reconcile
from rag.index.store import Store
from rag.kinds import Kind
from rag.models.embeddings import open_embedder
from rag.retrieval.library import Library, SentenceVectors
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.filters import Filters
    from rag.index.steady import SteadyVectors
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
        _put(store, articles_of([texts.write_articles(Path(folder) / "articles.jsonl")]), folder)
        store.vectors = cast("SteadyVectors", _EveryVector(store))
        yield Library(Retriever(store), store, SentenceVectors(store))


def task_for(question: str, history: Sequence[str], library: Library, kind: Kind = "fact") -> Task:
    """A question of one part, after the earlier questions of its talk. Raises StoreError."""
    talk = [_turn(one) for one in history]
    asked = understand(question, talk, kind)  # a kind is told: it is not taken apart
    inquiry = Inquiry(question, asked, library, _no_model, lambda: _NO_PROVENANCE)
    (task,) = retrieve(inquiry).tasks
    return task


def _put(store: Store, articles: Sequence[Article], folder: str) -> None:
    """As an ingest does, under sources without the folder."""
    read = [replace(one, source=one.source.removeprefix(f"{folder}{os.sep}")) for one in articles]
    with EmbeddingAhead(store.catalogue, store.embedder, lambda *_: None) as ahead:
        for items in ([(one, passages_of(one)) for one in read], []):
            if embedded := ahead.give(items):
                store.catalogue.put_many(*embedded)
    reconcile(store.catalogue, store.derived)


class _EveryVector:
    """Searches by comparing every vector, in the place of the store's index."""

    def __init__(self, store: Store) -> None:
        self._index = store.vectors
        catalogue = store.catalogue
        passages = [
            passage.passage_id
            for article in catalogue.articles()
            for passage in catalogue.passages_of(article.article_id)
        ]
        self._vectors = dict(sorted(catalogue.vectors_of(passages).items()))
        self._matrix = np.array(list(self._vectors.values()))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(
        self, vector: NDArray[np.float32], k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """As the index, for searches without filters."""
        if filters:
            raise AssertionError("tasks are searched for without filters")
        ids, cosines = list(self._vectors), self._matrix @ vector
        nearest = np.argsort(-cosines, kind="stable")[:k]
        return [(ids[place], float(cosines[place])) for place in nearest.tolist()]


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
