"""A draft claim becomes a supported claim, the source's own words, or a removed sentence.

Invariant: whatever comes out as supported passed every deterministic check against exactly the
sentences that it cites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.attribution import attributed
from rag.answering.checks import Reason
from rag.answering.citing import Grounds, evidence_of, grounds
from rag.answering.overlap import coverage
from rag.answering.questions import answers_kind, parts, unknown_to
from rag.answering.sources import Source
from rag.answering.support import evidence_from, features, supported

# A sentence with less of a draft's words gave it a name at most; with less of the question's, it
# is about something else.
MIN_QUOTED_COVERAGE = 0.4
MIN_QUOTED_QUESTION = 0.4
MOST_QUOTED = 2
_CONTEXT_CHARS = 1_200
_BESIDE_THE_POINT = 0.55
_NEAR_CHARS = 300
_MAIN_COVERAGE_NEAR = 0.5
_MAIN_COVERAGE_FAR = 0.65


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


def verify(question: str, draft: str, sources: Sequence[Source]) -> Verified | Rejected:
    """Check one draft against the sources that support it best."""
    found = grounds(draft, sources)
    if found.failures:
        first = found.failures[0]
        return Rejected(draft, first.reason, first.detail)
    if _is_patchwork(draft, found):
        return Rejected(draft, "not_stated", "pieced together from several sentences")
    if not any(answers_kind(part, draft) for part in parts(question)):
        return Rejected(draft, "does_not_answer")
    unknown = unknown_to(question, surroundings(found.sources))
    if unknown:
        return Rejected(draft, "does_not_answer", unknown)
    text = attributed(draft, found.sources[0])
    return Verified(text, found.sources, support_score(draft, found), verbatim=text != draft)


def _is_patchwork(text: str, found: Grounds) -> bool:
    """True when no one sentence says most of it: words from here and there state nothing."""
    main, *others = found.sources
    if not others:
        return False
    near = all(main.is_next_to(other, within_chars=_NEAR_CHARS) for other in others)
    return coverage(text, main.text) < (_MAIN_COVERAGE_NEAR if near else _MAIN_COVERAGE_FAR)


def to_the_point(
    question: str, outcomes: Sequence[Verified | Rejected]
) -> list[Verified | Rejected]:
    """The outcomes, with true sentences withheld that speak of the question far less than the best.

    A small model copies a few lines too many.
    """
    shares = {
        outcome.text: coverage(question, outcome.text)
        for outcome in outcomes
        if isinstance(outcome, Verified)
    }
    best = max(shares.values(), default=0.0)
    return [
        Rejected(outcome.text, "does_not_answer")
        if shares.get(outcome.text, best) < best * _BESIDE_THE_POINT
        else outcome
        for outcome in outcomes
    ]


def support_score(claim: str, found: Grounds) -> float:
    """How surely the evidence states the claim (0…1); names may be resolved by what is around."""
    cited = sorted(found.sources, key=lambda source: source.number)
    around = evidence_of(cited, frozenset())
    evidence = evidence_from(tuple(one.text for one in cited), (around.title, around.context))
    return round(supported(features(claim, evidence)), 3)


def surroundings(sources: Sequence[Source]) -> str:
    """Title and neighbourhood of the sources: where a question's names must be found."""
    texts = []
    for source in sources:
        text, span = source.article.text, source.span
        texts.append(source.article.title)
        texts.append(text[max(0, span.start - _CONTEXT_CHARS) : span.end + _CONTEXT_CHARS])
    return "\n".join(texts)


def quoted(question: str, rejected: Rejected, sources: Sequence[Source]) -> tuple[Verified, ...]:
    """The source sentences that a rejected draft drew on, verbatim, the likeliest first.

    Empty when the draft was no answer, or when no sentence has enough of it and of the question.
    """
    if rejected.reason == "does_not_answer":
        return ()
    drawn_on = sorted(
        (
            (coverage(rejected.text, source.text), -source.number, source)
            for source in sources
            if coverage(question, source.text) >= MIN_QUOTED_QUESTION
        ),
        reverse=True,
    )
    found = []
    for covered, _, source in drawn_on[:MOST_QUOTED]:
        verified = verify(question, source.text, [source])
        if covered >= MIN_QUOTED_COVERAGE and isinstance(verified, Verified):
            words = " ".join(source.text.split())
            found.append(Verified(words, (source,), verified.support, verbatim=True))
    return tuple(found)
