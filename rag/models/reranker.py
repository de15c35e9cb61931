"""How surely a sentence states what a question asks for, by a small model that reads both at once.

A cross-encoder (Nogueira and Cho 2019, "Passage Re-ranking with BERT") of the embedder's shape,
with whole numbers of eight bits: `reranker.onnx`, taught by `python -m evals fit-reranker`.
Invariant: it judges; the same pairs in the same order get the same log-odds.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import WeightsError
from rag.models.cores import usable_cores
from rag.models.embeddings import MAX_THREADS
from rag.models.onnx import onnx_session
from rag.models.weights import MINILM_TOKENIZER, verified_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RERANKER = Path(__file__).with_name("reranker.onnx")
MOST_TOKENS = 128
# Pairs in one run of the model, of like length: padding is rare and the caches suffice.
_BATCH = 8


class Reranker:
    """Loaded at its first use. Safe to call from several threads."""

    def __init__(self, path: Path = RERANKER) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def log_odds(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """That each text states what the question asks for: shape (len(texts),).

        Question and text together are cut to 128 tokens, the longer first. Raises WeightsError.
        """
        import numpy as np

        found = np.zeros(len(texts), dtype=np.float32)
        if not texts:
            return found
        tokenizer, session = self._load()
        read = tokenizer.encode_batch([(question, text) for text in texts])
        order = sorted(range(len(read)), key=lambda row: len(read[row].ids))
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            found[rows] = _run(session, [read[row] for row in rows])
        return found

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _opened(self._path)
            return self._loaded


@lru_cache(maxsize=1)
def packaged_reranker() -> Reranker:
    """The packaged one, one for the whole process."""
    return Reranker()


def pair_tokenizer() -> Any:
    """What cuts a question and a text to MOST_TOKENS, the longer first. Raises WeightsError."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(verified_file(MINILM_TOKENIZER)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS, strategy="longest_first")
    return tokenizer


def padded(read: Sequence[Any]) -> dict[str, NDArray[np.int64]]:
    """Encoded pairs as the model takes them, each of shape (pairs, tokens of the longest)."""
    import numpy as np

    shape = len(read), max(len(one.ids) for one in read)
    names = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
    found = {name: np.zeros(shape, dtype=np.int64) for name in names}
    for row, one in enumerate(read):
        for name, part in names.items():
            found[name][row, : len(one.ids)] = getattr(one, part)
    return found


def _opened(model_file: Path) -> tuple[Any, Any]:
    try:
        session = onnx_session(model_file, threads=min(usable_cores(), MAX_THREADS))
    except Exception as error:  # its errors have no common base of their own
        raise WeightsError(
            f"The reranker cannot be loaded: {' '.join(str(error).split())}",
            fix="Install Groundwire again.",
        ) from None
    return pair_tokenizer(), session


def _run(session: Any, read: Sequence[Any]) -> NDArray[np.float32]:
    (log_odds,) = session.run(["log_odds"], padded(read))
    found: NDArray[np.float32] = log_odds
    return found
