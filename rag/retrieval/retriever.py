"""Question to hits: both indexes asked, fused, copies of one origin dropped.

While an embedding endpoint does not answer, words alone decide, and `troubles` says so.

Invariant: every hit's passage lies in its article's stored text, and none of a search's hits is a
copy of another: a copy that changed a figure, a name or a negation is no copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.articles.article import Article
from rag.errors import GroundwireError
from rag.index.store import Store
from rag.retrieval.fusion import fused
from rag.retrieval.hits import Elsewhere, Filters, Hit
from rag.retrieval.meaning import Meaning

CANDIDATES = 40
MOST = 0.6
# On multihop_facts, whose questions name publishers and days, recall@6 rises from .819 to .838; as
# a filter, what the questions name lowers it to .742.
PREFERENCE = 0.15


class Retriever:
    """Searches one store. Safe to use from several threads."""

    def __init__(self, store: Store, meaning: Meaning | None = None) -> None:
        self._store = store
        self._meaning = meaning or Meaning(store.embedder)

    @property
    def troubles(self) -> tuple[GroundwireError, ...]:
        """What searches have to do without or answer around; empty when all is well."""
        trouble = self._meaning.trouble
        return (*([trouble] if trouble else []), *self._store.troubles)

    def grasps(self, question: str) -> bool:
        """True when a search for `question` goes by its meaning, and not by its words alone."""
        return self._meaning.of(question) is not None

    def search(
        self,
        question: str,
        k: int = 10,
        filters: Filters | None = None,
        *,
        prefer: Filters | None = None,
    ) -> list[Hit]:
        """The `k` passages most likely to help, best first.

        `filters` always hold; articles that `prefer` matches come a little ahead.
        """
        store = self._store
        wanted = max(CANDIDATES, 2 * k)
        vector = self._meaning.of(question)
        cosines: dict[str, float] = {}
        lexical: dict[str, float] = {}
        for within in (filters or None, *([prefer] if prefer and not filters else [])):
            lexical |= store.lexical.search(question, wanted, within)
            if vector is not None:
                cosines |= store.vectors.search(vector, wanted, within)
        if vector is not None:
            vectors = store.vectors.get([*{*lexical} - {*cosines}])
            cosines |= {
                passage_id: float(np.dot(vectors[passage_id], vector)) for passage_id in vectors
            }
        ranking = fused(cosines, lexical)
        passages = store.catalogue.passages([passage_id for passage_id, _ in ranking])
        articles = store.catalogue.articles_by_id(
            list({passage.article_id for passage in passages.values()})
        )

        def worth(score: float, article: Article) -> float:
            return score + (PREFERENCE if prefer and prefer.matches(article) else 0.0)

        found = [
            Hit(
                passage,
                article := articles[passage.article_id],
                worth(score, article),
                cosines.get(passage_id, 0.0),
            )
            for passage_id, score in ranking
            if (passage := passages.get(passage_id)) is not None
            and passage.article_id in articles  # not removed since the index was asked
        ]
        found.sort(key=lambda hit: (-hit.score, hit.passage.passage_id))
        return _one_of_each(self._with_copies(found), k)

    def _with_copies(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits with their origin, and where else their words stand."""
        catalogue = self._store.catalogue
        origins = catalogue.origin_ids(list({hit.article.article_id for hit in hits}))
        copies = catalogue.copies_of([(h.article.article_id, h.passage.span) for h in hits])
        return [
            replace(
                hit,
                origin_id=origins.get(hit.article.article_id, hit.article.article_id),
                also_in=tuple(Elsewhere(c.article_id, c.span) for c in found if c.same_facts),
            )
            for hit, found in zip(hits, copies, strict=True)
        ]


def _one_of_each(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The first `k` hits of which none only repeats an earlier one."""
    kept: list[Hit] = []
    for hit in hits:
        if len(kept) == k:
            break
        if not any(_repeats(hit, other) for other in kept):
            kept.append(hit)
    return kept


def _repeats(hit: Hit, other: Hit) -> bool:
    """True when most of the words of `hit` stand, with the same facts, in `other`."""
    span = other.passage.span
    return any(
        copy.article_id == other.article.article_id
        and copy.span.overlaps(span)
        and min(copy.span.end, span.end) - max(copy.span.start, span.start)
        >= MOST * len(hit.passage.text)
        for copy in hit.also_in
    )
