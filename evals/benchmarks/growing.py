"""One store that grows from size to size, measured at each.

Invariant: filling and searching run in processes of their own, so that the memory told is that of
the one thing alone, and every search is of a store that was closed and opened again. Passages come
in as anybody's do: read from a file, cut, put into the catalogue and both indexes.
"""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np

from evals.benchmarks.growth import exponent
from evals.benchmarks.memory import peak_mb
from evals.benchmarks.results import FillPace, Report, ScalePace
from evals.benchmarks.searching import searched
from evals.benchmarks.synthetic import made_articles, write_articles
from evals.benchmarks.vectors import MadeVectors, Vectors
from rag.articles.article import Article
from rag.articles.files import read
from rag.articles.passages import embedded_text, passages_of
from rag.newsroom import Newsroom
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.embeddings import Embedder

P = ParamSpec("P")
T = TypeVar("T")
BARE_PASSAGES = 400  # embedded alone, for comparison
# Kept in the folder of the store: how far it is filled, and the vectors that others are made from.
NOTE = "bench.json"
POOL = "bench-pool.npy"


def grow(
    articles: Sequence[Article],
    questions: Sequence[str],
    sizes: Sequence[int],
    settings: Settings,
    *,
    embedded: int,
    report: Report = lambda step: None,
) -> tuple[ScalePace, ...]:
    """Measure the store in `settings.home` at each of `sizes`, filled up to it.

    The first `embedded` passages are truly embedded, the vectors of others are made. A store that
    was filled by an earlier call goes on from there: of the sizes that it holds already, it is
    measured once, as it is.
    """
    note = settings.home / NOTE
    filled: dict[str, Any] = {"passages": 0, "articles": 0}
    if note.exists():
        filled = json.loads(note.read_text())
    coming = chain(articles, made_articles(articles))
    for _ in range(filled["articles"]):
        next(coming)
    paces = []
    for size in sorted({*sizes}):
        fill = FillPace(**filled["fill"]) if "fill" in filled else None
        if size > filled["passages"]:
            file = settings.home.with_name(f"{settings.home.name}-{size}.jsonl")
            there = filled["passages"]
            passages, taken = write_articles(coming, size - there, file)
            report(f"bringing in {passages:,} passages")
            fill = _apart(_filled, settings, file, made=size > embedded)
            file.unlink()
            filled = {
                "passages": there + passages,
                "articles": filled["articles"] + taken,
                "fill": vars(fill),
            }
            note.write_text(json.dumps(filled))
        elif any(size < larger <= filled["passages"] for larger in sizes):
            continue
        assert fill is not None  # noqa: S101 - a store that has passages has been filled
        report(f"searching {filled['passages']:,} passages with {len(questions)} questions")
        paces.append(ScalePace(fill, _apart(searched, settings, tuple(questions))))
    return tuple(paces)


def growth_of(paces: Sequence[ScalePace]) -> dict[str, float]:
    """The exponent of each figure that the sizes tell of; see `evals.benchmarks.growth`."""
    sizes = [pace.search.passages for pace in paces]
    figures: dict[str, list[float]] = {
        "ingest, per passage": [1 / pace.fill.passages_per_s for pace in paces],
        "ingest, memory": [pace.fill.peak_mb for pace in paces],
    }
    for label, name in (
        ("opening the store", "opening_s"),
        ("time to sources, median", "sources_p50_ms"),
        ("search, 95 %", "search_p95_ms"),
        ("by meaning, 95 %", "dense_p95_ms"),
        ("by words, 95 %", "lexical_p95_ms"),
        ("exact scan, median", "exact_scan_p50_ms"),
        ("searching, memory", "peak_mb"),
        ("disk", "disk_mb"),
    ):
        figures[label] = [getattr(pace.search, name) for pace in paces]
    fitted = {label: exponent(sizes, values) for label, values in figures.items()}
    return {label: round(value, 3) for label, value in fitted.items() if value is not None}


def _filled(settings: Settings, file: Path, *, made: bool) -> FillPace:
    """Bring the articles of `file` in, truly embedded or with vectors made from those that are."""
    from rag.index.store import Store
    from rag.models.embeddings import open_embedder

    embedder = open_embedder(settings)
    texts = _first_texts(file)
    embedder.embed(texts[:8])  # loads the model
    filling = MadeVectors(_pool(settings, embedder, texts), embedder.name) if made else embedder
    # Half before and half after, lest a machine that gets busier favours one of them.
    bare_s = _seconds(lambda: embedder.embed(texts[::2]))
    with Newsroom(settings, Store.open(settings, filling)) as newsroom:
        started = time.perf_counter()
        passages = newsroom.ingest([file]).passages
        took_s = time.perf_counter() - started
    peak = peak_mb()
    bare_s += _seconds(lambda: embedder.embed(texts[1::2]))
    return FillPace(passages, passages / took_s, len(texts) / bare_s, made, peak)


def _pool(settings: Settings, embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """The true vectors that others are made from: those of the store before any was made."""
    from rag.index.catalogue import Catalogue

    kept = settings.home / POOL
    if not kept.exists():
        with closing(Catalogue.open(settings)) as catalogue:
            parts = [vectors for _, vectors in catalogue.vectors()]
        np.save(kept, np.concatenate(parts) if parts else embedder.embed(texts))
    return cast("Vectors", np.load(kept))


def _first_texts(file: Path) -> list[str]:
    """What is embedded of the first passages in `file`."""
    articles = (one for one in read(file) if isinstance(one, Article))
    texts = (embedded_text(one.title, p.text) for one in articles for p in passages_of(one))
    return list(islice(texts, BARE_PASSAGES))


def _apart(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What `work` gives in a new process, which ends with it."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *given, **named).result()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
