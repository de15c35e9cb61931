"""Question to hits: both indexes asked, fused, near-duplicates dropped.

Invariant: every hit's passage lies in its article's stored text, and no two hits of one search
say nearly the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.articles.article import Article, Passage
from rag.index.store import Store
from rag.retrieval.fusion import fused
from rag.retrieval.hits import Elsewhere, Filters, Hit

CANDIDATES = 40
SAME_ORIGIN_COSINE = 0.9


class Retriever:
    """Searches one store. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The `k` passages most likely to help, best first."""
        store = self._store
        wanted = max(CANDIDATES, 2 * k)
        vector = store.embedder.embed([question])[0]
        cosines = dict(store.vectors.search(vector, wanted, filters or None))
        lexical = dict(store.lexical.search(question, wanted, filters or None))
        vectors = store.vectors.get([*{*cosines, *lexical}])
        cosines |= {
            passage_id: float(np.dot(vectors[passage_id], vector))
            for passage_id in lexical
            if passage_id in vectors
        }
        ranking = fused(cosines, lexical)
        passages = store.catalogue.passages([passage_id for passage_id, _ in ranking])
        articles = store.catalogue.articles_by_id(
            list({passage.article_id for passage in passages.values()})
        )
        hits: list[Hit] = []
        for passage_id, score in ranking:
            passage = passages.get(passage_id)
            if passage is None or passage.article_id not in articles:
                continue  # removed since the index was asked
            hit = Hit(passage, articles[passage.article_id], score, cosines.get(passage_id, 0.0))
            place = _same_as(hit, hits, vectors)
            if place is None:
                hits.append(hit)
            elif hits[place].article.article_id != passage.article_id:
                hits[place] = _also(hits[place], passage)
        return hits[:k]


def _same_as(hit: Hit, hits: Sequence[Hit], vectors: dict[str, NDArray[np.float32]]) -> int | None:
    """Place of an earlier hit that says nearly the same, if there is one."""
    mine = vectors.get(hit.passage.passage_id)
    for place, other in enumerate(hits):
        theirs = vectors.get(other.passage.passage_id)
        if mine is None or theirs is None:
            continue
        if float(np.dot(mine, theirs)) >= SAME_ORIGIN_COSINE:
            return place
    return None


def _also(hit: Hit, passage: Passage) -> Hit:
    elsewhere = Elsewhere(passage.article_id, passage.span)
    return Hit(hit.passage, hit.article, hit.score, hit.cosine, also_in=(*hit.also_in, elsewhere))


def headline(article: Article) -> str:
    """Title with publisher and date where they are known.

    >>> headline(Article("a", "Text.", "Ferry sinks", publisher="Daily"))
    'Ferry sinks (Daily)'
    """
    day = article.published_at.isoformat() if article.published_at else None
    facts = ", ".join(filter(None, (article.publisher, day)))
    return f"{article.title} ({facts})" if facts else article.title
