"""Do the sources state the answer at all? Asked before a word is written.

Invariant: the answer of this module only ever withholds; what it lets through is still verified.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.overlap import coverage
from rag.answering.questions import answers_kind, parts, unknown_to
from rag.answering.sources import Source
from rag.retrieval.hits import Hit

MIN_SCORE = 0.0


@dataclass(frozen=True)
class Signals:
    """What tells answerable from not.

    `log_odds` is the model's yes over no to "do the reports state the answer"; `cosine` the best
    passage's similarity to the question; `covered` the share of the question's content words in
    the passage that has most of them; `unknown` a name in the question that no source has.
    """

    log_odds: float | None
    cosine: float
    covered: float
    unknown: str | None

    @property
    def score(self) -> float:
        """Above 0 for answerable."""
        if self.unknown is not None:
            return -9.0
        model = 0.0 if self.log_odds is None else self.log_odds
        return model + 2.0 * (self.cosine - 0.4) + (self.covered - 0.5)

    @property
    def reason(self) -> str:
        """Why it is not answerable, for the reader."""
        if self.unknown is not None:
            return f"The articles found say nothing about {self.unknown}."
        return "The articles found are about something near, but do not state the answer."


def read_signals(
    question: str, hits: Sequence[Hit], sources: Sequence[Source], ask: Callable[[], float | None]
) -> Signals:
    """The signals for a question; the model (`ask`) is spared when a name is unknown."""
    context = "\n".join([hit.article.title + "\n" + hit.passage.text for hit in hits])
    unknown = unknown_to(question, context)
    return Signals(
        log_odds=None if unknown else ask(),
        cosine=max((hit.cosine for hit in hits), default=0.0),
        covered=max((coverage(question, hit.passage.text) for hit in hits), default=0.0),
        unknown=unknown,
    )


def is_answerable(signals: Signals) -> bool:
    """True when writing is worth it."""
    return signals.score > MIN_SCORE


def open_parts(question: str, claims: Sequence[str]) -> tuple[str, ...]:
    """Parts of a compound question that no claim gives an answer of the right kind to.

    >>> open_parts("Who won the cup, and on what date?", ["Ann won it on Friday."])
    ('on what date?',)
    """
    asked = parts(question)
    if len(asked) < 2:
        return ()
    return tuple(part for part in asked if not any(answers_kind(part, text) for text in claims))
