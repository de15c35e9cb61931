"""Whether PostgreSQL finds what the embedded index finds: the retrieval suite over both.

Invariant: both stores hold the same articles with the same vectors and are asked the same
questions; only where the words are searched differs.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console

from evals.datasets.loading import load_collection
from evals.scorers import suites
from evals.systems.response import Context
from rag.errors import InputError
from rag.settings import Settings

if TYPE_CHECKING:
    from evals.benchmarks.vectors import Vectors
    from evals.datasets.loading import Collection
    from rag.index.store import Store
    from rag.models.embeddings import Embedder

HITS = 10
FIGURES = ("recall_at_10", "ndcg_at_10")
Report = Callable[[str], None]


@dataclass(frozen=True)
class Alike:
    """A set's figures in both stores, and how many of its questions found the very same ten."""

    name: str
    questions: int
    embedded: dict[str, float]
    shared: dict[str, float]
    same_hits: int


class Once:
    """An embedder that embeds no text twice."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self.dimensions = embedder.dimensions
        self._known: dict[str, Vectors] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= zip(new, self._embedder.embed(new), strict=True)
        rows = [self._known[text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)


def alike(
    collection: Collection, settings: Settings, embedder: Embedder, most: int | None = None
) -> Alike:
    """Both stores filled with a set and searched with its first `most` questions.

    What the database of `settings` holds is replaced. Raises InputError, StoreError.
    """
    from rag.index.store import Store

    if not settings.database_url or "postgres" not in settings.database_url:
        raise InputError(
            "GROUNDWIRE_DATABASE_URL names no PostgreSQL",
            fix="Set it to a database that may be emptied.",
        )
    examples = [one for one in collection.examples if one.gold and one.answerable][:most]
    once = Once(embedder)
    found: list[dict[str, list[Context]]] = []
    with tempfile.TemporaryDirectory(prefix="groundwire-alike-") as scratch:
        file = collection.write_articles(Path(scratch, "articles.jsonl"))
        for name, url in (("embedded", None), ("shared", settings.database_url)):
            own = {"home": Path(scratch, name), "database_url": url, "chroma_url": None}
            with Store.open(settings.model_copy(update=own), once) as store:
                there = [one.article_id for one in store.catalogue.articles()]
                store.catalogue.remove_many(there)
                store.ingest([file])
                found.append(_found(store, [(one.id, one.question) for one in examples]))
    measured = [
        {one.name: round(one.estimate.value or 0.0, 4) for one in suites.retrieval(hits, examples)}
        for hits in found
    ]
    embedded, shared = ({name: figures[name] for name in FIGURES} for figures in measured)
    same = sum(found[0][one.id] == found[1][one.id] for one in examples)
    return Alike(collection.name, len(examples), embedded, shared, same)


def _found(store: Store, questions: Sequence[tuple[str, str]]) -> dict[str, list[Context]]:
    from evals.systems.groundwire import context_of
    from rag.retrieval.retriever import Retriever

    retriever = Retriever(store)
    return {
        name: [context_of(hit) for hit in retriever.search(question, HITS)]
        for name, question in questions
    }


def same_search_command(
    data: Annotated[list[Path], typer.Argument(help="Folders of labelled sets, as `run --data`.")],
    most: Annotated[
        int | None, typer.Option("--limit", min=1, help="Questions of each set; all by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
) -> None:
    """Search labelled sets on PostgreSQL and with the embedded index, and compare the figures.

    The database in GROUNDWIRE_DATABASE_URL is emptied and filled with each set.
    """
    from rag.models.embeddings import open_embedder

    settings, console = Settings.load(), Console()
    embedder = open_embedder(settings)
    for folder in data:
        result = alike(load_collection(folder), settings, embedder, most)
        if as_json:
            typer.echo(json.dumps(asdict(result)))
            continue
        figures = ", ".join(
            f"{name} {result.shared[name]:.3f} (embedded {result.embedded[name]:.3f})"
            for name in FIGURES
        )
        console.print(
            f"{result.name}: {figures}; the same ten for {result.same_hits} of {result.questions}",
            soft_wrap=True,
        )
