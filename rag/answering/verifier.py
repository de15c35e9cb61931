"""A draft claim becomes a supported claim, the source's own words, or a removed sentence.

Invariant: whatever comes out as supported passed every deterministic check against exactly the
sentences that it cites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.attribution import attributed
from rag.answering.checks import Reason
from rag.answering.citing import Grounds, grounds
from rag.answering.overlap import coverage
from rag.answering.questions import answers_kind, parts, unknown_to
from rag.answering.sources import Source
from rag.answering.writer import Draft

# A sentence that shares less of a draft's words gave it a name at most.
MIN_QUOTED_COVERAGE = 0.25
_CONTEXT_CHARS = 1_200


@dataclass(frozen=True)
class Verified:
    """A sentence a reader may see: its words, its evidence, its score (0…1)."""

    text: str
    sources: tuple[Source, ...]
    support: float
    verbatim: bool = False


@dataclass(frozen=True)
class Rejected:
    """A sentence no reader sees as fact, the check it failed and the words at fault."""

    text: str
    reason: Reason
    detail: str = ""


def verify(question: str, draft: Draft, sources: Sequence[Source]) -> Verified | Rejected:
    """Check one draft against the sources that support it best."""
    found = grounds(draft.text, sources, draft.cited)
    if found.failures:
        first = found.failures[0]
        return Rejected(draft.text, first.reason, first.detail)
    if not any(answers_kind(part, draft.text) for part in parts(question)):
        return Rejected(draft.text, "does_not_answer")
    unknown = unknown_to(question, surroundings(found.sources))
    if unknown:
        return Rejected(draft.text, "does_not_answer", unknown)
    text = attributed(draft.text, found.sources[0])
    return Verified(text, found.sources, support_score(found), verbatim=text != draft.text)


def support_score(found: Grounds) -> float:
    """How surely the evidence states the claim (0…1): the share of its words that it has."""
    return round(found.coverage, 3)


def surroundings(sources: Sequence[Source]) -> str:
    """Title and neighbourhood of the sources: where a question's names must be found."""
    texts = []
    for source in sources:
        text, span = source.article.text, source.span
        texts.append(source.article.title)
        texts.append(text[max(0, span.start - _CONTEXT_CHARS) : span.end + _CONTEXT_CHARS])
    return "\n".join(texts)


def quoted(question: str, rejected: Rejected, sources: Sequence[Source]) -> tuple[Verified, ...]:
    """The source sentences that a rejected draft drew on, verbatim, in reading order.

    Empty when the draft was no answer, or when no sentence carries enough of it.
    """
    if rejected.reason == "does_not_answer":
        return ()
    drawn_on = [
        source
        for source in grounds(rejected.text, sources, ()).sources
        if coverage(rejected.text, source.text) >= MIN_QUOTED_COVERAGE
    ]
    found = []
    for source in sorted(drawn_on, key=lambda source: source.number):
        verified = verify(question, Draft(source.text, (source.number,)), [source])
        if isinstance(verified, Verified):
            words = " ".join(source.text.split())
            found.append(Verified(words, (source,), verified.support, verbatim=True))
    return tuple(found)
