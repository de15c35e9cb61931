"""Saying that the articles do not answer, and what they do say on the subject.

When a kind is declined stands in its answerer, by the limits of `answerers/limits.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.diversity import SAME, diverse
from rag.answering.scoring import Scored
from rag.answering.task import Show
from rag.retrieval.sources import Source

NOT_STATED = "The articles do not say this."
_RELATED = 3


def related(ranked: Sequence[Scored]) -> tuple[Show, ...]:
    """What the articles do say on the subject."""
    near: list[Source] = [one.source for one in diverse(ranked, _RELATED, same=SAME)]
    return tuple(Show((source,)) for source in near)
