"""What an answer may be made from: hits, whole articles, and the vectors of their sentences.

Sentence vectors are made when they are first needed and kept for the next question. Invariant:
boilerplate (an advertisement line, a photo credit, a heading) is never among the sentences; while
the embedding endpoint fails, vectors are zero and words alone decide; it is asked again after
`REST_S`.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.articles.article import Article, Span
from rag.articles.headings import is_heading
from rag.errors import EndpointError
from rag.filters import Filters
from rag.index.store import Store
from rag.retrieval.hits import Elsewhere, Hit
from rag.retrieval.meaning import REST_S
from rag.retrieval.retriever import Retriever
from rag.retrieval.sources import Source
from rag.text.boilerplate import is_boilerplate
from rag.text.words import bare_words

MOST_KEPT = 20_000
_ENDS = frozenset(".!?…")
Vectors = NDArray[np.float32]


@dataclass
class SentenceVectors:
    """Unit vectors of sentences, the last `most` of them kept. Safe to use from several threads."""

    store: Store
    most: int = MOST_KEPT
    rest_s: float = REST_S
    _kept: OrderedDict[str, NDArray[np.float32]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asks_again_at: float = 0.0

    def of(self, texts: Sequence[str]) -> Vectors:
        """One row a text, shape (n, dimensions); zeros while an endpoint does not answer."""
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        lacking = [text for text in dict.fromkeys(texts) if text not in known]
        if lacking and not self._learn(lacking, known):
            return np.zeros((len(texts), self._dimensions), dtype=np.float32)
        with self._lock:
            for text in texts:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        rows = [known[text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self._dimensions)

    def _learn(self, lacking: Sequence[str], known: dict[str, NDArray[np.float32]]) -> bool:
        """Put their vectors to `known`; False where there are none to be had for now."""
        if time.monotonic() < self._asks_again_at:
            return False
        try:
            known |= zip(lacking, self.store.embedder.embed(lacking), strict=True)
        except EndpointError:
            self._asks_again_at = time.monotonic() + self.rest_s
            return False
        return True

    @property
    def _dimensions(self) -> int:
        """As stored: an endpoint that does not answer cannot be asked."""
        stored = self.store.catalogue.embedding_model
        return stored[1] if stored else self.store.embedder.dimensions


class Library:
    """The articles as one question may see them: within its filters, near its scope."""

    def __init__(
        self,
        retriever: Retriever,
        store: Store,
        vectors: SentenceVectors,
        filters: Filters | None = None,
        scope: Filters | None = None,
    ) -> None:
        self._retriever = retriever
        self._vectors = vectors
        self.catalogue = store.catalogue
        self.filters = filters
        self.scope = scope

    def search(self, text: str, k: int) -> list[Hit]:
        """The `k` passages most likely to help, best first. Raises StoreError."""
        return self._retriever.search(text, k, self.filters, prefer=self.scope)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text."""
        return self._vectors.of(texts)

    def article_ids(self, most: int) -> list[str]:
        """The first of those that may be looked at, in the catalogue's order."""
        return [it.article_id for it in self.catalogue.articles(self.filters, most)]

    def article_count(self) -> int:
        """How many may be looked at."""
        return self.catalogue.count_articles(self.filters)

    def whole(self, article_ids: Sequence[str]) -> dict[str, tuple[Source, ...]]:
        """Every sentence of these articles, in their order. Raises StoreError."""
        articles = self.catalogue.articles_by_id(article_ids)
        origins = self.catalogue.origin_ids(article_ids)
        return {
            article_id: sentences_of(self._passages(article, origins.get(article_id, "")))
            for article_id in article_ids
            if (article := articles.get(article_id)) is not None
        }

    def _passages(self, article: Article, origin_id: str) -> list[Hit]:
        passages = self.catalogue.passages_of(article.article_id)
        copies = self.catalogue.copies_of([(article.article_id, it.span) for it in passages])
        return [
            Hit(
                passage,
                article,
                score=0.0,
                also_in=tuple(Elsewhere(c.article_id, c.span) for c in found if c.same_facts),
                origin_id=origin_id,
            )
            for passage, found in zip(passages, copies, strict=True)
        ]


def sentences_of(hits: Iterable[Hit]) -> tuple[Source, ...]:
    """The sentences of the hits' passages, each once, without boilerplate and headings."""
    found: dict[tuple[str, Span], Source] = {}
    for hit in hits:
        for span in hit.passage.sentences:
            source = Source(len(found) + 1, hit, span)
            if source.place not in found and not _is_furniture(source):
                found[source.place] = source
    return tuple(found.values())


def _is_furniture(source: Source) -> bool:
    """An advertisement line and its like, a heading, or the headline over again.

    A sentence with its full stop is none: a text without a headline is titled by its first one.
    """
    if is_boilerplate(source.text) or is_heading(source.article.text, source.span):
        return True
    if source.text.rstrip("\"'”’) ")[-1:] in _ENDS:
        return False
    own, title = (
        [word.lower() for word in bare_words(text)] for text in (source.text, source.article.title)
    )
    return own == title
