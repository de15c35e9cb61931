"""Verified sentences to the Answer: citations numbered in order of first appearance.

Invariant: one span has one number, and each quote is cut from the stored text right here.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.answering.answer import AlsoIn, Citation, Claim
from rag.answering.sources import Source
from rag.answering.verifier import Verified


class Assembly:
    """Collects an answer's claims and citations."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.citations: list[Citation] = []
        self.claims: list[Claim] = []

    def add(self, verified: Verified) -> tuple[Claim, tuple[Citation, ...]]:
        """The claim, and the citations that it is the first to use."""
        before = len(self.citations)
        numbers = self.cite(verified.sources)
        claim = Claim(
            text=verified.text,
            citations=numbers,
            support=verified.support,
            origin_count=len({source.origin_id for source in verified.sources}),
            verbatim=verified.verbatim,
        )
        self.claims.append(claim)
        return claim, tuple(self.citations[before:])

    def cite(self, sources: Iterable[Source]) -> tuple[int, ...]:
        """The numbers of these sources, new ones given where needed."""
        return tuple(dict.fromkeys(self._number(source) for source in sources))

    def _number(self, source: Source) -> int:
        article, span = source.article, source.span
        key = (article.article_id, span.start, span.end)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(
                Citation(
                    number=self._numbers[key],
                    article_id=article.article_id,
                    article_sha256=article.sha256,
                    passage_id=source.hit.passage.passage_id,
                    start=span.start,
                    end=span.end,
                    quote=span.of(article.text),
                    page=article.page_at(span.start),
                    title=article.title,
                    publisher=article.publisher,
                    published_at=article.published_at,
                    url=article.url,
                    also_in=tuple(
                        AlsoIn(
                            article_id=other.article_id, start=other.span.start, end=other.span.end
                        )
                        for other in source.hit.also_in
                    ),
                )
            )
        return self._numbers[key]
