"""Two rankings into one: meaning (cosine) and words (BM25).

Scores are added, not ranks: how far a passage leads says more than that it leads. BM25 has no
fixed scale, so it is divided by the best score of the question first. With the weight below the
fusion is above the better of the two rankings on each of seven development sets, and above a
fusion of the ranks (`docs/figures.md`).
"""

from __future__ import annotations

from collections.abc import Mapping

LEXICAL_WEIGHT = 0.4


def fused(cosines: Mapping[str, float], lexical: Mapping[str, float]) -> dict[str, float]:
    """Of each passage `cosine + weight · BM25 / best BM25`, in the order of their ids.

    A passage missing from one ranking counts 0 there.

    >>> fused({"a": 0.6, "b": 0.5}, {"b": 8.0})
    {'a': 0.6, 'b': 0.9}
    """
    best = max(lexical.values(), default=0.0) or 1.0
    return {
        passage_id: cosines.get(passage_id, 0.0)
        + LEXICAL_WEIGHT * lexical.get(passage_id, 0.0) / best
        for passage_id in sorted({*cosines, *lexical})
    }
