"""From claims to an adapter, and how well it does on texts that it was not taught."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from evals.entailing.claims import TaughtClaim
from evals.judges.calibration import auroc
from evals.judges.verifying import sources_of
from evals.teaching.holding_back import is_held_back
from evals.teaching.teacher import Lesson, Size
from evals.teaching.teaching import teach
from evals.teaching.tokens import Answering, Tokens
from rag.models.yesno import YES_NO_UNKNOWN
from rag.prompts import ENTAIL, holding
from rag.retrieval.sources import Source, nearest
from rag.text.framing import bare

# Everything that is said of sources begins so.
MARKER = "Statement:"
SIZE = Size(rank=16, first_layer=8)
# A text of so many sentences is read whole, of a longer one those that are nearest to the claim.
_WHOLE = 8
_RIGHT = {"yes": (0,), "no": (1,), "unknown": (2,), "not yes": (1, 2)}


@dataclass(frozen=True)
class SetFigures:
    """Of the claims of texts that were held back; `balanced` is the accuracy at a half."""

    claims: int
    auroc: float
    balanced: float


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
            held = is_held_back(name, document, some[0].held_back_share)
            if left[held] >= len(some):
                left[held] -= len(some)
                (held_back if held else taught).extend(some)
    return taught, held_back


def read_for(claim: str, source: str) -> list[Source]:
    """The sentences of a text that are read for a claim."""
    sources = sources_of(source)
    return list(sources) if len(sources) <= _WHOLE else nearest(claim, sources)


def lessons_of(claims: Sequence[TaughtClaim], tokens: Tokens) -> Iterator[Lesson]:
    """The claims as the engine reads them."""
    for one in claims:
        sources = read_for(one.claim, one.source)
        if sources:
            before, after = tokens.of_request(holding(bare(one.claim), sources, ENTAIL))
            right = _RIGHT[one.expected]
            yield Lesson(one.dataset, one.document, before, after, right, len(YES_NO_UNKNOWN))


def fit_entailment(
    taught: Sequence[Lesson],
    held_back: Sequence[Lesson],
    model_path: Path,
    answering: Answering,
    out: Path,
    step: Callable[[int, int], None],
    *,
    teach_on: Path | None = None,
) -> dict[str, SetFigures]:
    """Teach an adapter, write it to `out`, and say how it does on what was held back.

    `teach_on` is an adapter file to begin with. Raises InputError for one that is none.
    """
    lessons = taught, held_back
    said = teach(*lessons, model_path, answering, out, step, teach_on=teach_on, size=SIZE)
    return {
        name: _figures([(a, b) for a, b in zip(held_back, said, strict=True) if a.dataset == name])
        for name in dict.fromkeys(one.dataset for one in held_back)
    }


def _figures(read: Sequence[tuple[Lesson, Sequence[float]]]) -> SetFigures:
    labels = np.array([lesson.right == (0,) for lesson, _ in read])
    odds = np.array([yes - math.log(math.exp(no) + math.exp(rest)) for _, (yes, no, rest) in read])
    right = [float(np.mean((odds[labels == side] > 0) == side)) for side in (True, False)]
    return SetFigures(len(read), auroc(labels, odds), sum(right) / 2)
