"""What answerers show becomes the Answer: citations numbered in order of first appearance.

Invariant: one span has one number, each quote is cut from the stored text
(`rag.check.citations`), and what was withheld is counted.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from rag.answer import (
    Abstention,
    Answer,
    Citation,
    Claim,
    Conflict,
    Coverage,
    Highlight,
    Kind,
    Position,
    Provenance,
    Removed,
    Scope,
    Status,
    Timings,
    Usage,
    YesNoVerdict,
)
from rag.answering.task import Show
from rag.check.citations import Citations
from rag.check.conflicts import is_later
from rag.retrieval.hits import Hit
from rag.retrieval.sources import Source
from rag.text.words import one_line


class Assembly:
    """Collects what goes into one answer."""

    def __init__(self) -> None:
        self._citations = Citations()
        self._removed: list[Removed] = []
        self._conflicts: list[Conflict] = []
        self._related: list[Show] = []
        self._usage = Usage()
        self._first_sentence_at: float | None = None
        self.claims: list[Claim] = []
        self.leads: list[str] = []
        self.verdict: YesNoVerdict | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Those of the claims so far, in order."""
        return tuple(self._citations.listed)

    def add(self, show: Show) -> tuple[Claim, tuple[Citation, ...]]:
        """The claim, and the citations that it is the first to use."""
        before = len(self._citations.listed)
        claim = self._claim(show)
        self.claims.append(claim)
        self.began()
        return claim, tuple(self._citations.listed[before:])

    def says(self, text: str) -> bool:
        """Whether one of the claims so far reads so."""
        return any(claim.text == text for claim in self.claims)

    def began(self) -> None:
        """Something can be read from now on."""
        self._first_sentence_at = self._first_sentence_at or time.monotonic()

    def relate(self, show: Show) -> None:
        """Keep what the articles say on the subject of a question that they do not answer."""
        self._related.append(show)

    def withhold(self, text: str, reason: str) -> Removed:
        """Note a sentence that is not shown."""
        self._removed.append(Removed(text=text, reason=reason))
        return self._removed[-1]

    def disagree(self, about: str, claim: Claim, source: Source, others: Sequence[Source]) -> None:
        """Note that `others` say another thing about something than the claim, of `source`."""
        sides = (source, *others)
        positions = tuple(
            Position(
                text=claim.text if side is source else one_line(side.text),
                citations=claim.citations if side is source else self._citations.cite([side]),
                later=all(is_later(side, other) for other in sides if other is not side),
            )
            for side in sides
        )
        self._conflicts.append(Conflict(about=about, positions=positions))

    @property
    def asked_model(self) -> bool:
        """Whether a request was made for this answer."""
        return self._usage != Usage()

    def count(self, usage: Usage) -> None:
        """Add the tokens of a request."""
        self._usage += usage

    def finished(
        self,
        *,
        question: str,
        searched_for: str,
        kind: Kind,
        scope: Scope | None,
        reason: str | None,
        hits: Sequence[Hit],
        follow_ups: Sequence[str],
        provenance: Provenance,
        retrieve_s: float,
        started: float,
    ) -> Answer:
        """The answer with all that was collected; `reason` says what stays open, if anything."""
        first = self._first_sentence_at
        answered = bool(self.claims or self.leads)
        status: Status = "abstained" if not answered else "partial" if reason else "answered"
        abstention = None
        if reason is not None:
            related = () if answered else tuple(self._claim(it) for it in self._related)
            nearest = dict.fromkeys(number for it in related for number in it.citations)
            abstention = Abstention(reason=reason, related=related, nearest=tuple(nearest))
        return Answer.model_validate(
            {
                "id": uuid.uuid4().hex,
                "question": question,
                "searched_for": searched_for,
                "kind": kind,
                "scope": scope,
                "status": status,
                "verdict": self.verdict,
                "lead": " ".join(self.leads) or None,
                "claims": tuple(self.claims),
                "citations": tuple(self._citations.listed),
                "removed": tuple(self._removed),
                "conflicts": tuple(self._conflicts),
                "abstention": abstention,
                "follow_ups": tuple(follow_ups),
                "coverage": self._coverage(hits),
                "provenance": provenance,
                "timings_s": Timings(
                    retrieve=round(retrieve_s, 3),
                    first_sentence=first and round(first - started, 3),
                    total=round(time.monotonic() - started, 3),
                ),
                "usage": self._usage,
            }
        )

    def _claim(self, show: Show) -> Claim:
        numbers = self._citations.cite((*show.sources, *show.also))
        marks = []
        for source, span in show.highlights:
            (number,) = self._citations.cite([source])
            marks.append(Highlight(citation=number, start=span.start, end=span.end))
        return Claim(
            text=show.text,
            citations=numbers,
            support=show.support,
            origin_count=len({source.origin_id for source in (*show.sources, *show.also)}),
            verbatim=show.worded is None,
            highlights=tuple(marks),
            group=show.group,
            when=show.when,
        )

    def _coverage(self, hits: Sequence[Hit]) -> Coverage | None:
        cited = {citation.article_id for citation in self._citations.listed}
        looked_at = {hit.article.article_id for hit in hits} | cited
        if not looked_at:
            return None
        origins = set(self._citations.origins.values())
        return Coverage(articles=len(looked_at), used=len(cited), origins=len(origins))
