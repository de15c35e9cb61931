"""The numbered sentences the writer reads, each an exact span of a stored article.

Invariant: source n is one sentence; `article.text[span.start:span.end]` is what the writer saw,
white space apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.articles.article import Article, Span
from rag.retrieval.hits import Hit


@dataclass(frozen=True)
class Source:
    """One numbered sentence of a hit's article."""

    number: int
    hit: Hit
    span: Span

    @property
    def article(self) -> Article:
        return self.hit.article

    @property
    def origin_id(self) -> str:
        return self.hit.origin_id or self.article.article_id

    @property
    def text(self) -> str:
        return self.span.of(self.article.text)

    def is_next_to(self, other: Source, *, within_chars: int = 600) -> bool:
        """True when both stand close together in the same article."""
        if self.article.article_id != other.article.article_id:
            return False
        first, second = sorted((self.span, other.span))
        return second.start - first.end <= within_chars


def number_sentences(hits: Sequence[Hit], *, max_chars: int = 1600) -> tuple[Source, ...]:
    """Number the sentences of the hits: articles by their best hit, sentences as they stand.

    Passages are taken in order of rank until `max_chars` is reached (the first always fits),
    and a sentence that two passages share is numbered once.
    """
    spans: dict[str, dict[Span, Hit]] = {}
    total = 0
    for hit in hits:
        taken = spans.setdefault(hit.article.article_id, {})
        fresh = [span for span in hit.passage.sentences if span not in taken]
        size = sum(span.end - span.start for span in fresh)
        if total and total + size > max_chars:
            continue
        total += size
        taken.update((span, hit) for span in fresh)
    ordered = [(span, hit) for taken in spans.values() for span, hit in sorted(taken.items())]
    return tuple(Source(n, hit, span) for n, (span, hit) in enumerate(ordered, start=1))
