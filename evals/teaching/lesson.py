"""One thing to learn: what a model reads, and which of a few tokens it should answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TokenIds = tuple[int, ...]


@dataclass(frozen=True)
class Lesson:
    """Tokens up to the marker and from it on, and which of the first `choices` would be right."""

    dataset: str
    before: TokenIds
    after: TokenIds
    right: tuple[int, ...]
    choices: int


# With the log-probability of each of its choices.
Answered = tuple[Lesson, Sequence[float]]
