"""Do the sources answer the question at all? Asked before writing, and of each sentence written.

A sentence can be true to its source and still be no answer; and a small model answers everything.
So four signals are weighed, none of which is the draft itself: the model's yes over no to "do the
reports state the answer" and to "is this the answer", the best passage's similarity, and the share
of the question's words that stand near the cited sentences. Invariant: this only ever withholds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.overlap import coverage
from rag.answering.questions import answers_kind, parts, unknown_to
from rag.answering.verifier import Verified, surroundings
from rag.retrieval.hits import Hit

# Below this the model is sure that nothing is stated, and writing would be wasted time.
HOPELESS_LOG_ODDS = -0.5
# Weights by eye on 68 development questions of three sets; see ARCHITECTURE, "Decisions".
STATED_WEIGHT = 0.6
ANSWER_WEIGHT = 0.5
COSINE_WEIGHT = 3.0
COVERED_WEIGHT = 2.0
THRESHOLD = 3.8


@dataclass(frozen=True)
class Signals:
    """What is known before writing.

    `stated` is the model's log-odds that the answer is stated (None: it did not say); `cosine`
    the best passage's similarity to the question; `unknown` a name that no passage has.
    """

    stated: float | None
    cosine: float
    unknown: str | None

    @property
    def worth_writing(self) -> bool:
        """False when nothing could come of it."""
        return self.unknown is None and (self.stated is None or self.stated > HOPELESS_LOG_ODDS)

    @property
    def reason(self) -> str:
        """Why not, for the reader."""
        if self.unknown is not None:
            return f"The articles found say nothing about {self.unknown}."
        return "The articles found are about something near, but do not state the answer."


def read_signals(question: str, hits: Sequence[Hit], ask: Callable[[], float | None]) -> Signals:
    """The signals for a question; the model (`ask`) is spared when a name is unknown."""
    context = "\n".join(f"{hit.article.title}\n{hit.passage.text}" for hit in hits)
    unknown = unknown_to(question, context)
    return Signals(
        stated=None if unknown else ask(),
        cosine=max((hit.cosine for hit in hits), default=0.0),
        unknown=unknown,
    )


def answer_score(
    stated: float | None, asked_back: float | None, cosine: float, covered: float
) -> float:
    """Above 0 for an answer. All but the log-odds are shares (0…1).

    >>> answer_score(stated=2.0, asked_back=2.5, cosine=0.7, covered=1.0) > 0
    True
    >>> answer_score(stated=0.3, asked_back=-0.5, cosine=0.3, covered=0.5) > 0
    False
    """
    return (
        STATED_WEIGHT * (stated or 0.0)
        + ANSWER_WEIGHT * (asked_back or 0.0)
        + COSINE_WEIGHT * cosine
        + COVERED_WEIGHT * covered
        - THRESHOLD
    )


def answers(question: str, verified: Verified, signals: Signals, asked_back: float | None) -> bool:
    """Is this sentence, true as it is, an answer to the question (or to a part of it)?"""
    near = surroundings(verified.sources)
    covered = max(coverage(part, near) for part in (question, *parts(question)))
    return answer_score(signals.stated, asked_back, signals.cosine, covered) > 0


def open_parts(question: str, claims: Sequence[str]) -> tuple[str, ...]:
    """Parts of a compound question that no claim gives an answer of the right kind to.

    >>> open_parts("Who won the cup, and on what date?", ["Ann won it on Friday."])
    ('on what date?',)
    """
    asked = parts(question)
    if len(asked) < 2:
        return ()
    return tuple(part for part in asked if not any(answers_kind(part, text) for text in claims))
