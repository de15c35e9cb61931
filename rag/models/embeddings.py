"""Text to vectors: the packaged MiniLM, or an endpoint by setting.

Invariant: every row is L2-normalised float32 and depends on its own text alone, so what was
embedded in one batch can be compared with what was embedded in another.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rag.errors import EndpointResponseError
from rag.models.cores import usable_cores
from rag.models.failures import Server, checked_url, failure
from rag.models.limits import bounded_client
from rag.models.onnx import onnx_session
from rag.models.weights import MINILM_MODEL, MINILM_TOKENIZER, verified_file
from rag.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

MAX_TOKENS = 256
MAX_THREADS = 8
BATCH_TOKENS = 512  # padded tokens in one run of the model; more fall out of the caches
ENDPOINT_BATCH = 128
OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"


class Embedder(Protocol):
    """Whatever turns texts into vectors. `name` identifies the model in an index."""

    @property
    def name(self) -> str:
        """Changes whenever vectors of before can no longer be compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order: shape (n, dimensions). Raises ModelError."""
        ...


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings ask for; nothing is loaded or sent before its first use."""
    if settings.embedding_model is None:
        return MiniLM(threads=settings.threads)
    key = settings.openai_api_key
    return EndpointEmbeddings(
        Server(
            checked_url(settings.openai_base_url or OPENAI_URL),
            settings.embedding_model,
            settings.timeout_s,
            key.get_secret_value() if key else None,
        )
    )


class MiniLM:
    """all-MiniLM-L6-v2 (int8) on the processor: mean pooling, 256 tokens, 384 dimensions.

    Loaded and its hash checked at the first use. Safe to call from several threads.
    """

    name = "all-MiniLM-L6-v2-int8"
    dimensions = 384

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or min(usable_cores(), MAX_THREADS)
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of `texts`; an empty text has a vector too. Raises WeightsError."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return vectors
        tokenizer, session = self._load()
        ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts))]
        batches = _batches([len(row) for row in ids])

        def fill(rows: list[int]) -> None:
            vectors[rows] = _run(session, [ids[row] for row in rows])

        if len(batches) == 1:
            fill(batches[0])
            return vectors
        # One thread for each batch: a fifth faster than several threads on one.
        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(fill, batches):
                pass
        return vectors

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _opened(verified_file(MINILM_TOKENIZER), verified_file(MINILM_MODEL))
            return self._loaded


@lru_cache(maxsize=1)
def _opened(tokenizer_file: Path, model_file: Path) -> tuple[Any, Any]:
    """Tokenizer and session of verified files, shared by all newsrooms of a process."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer, onnx_session(model_file, threads=1)


@lru_cache(maxsize=1)
def packaged() -> MiniLM:
    """The packaged model, one for the whole process; loaded at its first use."""
    return MiniLM()


def _run(session: Any, ids: list[list[int]]) -> Vectors:
    """Unit vectors of one batch of token ids, padded to the longest."""
    import numpy as np

    padded = np.zeros((len(ids), max(map(len, ids))), dtype=np.int64)
    mask = np.zeros_like(padded)
    for line, row in enumerate(ids):
        padded[line, : len(row)] = row
        mask[line, : len(row)] = 1
    inputs = {
        "input_ids": padded,
        "attention_mask": mask,
        "token_type_ids": np.zeros_like(padded),
    }
    (states,) = session.run(["last_hidden_state"], inputs)
    kept = states * mask[:, :, None].astype(np.float32)
    summed = kept.sum(axis=1)  # the mean, but for its length
    return np.asarray(summed / np.linalg.norm(summed, axis=1, keepdims=True), dtype=np.float32)


def _batches(lengths: list[int]) -> list[list[int]]:
    """Rows from short to long, so that padding is rare, in batches of few padded tokens.

    >>> _batches([300, 10, 300, 20])
    [[1, 3], [0], [2]]
    """
    batches: list[list[int]] = [[]]
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches[-1] and (len(batches[-1]) + 1) * lengths[row] > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(row)
    return batches


class EndpointEmbeddings:
    """Embeddings of an OpenAI-compatible endpoint. Asks for one vector to learn `dimensions`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._dimensions: int | None = None
        self._openai: Any = None

    def __repr__(self) -> str:
        return f"EndpointEmbeddings({self.name!r}, {self._server.shown!r})"

    @property
    def name(self) -> str:
        return self._server.model

    @property
    def dimensions(self) -> int:
        if self._dimensions is None:
            self._dimensions = int(self._request(["dimensions"]).shape[1])
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of `texts`. Raises EndpointError."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), ENDPOINT_BATCH):
            batch = texts[start : start + ENDPOINT_BATCH]
            vectors[start : start + len(batch)] = self._request(batch, self.dimensions)
        return vectors

    def _request(self, texts: Sequence[str], dimensions: int | None = None) -> Vectors:
        import numpy as np

        try:
            reply = self._client().embeddings.create(
                model=self.name, input=[text or " " for text in texts], encoding_format="float"
            )
            rows = sorted(reply.data, key=lambda entry: entry.index)
            vectors: Vectors = np.asarray([entry.embedding for entry in rows], dtype=np.float32)
        except Exception as error:
            raise failure(error, self._server) from None
        expected = (len(texts), dimensions or vectors.shape[-1])
        if (
            vectors.shape != expected
            or not np.isfinite(vectors).all()
            or not vectors.any(axis=1).all()
        ):
            raise EndpointResponseError(
                f"{self._server.shown} sent vectors of the shape {vectors.shape} instead of "
                f"{expected}, or empty ones",
                fix="Check that GROUNDWIRE_EMBEDDING_MODEL is an embedding model.",
            )
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def _client(self) -> Any:
        if self._openai is None:
            import openai

            self._openai = openai.OpenAI(
                base_url=self._server.base_url,
                api_key=self._server.api_key or NO_KEY,
                max_retries=2,
                http_client=bounded_client(self._server.timeout_s),
            )
        return self._openai
