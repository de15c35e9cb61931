"""Numbers for what is cited.

Invariant: one span has one number, and each quote is cut from the stored text right here.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.answer import AlsoIn, Citation
from rag.retrieval.sources import Source


class Citations:
    """Numbers for the sentences that are cited, in order of first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.listed: list[Citation] = []
        self.origins: dict[int, str] = {}

    def cite(self, sources: Iterable[Source]) -> tuple[int, ...]:
        """The numbers of these sources, new ones given where needed."""
        return tuple(dict.fromkeys(self._number(source) for source in sources))

    def _number(self, source: Source) -> int:
        article, span = source.article, source.span
        key = (article.article_id, span.start, span.end)
        if key not in self._numbers:
            number = self._numbers[key] = len(self.listed) + 1
            self.origins[number] = source.origin_id
            self.listed.append(
                Citation(
                    number=number,
                    article_id=article.article_id,
                    article_sha256=article.sha256,
                    passage_id=source.hit.passage.passage_id,
                    start=span.start,
                    end=span.end,
                    quote=span.of(article.text),
                    page=article.page_at(span.start),
                    title=article.title,
                    publisher=article.publisher,
                    published_at=article.written_on(span.start),
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
