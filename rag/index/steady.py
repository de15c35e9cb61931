"""The two derived indexes as searches see them: what fails is answered around, and said.

Where Chroma cannot be used, the catalogue's vectors are compared one by one; where the lexical
index cannot be used, meaning alone decides. Nothing is lost either way: `groundwire doctor
--rebuild`, or the next start, makes the index again.

Invariant: an index that once was damaged is not touched again by this process.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import ceil
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreDamagedError, StoreError
from rag.filters import Filters
from rag.index.catalogue import Catalogue
from rag.index.entry import Entry
from rag.index.exact import ExactScan, Vectors, nearest
from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex

logger = logging.getLogger(__name__)
# Up to COMPARED_AT_MOST passages that pass the filters are compared one by one. Of more, the index
# is asked for WIDER times as many as are needed on average, at most WIDEST.
COMPARED_AT_MOST = 10_000
KEPT_FILTERS = 4  # 60 MB at most, of vectors of 384 numbers
WIDER = 2
WIDEST = 8_000
Index = TypeVar("Index", VectorIndex, LexicalIndex)
T = TypeVar("T")


class _Steady(Generic[Index]):
    """An index, or None once it is damaged; changes are then left to its rebuilding."""

    instead = ""

    def __init__(
        self, index: Index | None, catalogue: Catalogue, trouble: StoreError | None = None
    ) -> None:
        self._index: Index | None = index
        self._catalogue = catalogue
        self._giving_up = threading.Lock()
        self.trouble: StoreError | None = None
        if trouble is not None:
            self._failed(trouble)

    @property
    def is_shared(self) -> bool:
        return self._index is not None and self._index.is_shared

    @property
    def marker(self) -> str:
        with self._changing() as index:
            if index is not None:
                return index.marker
        return self._catalogue.marker

    def mark(self, marker: str) -> None:
        with self._changing() as index:
            if index is not None:
                index.mark(marker)

    def add(self, entries: Sequence[Entry], vectors: NDArray[np.float32]) -> None:
        with self._changing() as index:
            if index is not None:
                index.add(entries, vectors)

    def delete(self, passage_ids: Sequence[str]) -> None:
        with self._changing() as index:
            if index is not None:
                index.delete(passage_ids)

    def clear(self) -> None:
        with self._changing() as index:
            if index is not None:
                index.clear()

    def expect(self, passages: int, dimensions: int = 0) -> None:
        with self._changing() as index:
            if index is not None:
                index.expect(passages, dimensions)

    def count(self) -> int:
        with self._changing() as index:
            if index is not None:
                return index.count()
        return self._catalogue.counts()[1]

    def ids(self) -> set[str]:
        with self._changing() as index:
            if index is not None:
                return index.ids()
        return self._catalogue.passage_ids()

    def close(self) -> None:
        if (index := self._index) is not None:
            index.close()

    def _asked(self, ask: Callable[[Index], T]) -> T | None:
        """What the index answers; None where it cannot."""
        # Read once: another thread may be giving it up.
        if (index := self._index) is not None:
            try:
                answer = ask(index)
            except StoreError as error:
                self._failed(error)
            else:
                if self.trouble is not None and self._index is not None:
                    self.trouble = None  # a server is back
                return answer
        return None

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Index | None]:
        """The index, given up if it turns out to be damaged; a full disk is still said."""
        try:
            yield self._index
        except StoreDamagedError as error:
            self._failed(error)

    def _failed(self, error: StoreError) -> None:
        """Remember, say it once, and let go of an index that is damaged."""
        if self.trouble is None:
            logger.warning("%s: %s", error.problem, self.instead)
        self.trouble = error
        if not isinstance(error, StoreDamagedError):
            return
        with self._giving_up:
            index, self._index = self._index, None
        if index is not None:
            with contextlib.suppress(StoreError):
                index.distrust()
                index.close()


class SteadyVectors(_Steady[VectorIndex]):
    """Search by meaning: Chroma while it works, an exact scan where it does not."""

    instead = "searching the catalogue's vectors one by one"

    def __init__(
        self,
        index: VectorIndex | None,
        catalogue: Catalogue,
        trouble: StoreError | None = None,
        *,
        compared_at_most: int = COMPARED_AT_MOST,
    ) -> None:
        super().__init__(index, catalogue, trouble)
        self._scan = ExactScan(catalogue)
        self._compared_at_most = compared_at_most
        # Who asks within some publishers or days mostly asks again within the same; of a revision
        # that is past nobody asks, and it makes room.
        self._vectors_within = lru_cache(KEPT_FILTERS)(self._read_vectors)

    def search(
        self, vector: NDArray[np.float32], k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest passages as (passage_id, cosine similarity), best first."""
        if filters and (found := self._narrowed(vector, k, filters)) is not None:
            return found
        found = self._asked(lambda index: index.search(vector, k, filters))
        return self._scan.search(vector, k, filters) if found is None else found

    def _narrowed(
        self, vector: NDArray[np.float32], k: int, filters: Filters
    ) -> list[tuple[str, float]] | None:
        """The same without Chroma's own filters, which take as long as the store is large.

        Few passages are compared one by one; of many, the nearest of all are looked through. None
        where neither will do.
        """
        matching = self._catalogue.count_matching(filters)
        if matching <= self._compared_at_most:
            return nearest(*self._vectors_within(self._catalogue.marker, filters), vector, k)
        wanted = ceil(WIDER * k * self._catalogue.counts()[1] / matching)
        if wanted > WIDEST:
            return None
        found = self._asked(lambda index: index.search(vector, wanted))
        if found is None:
            return None
        inside = self._catalogue.matching_among([one for one, _ in found], filters)
        kept = [pair for pair in found if pair[0] in inside]
        return kept[:k] if len(kept) >= min(k, matching) else None

    def _read_vectors(self, _marker: str, filters: Filters) -> tuple[list[str], Vectors]:
        return self._catalogue.vectors_matching(filters)

    def get(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of those passages, by id."""
        found = self._asked(lambda index: index.get(passage_ids))
        return self._scan.get(passage_ids) if found is None else found


class SteadyLexical(_Steady[LexicalIndex]):
    """Search by words: nothing is found where the index does not work, and meaning decides."""

    instead = "searching by meaning alone"

    def search(
        self, question: str, k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """The `k` best passages as (passage_id, BM25 score), best first."""
        return self._asked(lambda index: index.search(question, k, filters)) or []
