"""Passages by meaning: a Chroma collection, derived from the catalogue.

Embeddings are always given, never computed by Chroma; its records carry what filters need and
nothing else. Scores are cosine similarities, not Chroma's distances. The collection remembers
which store and revision it mirrors (`marker`).
"""

from __future__ import annotations

import logging
import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import ceil, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreDamagedError, StoreError, StoreFullError
from rag.files import private_folder
from rag.filters import Filters
from rag.index.entry import Entry, day_number
from rag.index.memory import free_bytes, shortage
from rag.index.panic import is_rust_panic
from rag.index.seal import seal, unseal
from rag.index.sharing import Sharing
from rag.settings import Settings, without_password

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import (
        CreateHNSWConfiguration,
        UpdateHNSWConfiguration,
    )
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import GetResult

logger = logging.getLogger(__name__)
VECTORS_FOLDER = "vectors"
COLLECTION = "groundwire-passages"
# A passage takes 0.9 ms of processor time at 16,000, against 2.3 ms with twice the neighbours and
# twice the care; a wider look at each search makes up for it (docs/figures.md has the recall).
HNSW: CreateHNSWConfiguration = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16}
LEAST_LOOKED_AT = 800
# Chroma writes its whole graph each time that so many passages were added: at a million, 1.7 GB.
WRITTEN_EACH = 1_000
WRITTEN_AT_MOST_EACH = 50_000
_REBUILD = "Run groundwire doctor --rebuild."
# Seen under load, shortly after a client was closed; Chroma passes it on at once.
_LOCKED_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
T = TypeVar("T")


