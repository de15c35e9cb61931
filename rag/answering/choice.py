"""Which of the checked sentences are shown, what is quoted where none stands, and what is quoted
before anything is written.

Invariant: nothing is shown that was not verified; this only leaves out, or quotes a source.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.questions import kind, without_why
from rag.check.attribution import with_its_marks
from rag.check.verifier import MOST_QUOTED_CHARS, Rejected, Verified, verify, word_for_word
from rag.retrieval.evidence import NEXT_CHARS, Source, opens_leaning
from rag.text.overlap import content, coverage
from rag.text.reasons import gives_reason, is_outcome

# A sentence with less of a draft's words gave it a name at most, unless it has nearly all of the
# question, or all that the draft brings to it; with less of the question's, it is about something
# else.
MIN_QUOTED_COVERAGE = 0.4
MIN_QUOTED_QUESTION = 0.4
ALL_OF_QUESTION = 0.8
MOST_QUOTED = 2
_LEAST_BROUGHT = 2
# One sentence that answers by itself; chosen beside what a model made of the same sentences. With
# .75 the word that it lacked was now and then the one that was asked for (docs/figures.md).
_STANDS_OUT = 0.85
_STANDS_OUT_ALONE = 0.5
_AHEAD_BY = 0.1
_REWORDED = 0.75
_BESIDE_THE_POINT = 0.55
_SAID_TWICE = 0.85


def standing_out(question: str, about: str, sources: Sequence[Source]) -> Verified | None:
    """The sentence that has nearly all of the question where no other has as much, word for word.

    Where the sources state the answer, it answers as often as what a small model writes of them,
    and nothing needs to be written. `about` is the question after the talk that it leans on. One
    that says nearly the same is no other; one that opens with "he" answers nothing by itself.
    """
    shares = {one: coverage(about, one.titled) for one in sources}
    best = max(sources, key=shares.__getitem__)
    if not content(question) or opens_leaning(best.text):
        return None
    if min(shares[best], coverage(question, best.titled)) < _STANDS_OUT:
        return None
    if coverage(question, best.text) < _STANDS_OUT_ALONE:
        return None
    near = [one for one in sources if shares[one] > shares[best] - _AHEAD_BY]
    if not all(_rewords(one, best) for one in near) or not _answers(question, best):
        return None
    return word_for_word(best)


def with_its_reason(question: str, named: Source, sources: Sequence[Source]) -> Verified | None:
    """What a "why" asks about, and the sentence beside it that says why, word for word.

    For a sentence that a model holds for the answer and that gives no reason itself. Where it says
    that it is an outcome ("Predictably, …"), the reason is the sentence before it; else the one
    after it, if that leans on it ("They have …").
    """
    if kind(question) != "reason" or gives_reason(named.text):
        return None
    if not isinstance(verify(without_why(question), named.text, sources), Verified):
        return None
    before, after = _beside(named, sources)
    reason = before if is_outcome(named.text) else after
    if reason is None or (reason is after and not opens_leaning(after.text)):
        return None
    pair = sorted((named, reason), key=lambda one: one.span.start)
    text = " ".join(map(with_its_marks, pair))
    return Verified(text, (named, reason), 1.0) if len(text) <= MOST_QUOTED_CHARS else None


def _beside(named: Source, sources: Sequence[Source]) -> tuple[Source | None, Source | None]:
    """The sentences that stand right before and right after it, where they are among these."""
    near = [one for one in sources if one.is_next_to(named, within_chars=NEXT_CHARS)]
    before = [one for one in near if one.span.end <= named.span.start]
    after = [one for one in near if one.span.start >= named.span.end]
    return (
        max(before, key=lambda one: one.span.end, default=None),
        min(after, key=lambda one: one.span.start, default=None),
    )


def _rewords(one: Source, other: Source) -> bool:
    return min(coverage(one.text, other.text), coverage(other.text, one.text)) >= _REWORDED


def _answers(question: str, source: Source) -> bool:
    return isinstance(verify(question, source.text, [source]), Verified)


def to_the_point(
    question: str, outcomes: Sequence[Verified | Rejected]
) -> list[Verified | Rejected]:
    """The outcomes, with true sentences withheld that speak of the question far less than the best.

    A small model copies a few lines too many. What another of the sentences says as well is left
    out: there is nothing to withhold.
    """
    outcomes = [
        outcome
        for place, outcome in enumerate(outcomes)
        if not _is_said_by_another(place, outcomes)
    ]
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


def _is_said_by_another(place: int, outcomes: Sequence[Verified | Rejected]) -> bool:
    """True when a longer of the sentences, or an equal one before it, has nearly all its words."""
    one = outcomes[place]
    return isinstance(one, Verified) and any(
        isinstance(other, Verified)
        and coverage(one.text, other.text) >= _SAID_TWICE
        and (len(content(other.text)), -elsewhere) > (len(content(one.text)), -place)
        for elsewhere, other in enumerate(outcomes)
    )


def quoted(question: str, rejected: Rejected, sources: Sequence[Source]) -> tuple[Verified, ...]:
    """The source sentences that a rejected draft drew on, verbatim, and those that have nearly all
    of the question, or all of what the draft says beside it, which come first; each after those
    that say who its "he" is.

    A draft that was no answer leads only to those with nearly all of the question.
    """
    is_answer = rejected.reason != "does_not_answer"
    brought = content(rejected.text) - content(question)
    likely = []
    for source in sources:
        drawn_on, asked = coverage(rejected.text, source.text), coverage(question, source.text)
        titled = coverage(question, source.titled)
        has_all = bool(content(question)) and asked >= ALL_OF_QUESTION
        has_answer = len(brought) >= _LEAST_BROUGHT and brought <= content(source.text)
        is_reworded = drawn_on >= MIN_QUOTED_COVERAGE and titled >= MIN_QUOTED_QUESTION
        if has_all or (is_answer and (has_answer or is_reworded)):
            likely.append((is_answer and has_answer, drawn_on, -source.number, source))
    ranked = [source for *_, source in sorted(likely, key=lambda one: one[:3], reverse=True)]
    outcomes = [verify(question, source.text, sources) for source in ranked[:MOST_QUOTED]]
    return tuple(one for one in outcomes if isinstance(one, Verified))
