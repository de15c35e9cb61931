"""Teaches whether sources say a claim: `python -m evals fit-entailment`.

The figures are of texts that were not taught.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from evals.judges.calibration import auroc, balanced_accuracy, finite
from evals.judges.verifying import sources_of
from evals.teaching.claims import TaughtClaim
from evals.teaching.lesson import Answered, Lesson
from evals.teaching.tokens import Tokens
from rag.models.yesno import YES_NO_UNKNOWN
from rag.prompts import ENTAIL, holding
from rag.retrieval.sources import nearest
from rag.text.framing import bare

# Everything that is said of sources begins so.
MARKER = "Statement:"
RANK = 16
_RIGHT = {"yes": (0,), "no": (1,), "unknown": (2,), "not yes": (1, 2)}


@dataclass(frozen=True)
class EntailmentFigures:
    """Of the claims of texts that were held back; `balanced` is the accuracy at a half.

    None where all claims are true, or none is.
    """

    claims: int
    auroc: float | None
    balanced: float | None


def chosen(
    claims: Sequence[TaughtClaim], limit: int
) -> tuple[list[TaughtClaim], list[TaughtClaim]]:
    """What is taught, at most `limit` of each set and all about one text together; and at most a
    third as many that are held back.
    """
    taught: list[TaughtClaim] = []
    held_back: list[TaughtClaim] = []
    by_set: dict[str, dict[str, list[TaughtClaim]]] = defaultdict(lambda: defaultdict(list))
    for one in claims:
        by_set[one.dataset][one.document].append(one)
    for name, documents in by_set.items():
        ordered = sorted(documents)
        Random(name).shuffle(ordered)  # noqa: S311 - an order, no secret
        left = [limit, limit // 3]
        for document in ordered:
            some = documents[document]
            held = some[0].held_back
            if left[held] >= len(some):
                left[held] -= len(some)
                (held_back if held else taught).extend(some)
    return taught, held_back


def lessons_of(claims: Sequence[TaughtClaim], tokens: Tokens) -> Iterator[Lesson]:
    """The claims as the engine reads them."""
    for one in claims:
        sources = nearest(one.claim, sources_of(one.source))
        if sources:
            before, after = tokens.of_request(holding(bare(one.claim), sources, ENTAIL))
            right = _RIGHT[one.expected]
            yield Lesson(one.dataset, before, after, right, len(YES_NO_UNKNOWN))


def figures_of(read: Sequence[Answered]) -> EntailmentFigures:
    """Of one set."""
    labels = np.array([lesson.right == (0,) for lesson, _ in read])
    odds = np.array([yes - math.log(math.exp(no) + math.exp(rest)) for _, (yes, no, rest) in read])
    balanced = balanced_accuracy(labels, odds > 0)
    return EntailmentFigures(len(read), finite(auroc(labels, odds)), finite(balanced))