class VectorIndex:
    """Open one with `VectorIndex.open`. One process at a time may have a folder open."""

    def __init__(
        self,
        client: ClientAPI,
        where: str,
        folder: Path | None = None,
        passages: int | None = None,
    ) -> None:
        self._client = client
        self._where = where
        self._folder = folder
        self._at_rest = False
        self._caught_up = folder is None
        self._written_each = WRITTEN_EACH
        self._short_of_memory = False
        self._searching = Sharing()
        with _translated(where):
            self._collection = self._open_collection(passages)
            self._batch = min(client.get_max_batch_size(), 5_000)

    @classmethod
    def open(cls, settings: Settings, passages: int | None = None) -> VectorIndex:
        """Open or create the index in `settings.home`, or on the server at `chroma_url`.

        Of so many `passages` each search looks at enough; None leaves that as it was. A server
        does so from its own next start on.
        """
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        if settings.chroma_url:
            quiet = ChromaSettings(anonymized_telemetry=False)
            url = urlsplit(settings.chroma_url)
            where = without_password(settings.chroma_url)
            with _translated(where):
                client = chromadb.HttpClient(
                    host=url.hostname or "localhost",
                    port=url.port or (443 if url.scheme == "https" else 8000),
                    ssl=url.scheme == "https",
                    settings=quiet,
                )
            return cls(client, where, passages=passages)
        folder = private_folder(settings.home / VECTORS_FOLDER)
        return cls(_in_folder(folder), str(folder), folder, passages)

    def close(self) -> None:
        """Let go of the files, or of the server."""
        self._client.close()  # type: ignore[attr-defined]
        # Chroma's client for servers forgets its connections, and those of its inner client.
        for client in (self._client, getattr(self._client, "_admin_client", None)):
            session = getattr(getattr(client, "_server", None), "_session", None)
            if session is not None:
                session.close()
        if self._at_rest and self._folder is not None:
            seal(self._folder)

    @property
    def is_shared(self) -> bool:
        """True on a server, which other processes may write to as well."""
        return self._folder is None

    @property
    def marker(self) -> str:
        """The store and revision that this index mirrors; empty when it does not know."""
        if self.is_shared:  # another process may have marked it, or made it again
            with _translated(self._where):
                self._collection = self._open_collection()
        metadata = self._collection.metadata or {}
        return str(metadata.get("marker", ""))

    def mark(self, marker: str) -> None:
        """Say that everything up to `marker` has been taken over."""
        with _translated(self._where):
            _once_unlocked(partial(self._collection.modify, metadata={"marker": marker}))
        self.rest()

    def rest(self) -> None:
        """Nothing is left to write: from now on, files that change tell of damage."""
        self._at_rest = True
        if self._folder is not None:
            seal(self._folder, read_large=False)

    def distrust(self) -> None:
        """It turned out to be damaged: the next start shall look inside, or make it again."""
        self._about_to_write()

    def expect(self, passages: int, dimensions: int = 0) -> None:
        """So many are about to be added: the graph is written out once at their end, or each
        50,000, and not each thousand. Searches wait while Chroma opens its files again for that.

        Where the memory for their vectors of `dimensions` numbers is short, it is said once.
        """
        if self._folder is not None and passages and not self._short_of_memory:
            short = shortage(self.count(), passages, dimensions, free_bytes())
            if short is not None:
                self._short_of_memory = True
                logger.warning("%s. Give it more, or move it: GROUNDWIRE_CHROMA_URL.", short)
        rounds = ceil(passages / WRITTEN_AT_MOST_EACH)
        each = ceil(passages / rounds) if rounds else 0
        if self._folder is None or each < 4 * self._written_each:
            return
        self._about_to_write()
        with self._searching.alone(), _translated(self._where):
            # Read by Chroma when it opens a graph, and only then.
            _tune(self._collection, looked_at(self._collection.count() + passages), each)
            self._client.close()  # type: ignore[attr-defined]
            self._client = _in_folder(self._folder)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            self._caught_up = False
            self._catch_up()
        self._written_each = each

    def add(self, entries: Sequence[Entry], vectors: NDArray[np.float32]) -> None:
        """Add or replace passages; `vectors` is (len(entries), dimensions), row by row."""
        self._about_to_write()
        self._catch_up()
        for start in range(0, len(entries), self._batch):
            batch = entries[start : start + self._batch]
            with _translated(self._where):
                _once_unlocked(
                    partial(
                        self._collection.upsert,
                        ids=[entry.passage_id for entry in batch],
                        embeddings=vectors[start : start + len(batch)],
                        metadatas=[_metadata(entry) for entry in batch],
                    )
                )

    def delete(self, passage_ids: Sequence[str]) -> None:
        """Forget passages; unknown ids are no error."""
        self._about_to_write()
        self._catch_up()
        for start in range(0, len(passage_ids), self._batch):
            with _translated(self._where):
                some = list(passage_ids[start : start + self._batch])
                _once_unlocked(partial(self._collection.delete, ids=some))

    def clear(self) -> None:
        """Forget everything, the marker too."""
        self._about_to_write()
        with _translated(self._where):
            self._client.delete_collection(COLLECTION)
            self._collection = self._open_collection()
        self._written_each = WRITTEN_EACH

    def search(
        self, vector: NDArray[np.float32], k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest passages as (passage_id, cosine similarity), best first."""
        with self._searching.together(), _translated(self._where):
            found = self._asked(
                lambda collection: collection.query(
                    query_embeddings=vector[np.newaxis],
                    n_results=k,
                    where=_where(filters),
                    include=["distances"],
                )
            )
        distances = found["distances"] or [[]]
        return [
            (passage_id, 1.0 - distance)
            for passage_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]

    def get(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors kept of those passages, by id; raises StoreDamagedError on lost ones."""
        kept: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(passage_ids), self._batch):
            some = list(passage_ids[start : start + self._batch])
            with self._searching.together(), _translated(self._where):
                found = self._asked(partial(_embeddings, some))
                vectors = np.asarray(found["embeddings"], dtype=np.float32)
                kept.update(zip(found["ids"], vectors, strict=True))
        return kept

    def count(self) -> int:
        with _translated(self._where):
            return self._collection.count()

    def ids(self) -> set[str]:
        """Ids of all passages in the index."""
        found: set[str] = set()
        with _translated(self._where):
            while True:
                page = self._collection.get(include=[], limit=50_000, offset=len(found))["ids"]
                found.update(page)
                if not page:
                    return found

    def _asked(self, ask: Callable[[Collection], T]) -> T:
        """What the collection answers; the new one, where another process made it again."""
        try:
            return ask(self._collection)
        except Exception as error:
            if not (self.is_shared and type(error).__name__ == "NotFoundError"):
                raise
        self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
        return ask(self._collection)

    def _catch_up(self) -> None:
        """What is first read after opening puts all that waits into the graph. Chroma forgets how
        far it was when nothing does, as after a write, and then puts in everything once more.
        """
        if not self._caught_up:
            with _translated(self._where):
                _once_unlocked(self._collection.count)
            self._caught_up = True

    def _about_to_write(self) -> None:
        self._at_rest = False
        if self._folder is not None:
            unseal(self._folder)

    def _open_collection(self, passages: int | None = None) -> Collection:
        def opened() -> Collection:
            return self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {**HNSW, "ef_search": looked_at(passages or 0)}},
            )

        collection = opened()
        kept = (collection.configuration_json or {}).get("hnsw") or {}
        if not kept:  # a server that keeps clusters instead of a graph: there is nothing to tune
            return collection
        if any(kept.get(name) != value for name, value in HNSW.items()):
            # An existing collection keeps its old configuration in silence.
            self._client.delete_collection(COLLECTION)
            collection = opened()
        else:
            tuned = (kept.get("ef_search"), kept.get("sync_threshold"))
            look = tuned[0] or 0 if passages is None else looked_at(passages)
            wanted = (max(look, LEAST_LOOKED_AT), WRITTEN_EACH)
            if tuned != wanted:
                _tune(collection, *wanted)
        return collection


