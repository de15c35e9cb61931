"""Question to hits: both indexes asked, fused, copies of one origin dropped.

While an embedding endpoint does not answer, words alone decide, and `troubles` says so.

Invariant: every hit's passage lies in its article's stored text, and none of a search's hits is a
copy of another: a copy that changed a figure, a name or a negation is no copy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.errors import GroundwireError
from rag.filters import Filters
from rag.index.rows import Place
from rag.index.store import Store
from rag.retrieval.fusion import fused
from rag.retrieval.given import at_least_one
from rag.retrieval.hits import Elsewhere, Hit
from rag.retrieval.meaning import Meaning

CANDIDATES = 40
LOOKED_AT_ONCE = 24
REPEATED_SHARE = 0.6  # of a passage's characters, from which another one repeats it
# On multihop_facts, whose questions name publishers and days, recall@6 rises from .819 to .838; as
# a filter, what the questions name lowers it to .742.
PREFERENCE = 0.15

Found = tuple[Place, tuple[Elsewhere, ...]]


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

    def searches_by_meaning(self, question: str) -> bool:
        """False when a search for `question` goes by its words alone, as no vector can be had.

        The vector is kept for the search itself.
        """
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

        `filters` always hold; articles that `prefer` matches come a little ahead. Raises
        InputError for a `k` below 1, StoreError for a store that was closed.
        """
        store = self._store
        store.require_open()
        k = at_least_one(k)
        store.follow()
        cosines, lexical = self._rankings(question, max(CANDIDATES, 2 * k), filters, prefer)
        scores = fused(cosines, lexical)
        places = store.catalogue.places([*scores])  # without what was removed meanwhile
        worth = {
            passage_id: scores[passage_id] + PREFERENCE * bool(prefer and prefer.matches(place))
            for passage_id, place in places.items()
        }
        ordered = [places[one] for one in sorted(worth, key=lambda one: (-worth[one], one))]
        kept = self._without_repeats(ordered, k)
        articles = store.catalogue.articles_by_id([place.article_id for place, _ in kept])
        return [
            Hit(
                place.passage(article),
                article,
                worth[place.passage_id],
                cosines.get(place.passage_id, 0.0),
                also_in=also_in,
                origin_id=place.origin_id,
            )
            for place, also_in in kept
            if (article := articles.get(place.article_id)) is not None and place.is_of(article)
        ]

    def _rankings(
        self, question: str, most: int, filters: Filters | None, prefer: Filters | None
    ) -> tuple[dict[str, float], dict[str, float]]:
        """The cosine of each passage found by either index, and BM25 of those found by words.

        What `prefer` matches is looked for by itself, too. There are no cosines while an embedding
        endpoint does not answer.
        """
        store, vector = self._store, self._meaning.of(question)
        cosines: dict[str, float] = {}
        lexical: dict[str, float] = {}
        within_each = [filters or None]  # empty filters let everything through
        if prefer and not filters:
            within_each.append(prefer)
        for within in within_each:
            lexical |= store.lexical.search(question, most, within)
            if vector is not None:
                cosines |= store.vectors.search(vector, most, within)
        if vector is not None:
            missing = store.catalogue.vectors_of([*{*lexical} - {*cosines}])
            cosines |= {one: float(np.dot(other, vector)) for one, other in missing.items()}
        return cosines, lexical

    def _without_repeats(self, places: Sequence[Place], k: int) -> list[Found]:
        """The first `k` places of which none only repeats an earlier one, and where else each
        stands; copies are looked for no further down than needed.
        """
        kept: list[Found] = []
        for start in range(0, len(places), LOOKED_AT_ONCE):
            some = places[start : start + LOOKED_AT_ONCE]
            copies = self._store.catalogue.copies_of([(p.article_id, p.span) for p in some])
            for place, found in zip(some, copies, strict=True):
                if len(kept) == k:
                    return kept
                also_in = tuple(Elsewhere(c.article_id, c.span) for c in found if c.same_facts)
                if not any(_repeats(place, also_in, other) for other, _ in kept):
                    kept.append((place, also_in))
        return kept


def _repeats(place: Place, also_in: Sequence[Elsewhere], other: Place) -> bool:
    """True when most of the words of `place` stand, with the same facts, in `other`."""
    span = other.span
    return any(
        copy.article_id == other.article_id
        and copy.span.overlaps(span)
        and min(copy.span.end, span.end) - max(copy.span.start, span.start)
        >= REPEATED_SHARE * (place.span.end - place.span.start)
        for copy in also_in
    )
