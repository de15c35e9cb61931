"""Embedding one batch of articles while the next is read and the one before is put away.

Invariant: batches come out in the order in which they went in, each with a vector for every
passage whose text the catalogue does not hold at that moment.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.articles.article import Article, Passage
from rag.articles.passages import embedded_text
from rag.closing import Closing
from rag.index.catalogue import Catalogue, text_key
from rag.index.entry import Progress

if TYPE_CHECKING:
    from rag.models.embeddings import Embedder

Items = Sequence[tuple[Article, Sequence[Passage]]]
Vectors = dict[bytes, NDArray[np.float32]]
_EMBED_AT_ONCE = 128
_LOOK_EACH_S = 0.25


@dataclass
class _Batch:
    """Articles on their way: `texts` are being embedded, `known` had a vector when they came."""

    items: Items
    texts: Mapping[bytes, str]
    known: Mapping[bytes, str]
    vectors: Vectors
    embedded: Future[None]


class EmbeddingAhead(Closing):
    """Give it batches; each comes back, embedded, when the next one is given."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder, progress: Progress) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._progress = progress
        self._stopping = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._under_way: _Batch | None = None

    def give(self, items: Items) -> tuple[Items, Vectors] | None:
        """Begin with `items`, if there are any; what was given before, if there was something.

        Raises ModelError, StoreError.
        """
        before, self._under_way = self._under_way, None
        if items:
            self._under_way = self._begin(items, before.texts if before else {})
        return self._finished(before) if before else None

    def close(self) -> None:
        """Stop before the next call of the model; what did not come back is dropped."""
        self._stopping.set()
        self._thread.shutdown(cancel_futures=True)

    def _begin(self, items: Items, coming: Mapping[bytes, str]) -> _Batch:
        texts = {
            text_key(article.title, passage.text): embedded_text(article.title, passage.text)
            for article, passages in items
            for passage in passages
        }
        there = self._catalogue.known_keys(texts) | (texts.keys() & coming.keys())
        new = {key: text for key, text in texts.items() if key not in there}
        known = {key: texts[key] for key in there}
        vectors: Vectors = {}
        return _Batch(items, new, known, vectors, self._thread.submit(self._embed, new, vectors))

    def _finished(self, batch: _Batch) -> tuple[Items, Vectors]:
        while not batch.embedded.done():
            self._progress("Embedding passages", len(batch.vectors), len(batch.texts))
            wait([batch.embedded], timeout=_LOOK_EACH_S)
        batch.embedded.result()
        self._progress("Embedding passages", len(batch.vectors), len(batch.texts))
        # What had a vector when the batch came may have lost it: its only article was replaced.
        there = self._catalogue.known_keys(batch.known) if batch.known else set()
        lost = {key: text for key, text in batch.known.items() if key not in there}
        self._embed(lost, batch.vectors)
        return batch.items, batch.vectors

    def _embed(self, texts: Mapping[bytes, str], into: Vectors) -> None:
        for keys in _by_length(texts):
            if self._stopping.is_set():
                return
            found = self._embedder.embed([texts[key] for key in keys])
            into.update(zip(keys, found, strict=True))


def _by_length(texts: Mapping[bytes, str]) -> Iterator[list[bytes]]:
    """Batches of texts of about one length, so that little is computed on padding."""
    keys = sorted(texts, key=lambda key: len(texts[key]))
    for start in range(0, len(keys), _EMBED_AT_ONCE):
        yield keys[start : start + _EMBED_AT_ONCE]
