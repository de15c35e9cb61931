"""Search by meaning without an index: every vector of the catalogue compared with the question's.

Slower than a graph and exact. What answers when Chroma cannot, from the truth itself.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.filters import Filters
from rag.index.catalogue import Catalogue

Vectors = NDArray[np.float32]


def nearest(
    ids: Sequence[str], vectors: Vectors, vector: Vectors, k: int
) -> list[tuple[str, float]]:
    """The `k` of `ids` whose unit vectors, row by row, are nearest: (id, cosine), best first.

    Ties by id.

    >>> nearest(["a", "b"], np.eye(2, dtype=np.float32), np.array([0.0, 2.0], np.float32), 1)
    [('b', 1.0)]
    """
    length = float(np.linalg.norm(vector))
    if not ids or k < 1 or not length:
        return []
    cosines = vectors @ (vector / length)
    chosen = np.arange(len(ids))
    if len(chosen) > k:
        chosen = np.argpartition(-cosines, k - 1)[:k]
    found = [(ids[int(n)], float(cosines[n])) for n in chosen]
    return sorted(found, key=lambda item: (-item[1], item[0]))


class ExactScan:
    """The vectors of one catalogue, read once for each revision. Safe in several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._reading = threading.Lock()
        self._revision = ""
        self._ids: list[str] = []
        self._vectors: Vectors = np.zeros((0, 0), dtype=np.float32)

    def search(
        self, vector: Vectors, k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest passages as (passage_id, cosine similarity), best first; ties by id."""
        ids, vectors = self._all()
        if filters:
            wanted = self._catalogue.passage_ids_matching(filters)
            chosen = [n for n, one in enumerate(ids) if one in wanted]
            ids, vectors = [ids[n] for n in chosen], vectors[chosen]
        return nearest(ids, vectors, vector, k)

    def get(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those passages, by id, of length 1."""
        ids, vectors = self._all()
        asked = set(passage_ids)
        return {one: vectors[n] for n, one in enumerate(ids) if one in asked}

    def _all(self) -> tuple[list[str], Vectors]:
        with self._reading:
            marker = self._catalogue.marker
            if marker != self._revision:
                ids: list[str] = []
                # One array from the start: parts put together would take their room twice.
                whole = np.empty((self._catalogue.counts()[1], 0), dtype=np.float32)
                for batch, vectors in self._catalogue.vectors():
                    if not ids:
                        whole = np.empty((len(whole), vectors.shape[1]), dtype=np.float32)
                    end = len(ids) + len(batch)
                    if end > len(whole):  # articles came in meanwhile
                        whole.resize((end, vectors.shape[1]), refcheck=False)
                    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
                    whole[len(ids) : end] = vectors / np.maximum(lengths, np.float32(1e-12))
                    ids.extend(batch)
                self._vectors = whole[: len(ids)]
                self._ids, self._revision = ids, marker
            return self._ids, self._vectors
