"""Searches of one store, timed turn by turn beside their yardstick: an exact scan in memory."""

from __future__ import annotations

import datetime
import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from evals.benchmarks.growth import percentile
from evals.benchmarks.memory import peak_mb
from evals.benchmarks.results import SearchPace
from evals.benchmarks.synthetic import DAYS, FIRST_DAY, publisher_name
from evals.benchmarks.vectors import Vectors
from rag.events import Sources
from rag.filters import Filters
from rag.newsroom import Newsroom, Report
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.index.store import Store
    from rag.models.chat import ChatModel

HITS = 10
CANDIDATES = 40
FILTERS = {
    "a busy publisher": Filters(publishers=(publisher_name(1),)),
    "a rare publisher": Filters(publishers=(publisher_name(40),)),
    "half of the time": Filters(published_from=FIRST_DAY + datetime.timedelta(days=DAYS // 2)),
    "one month": Filters(
        published_from=datetime.date(2018, 3, 1), published_to=datetime.date(2018, 3, 31)
    ),
}


class Unasked:
    """Stands where the chat model would, in streams that end before it is asked."""

    name = "none"
    locates = False

    def close(self) -> None:
        """Nothing was started."""


class SearchedNewsroom(Newsroom):
    """A newsroom whose streams are left at their sources; no chat model is started."""

    def warm_up(self, progress: Report | None = None) -> ChatModel:
        """What is never asked."""
        return cast("ChatModel", Unasked())

    def to_sources(self, question: str) -> None:
        """Everything that happens before an answer's passages can be shown."""
        events = self.stream(question)
        with closing(cast("Any", events)):
            for event in events:
                if isinstance(event, Sources):
                    return


def searched(settings: Settings, questions: Sequence[str]) -> SearchPace:
    """The pace of searches in the store of `settings`, which nobody has open."""
    from rag.index.store import Store
    from rag.models.embeddings import open_embedder

    embedder = open_embedder(settings)
    vectors = embedder.embed(questions)  # loads the model
    started = time.perf_counter()
    store = Store.open(settings, embedder)
    opening_s = time.perf_counter() - started
    with SearchedNewsroom(settings, store) as newsroom:
        for question in questions:
            newsroom.to_sources(question)
        for filters in FILTERS.values():
            newsroom.search(questions[0], HITS, filters)
        peak = peak_mb()  # before the yardstick takes its own
        ids, matrix = _all_vectors(store)
        times, found = _timed(newsroom, store, questions, vectors, matrix)
    exact = [{ids[n] for n in _nearest(matrix, vector, HITS)} for vector in vectors]
    shared = [len(mine & {*theirs}) / len(mine) for mine, theirs in zip(exact, found, strict=True)]
    bare = [sum(pair) for pair in zip(times["embedding"], times["exact scan"], strict=True)]

    def ms(name: str, percent: int) -> float:
        return percentile(times[name], percent) * 1_000

    return SearchPace(
        passages=len(ids),
        searches=len(times["search"]),
        opening_s=opening_s,
        embedding_p50_ms=ms("embedding", 50),
        exact_scan_p50_ms=ms("exact scan", 50),
        bare_p50_ms=percentile(bare, 50) * 1_000,
        sources_p50_ms=ms("sources", 50),
        sources_p95_ms=ms("sources", 95),
        search_p50_ms=ms("search", 50),
        search_p95_ms=ms("search", 95),
        dense_p50_ms=ms("dense", 50),
        dense_p95_ms=ms("dense", 95),
        lexical_p50_ms=ms("lexical", 50),
        lexical_p95_ms=ms("lexical", 95),
        filtered_p50_ms={name: ms(name, 50) for name in FILTERS},
        recall_at_10=sum(shared) / len(shared),
        peak_mb=peak,
        disk_mb=sum(f.stat().st_size for f in settings.home.rglob("*") if f.is_file()) / 1e6,
    )


def _timed(
    newsroom: SearchedNewsroom,
    store: Store,
    questions: Sequence[str],
    vectors: Vectors,
    matrix: Vectors,
) -> tuple[dict[str, list[float]], list[list[str]]]:
    """Seconds by name, and the passages that the index of meaning found for each question.

    Of the filters, each question tries one.
    """
    times: dict[str, list[float]] = defaultdict(list)

    def timed(name: str, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        work()
        times[name].append(time.perf_counter() - started)

    turns = itertools.cycle(FILTERS.items())
    for question, vector, (name, filters) in zip(questions, vectors, turns, strict=False):
        timed("embedding", partial(store.embedder.embed, [question]))
        timed("exact scan", partial(_nearest, matrix, vector, HITS))
        timed("sources", partial(newsroom.to_sources, question))
        timed("search", partial(newsroom.search, question, HITS))
        timed("dense", partial(store.vectors.search, vector, CANDIDATES))
        timed("lexical", partial(store.lexical.search, question, CANDIDATES))
        timed(name, partial(newsroom.search, question, HITS, filters))
    found = [[one for one, _ in store.vectors.search(vector, HITS)] for vector in vectors]
    return times, found


def _all_vectors(store: Store) -> tuple[list[str], Vectors]:
    ids: list[str] = []
    _, passages = store.catalogue.counts()
    matrix = np.empty((passages, store.embedder.dimensions), dtype=np.float32)
    for some, vectors in store.catalogue.vectors():
        matrix[len(ids) : len(ids) + len(some)] = vectors
        ids += some
    return ids, matrix


def _nearest(matrix: Vectors, vector: Vectors, k: int) -> list[int]:
    cosines = matrix @ vector
    if len(cosines) <= k:
        return list(range(len(cosines)))
    return [int(n) for n in np.argpartition(-cosines, k - 1)[:k]]
