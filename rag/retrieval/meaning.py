"""What a question means, as a vector, while the embedding endpoint answers; words do without it.

Invariant: an endpoint that fails costs one search `WAIT_S` at most and the next ones nothing; it
is asked again after `REST_S`, and the first vector that comes ends the trouble.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from rag.errors import EndpointError
from rag.models.limits import until

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.models.embeddings import Embedder

WAIT_S = 20.0
REST_S = 30.0
logger = logging.getLogger(__name__)


class Meaning:
    """Embeds questions for one retriever. Safe to use from several threads."""

    def __init__(self, embedder: Embedder, *, wait_s: float = WAIT_S, rest_s: float = REST_S):
        self._embedder = embedder
        self._wait_s = wait_s
        self._rest_s = rest_s
        self._lock = threading.Lock()
        self._asks_again_at = 0.0
        self._last: tuple[str, NDArray[np.float32]] | None = None
        self.trouble: EndpointError | None = None

    def of(self, question: str) -> NDArray[np.float32] | None:
        """The unit vector of `question`, shape (dimensions,); None while the endpoint fails.

        Raises the ModelErrors that no waiting mends (WeightsError).
        """
        with self._lock:
            if self._last is not None and self._last[0] == question:
                return self._last[1]
            if self.trouble is not None and time.monotonic() < self._asks_again_at:
                return None
        try:
            with until(time.monotonic() + self._wait_s):
                vector: NDArray[np.float32] = self._embedder.embed([question])[0]
        except EndpointError as error:
            self._failed(error)
            return None
        with self._lock:
            self._last, self.trouble = (question, vector), None
        return vector

    def _failed(self, error: EndpointError) -> None:
        with self._lock:
            new, self.trouble = self.trouble is None, error
            self._asks_again_at = time.monotonic() + self._rest_s
        if new:
            logger.warning("%s: searching by words alone", error.problem)
