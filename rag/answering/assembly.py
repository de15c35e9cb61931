"""Verified sentences to the Answer: citations numbered in order of first appearance.

Invariant: one span has one number, each quote is cut from the stored text right here, and what was
withheld is counted.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence

from rag.answer import (
    Abstention,
    AlsoIn,
    Answer,
    Citation,
    Claim,
    Conflict,
    Position,
    Removed,
    Scope,
    Status,
    Timings,
    Usage,
)
from rag.answering.finding import Found, Inquiry
from rag.answering.prompts import one_line
from rag.check.conflicts import is_later
from rag.check.verifier import Rejected, Verified
from rag.retrieval.evidence import Source


class Assembly:
    """Collects what goes into one answer."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._removed: list[Removed] = []
        self._conflicts: list[Conflict] = []
        self._usage = Usage()
        self._first_sentence_at: float | None = None
        self.citations: list[Citation] = []
        self.claims: list[Claim] = []

    def add(self, verified: Verified) -> tuple[Claim, tuple[Citation, ...]]:
        """The claim, and the citations that it is the first to use."""
        self._first_sentence_at = self._first_sentence_at or time.monotonic()
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

    def withhold(self, rejected: Rejected) -> Removed:
        """Note a sentence that is not shown."""
        self._removed.append(Removed(text=rejected.text, reason=rejected.reason))
        return self._removed[-1]

    def disagree(self, about: str, claim: Claim, source: Source, others: Sequence[Source]) -> None:
        """Note that `others` say another thing about something than the claim, of `source`."""
        sides = (source, *others)
        positions = tuple(
            Position(
                text=claim.text if side is source else one_line(side.text),
                citations=claim.citations if side is source else self.cite([side]),
                later=all(is_later(side, other) for other in sides if other is not side),
            )
            for side in sides
        )
        self._conflicts.append(Conflict(about=about, positions=positions))

    def count(self, usage: Usage) -> None:
        """Add the tokens of a request."""
        self._usage += usage

    def finished(
        self,
        found: Found,
        status: Status,
        abstention: Abstention | None = None,
    ) -> Answer:
        """The answer with all that was collected."""
        inquiry = found.inquiry
        first = self._first_sentence_at
        return Answer.model_validate(
            {
                "id": uuid.uuid4().hex,
                "question": inquiry.question,
                "searched_for": found.searched_for,
                "scope": _scope(inquiry),
                "status": status,
                "claims": tuple(self.claims),
                "citations": tuple(self.citations),
                "removed": tuple(self._removed),
                "conflicts": tuple(self._conflicts),
                "abstention": abstention,
                "provenance": inquiry.provenance,
                "timings_s": Timings(
                    retrieve=round(found.retrieve_s, 3),
                    first_sentence=first and round(first - inquiry.started, 3),
                    total=round(time.monotonic() - inquiry.started, 3),
                ),
                "usage": self._usage,
            }
        )

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


def _scope(inquiry: Inquiry) -> Scope | None:
    named = inquiry.filters or inquiry.scope
    if not named:
        return None
    return Scope(
        named_by="user" if inquiry.filters else "question",
        publishers=named.publishers,
        published_from=named.published_from,
        published_to=named.published_to,
    )
