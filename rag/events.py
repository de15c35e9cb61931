"""What happens while an answer is made, in order: the events of `Newsroom.stream`.

`Progress*`, `Sources`, then `Progress | Lead | Sentence | Withheld` in any order, and `Done` last.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Answer, Citation, Claim, Removed, YesNoVerdict
from rag.retrieval.hits import Hit


@dataclass(frozen=True)
class Progress:
    """A named step begins. `step`: searching, reading, checking, waiting."""

    step: str
    detail: str


@dataclass(frozen=True)
class Sources:
    """The passages that were found."""

    hits: tuple[Hit, ...]
    searched_for: str


@dataclass(frozen=True)
class Lead:
    """What the program says itself, and the verdict of a yes-or-no question; it is read first.

    An answer may have several: their texts, with a blank between, are its lead, and the last
    verdict is its verdict.
    """

    text: str | None
    verdict: YesNoVerdict | None = None


@dataclass(frozen=True)
class Sentence:
    """A claim that passed every check, with the citations it is the first to use."""

    claim: Claim
    new_citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Withheld:
    """A drafted sentence that failed and could not be repaired."""

    removed: Removed


@dataclass(frozen=True)
class Done:
    """The whole answer; its claims are the sentences sent before."""

    answer: Answer


Event = Progress | Sources | Lead | Sentence | Withheld | Done
