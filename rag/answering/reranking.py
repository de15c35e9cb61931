"""The likeliest sentences read once more, each together with the question.

What is scored first by likeness of meaning and words knows no paraphrase; a small model that was
taught (`rag/models/reranker.py`) reads the best of them beside the question. Both are weighed
(`scoring.json`). Invariant: no sentence is dropped, and those that were not read stay behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.scoring import RERANKED, Scored, weighed
from rag.models.reranker import packaged_reranker
from rag.retrieval.sources import NEXT_CHARS, Source

MOST_READ = 40
_BEFORE_CHARS = 160


def reranked(asked: str, ranked: Sequence[Scored]) -> list[Scored]:
    """The sentences of `ranked`, which has the best first, in their new order. Raises WeightsError.

    `asked` is the question after what it leans on.
    """
    found = [
        replace(one, score=weighed({"score": one.score, "read": value}, RERANKED))
        for one, value in zip(ranked, read(asked, ranked), strict=True)
    ]
    return sorted(found, key=lambda one: (-one.score, one.source.place))


def read(asked: str, ranked: Sequence[Scored]) -> list[float]:
    """The model's log-odds for each; behind the first MOST_READ the least of these.

    Raises WeightsError.
    """
    everything = [one.source for one in ranked]
    texts = [with_context(one.source, everything) for one in ranked[:MOST_READ]]
    values: list[float] = packaged_reranker().log_odds(asked, texts).tolist()
    return values + [min(values, default=0.0)] * (len(ranked) - len(values))


def with_context(source: Source, everything: Sequence[Source]) -> str:
    """A sentence as it is read: before its article's title and the sentence that it follows."""
    before = next((it.text for it in everything if _precedes(it, source)), "")
    return f"{source.text} [SEP] {source.article.title}. {before[-_BEFORE_CHARS:]}"


def _precedes(one: Source, other: Source) -> bool:
    return one.span.end <= other.span.start and one.is_next_to(other, within_chars=NEXT_CHARS)