def _in_folder(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    with _translated(str(folder)):
        quiet = ChromaSettings(anonymized_telemetry=False)
        return chromadb.PersistentClient(str(folder), settings=quiet)


def looked_at(passages: int) -> int:
    """How many places of the graph a search looks at; the more there are, the more it misses.

    >>> [looked_at(passages) for passages in (0, 10_000, 100_000, 1_000_000, 10_000_000)]
    [800, 800, 1600, 3200, 6400]
    """
    return LEAST_LOOKED_AT << max(0, round(log10(max(passages, 1)) - 4))


def _tune(collection: Collection, places: int, written_each: int) -> None:
    """Set what Chroma reads when it next opens the graph, and needs no other graph for."""
    hnsw: UpdateHNSWConfiguration = {"ef_search": places, "sync_threshold": written_each}
    with warnings.catch_warnings():
        # It calls every collection without one of its own embedding functions a legacy.
        warnings.simplefilter("ignore", DeprecationWarning)
        _once_unlocked(partial(collection.modify, configuration={"hnsw": hnsw}))


def _once_unlocked(write: Callable[[], T]) -> T:
    """What `write` gives, tried again for some seconds while the database is locked."""
    for pause_s in _LOCKED_PAUSES_S:
        try:
            return write()
        except Exception as error:  # Chroma has no kind of its own for it
            if "database is locked" not in str(error):
                raise
        time.sleep(pause_s)
    return write()


def _embeddings(passage_ids: list[str], collection: Collection) -> GetResult:
    return collection.get(ids=passage_ids, include=["embeddings"])


def remove_vector_files(settings: Settings) -> None:
    """Delete the folder of an embedded index, to make it again from the catalogue."""
    folder = settings.home / VECTORS_FOLDER
    if folder.exists():
        shutil.rmtree(folder)


def _metadata(entry: Entry) -> dict[str, str | int]:
    metadata: dict[str, str | int] = {"article_id": entry.article_id}
    if entry.publisher is not None:
        metadata["publisher"] = entry.publisher
    if entry.published_at is not None:
        metadata["published_on"] = day_number(entry.published_at)
    return metadata


def _where(filters: Filters | None) -> dict[str, Any] | None:
    if not filters:
        return None
    conditions: list[dict[str, Any]] = []
    if filters.publishers:
        conditions.append({"publisher": {"$in": list(filters.publishers)}})
    if filters.published_from:
        conditions.append({"published_on": {"$gte": day_number(filters.published_from)}})
    if filters.published_to:
        conditions.append({"published_on": {"$lte": day_number(filters.published_to)}})
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Whatever Chroma raises, as StoreError."""
    try:
        yield
    except StoreError:
        raise
    except BaseException as error:  # Chroma raises its own, sqlite's, Rust's, plain ValueErrors
        if not (isinstance(error, Exception) or is_rust_panic(error)):
            raise
        said = str(error) or type(error).__name__
        low = said.lower()
        if any(sign in low for sign in ("disk is full", "no space left", "file too large")):
            raise StoreFullError(
                f"No room left for the vector index at {where}",
                fix="Free some disk space; the index then catches up by itself.",
            ) from error
        # A server that is ended cuts what it was sending, and while another process makes the
        # collection again there is none: no damage, and it is asked again.
        if where.startswith("http") and (
            "connect" in low
            or type(error).__module__.startswith(("httpx", "httpcore"))
            or type(error).__name__ == "NotFoundError"
        ):
            raise StoreError(
                f"The Chroma server at {where} does not answer",
                fix="Start it, or correct GROUNDWIRE_CHROMA_URL.",
            ) from error
        raise StoreDamagedError(
            f"The vector index at {where} failed ({said[:200]})", fix=_REBUILD
        ) from error
