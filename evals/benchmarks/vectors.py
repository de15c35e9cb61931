"""Vectors for more passages than a measurement has time to embed.

The first texts are truly embedded. Later ones get the vector of one of those, moved by a part of
the difference of two others and made unit length again: neighbours lie as close, and spread in the
same directions, as those of real passages do. A text always gets the same vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
MOVED_BY = 0.6


class MadeVectors:
    """An embedder for filling a store: `pool` is what was truly embedded, shape (n, dimensions)."""

    def __init__(self, pool: Vectors, name: str) -> None:
        self.name = name
        self.dimensions = int(pool.shape[1])
        self._pool = pool

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text, in order; nothing is understood of it."""
        drawn = np.frombuffer(
            b"".join(blake2b(text.encode(), digest_size=24).digest() for text in texts), dtype="<u8"
        ).reshape(len(texts), 3)
        one, here, there = (drawn % len(self._pool)).astype(np.intp).T
        moved = self._pool[one] + np.float32(MOVED_BY) * (self._pool[here] - self._pool[there])
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)
