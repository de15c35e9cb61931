"""A look of the model beside the sentences that it was of, as numbers to weigh.

Invariant: the features are those of `rag.answering.locating.locate`, by its names; a test holds
the two together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.evidence.found import Found
from evals.evidence.looks import Look, Looks
from evals.judges.calibration import Numbers
from rag.models.yesno import Whether
from rag.text.wanted import WANTED

SENTENCE_FEATURES = ("score", "named", "named_over_none", "any", "fits", "lacks")
QUESTION_FEATURES = (
    "any",
    "score",
    "both",
    "cosine",
    "words",
    "words_with_title",
    "score_of_best",
    "named_over_none",
    "fits",
    "lacks",
    "all_lack",
)


@dataclass(frozen=True)
class LookFeatures:
    """What a look tells. `rows` are the shown sentences' places among those that were found.

    `located` has a row for each of them, a column for each of SENTENCE_FEATURES; `answerable` a
    value for each of QUESTION_FEATURES. `whether` is the answer to a question for yes or no, `held`
    the one to it as a statement.
    """

    found: Found
    rows: NDArray[np.int64]
    located: Numbers
    answerable: Numbers
    whether: Whether | None
    held: Whether | None

    @property
    def worth(self) -> NDArray[np.int64]:
        """What each of the shown sentences states."""
        return self.found.worth[self.rows]


def features_of_looks(
    looks: Looks, found: Sequence[Found], scores: Sequence[Numbers]
) -> list[LookFeatures]:
    """The looks whose sentences are still found, with the scores of all that was found."""
    pairs = zip(found, scores, strict=True)
    with_look = ((looks.get((one.dataset, one.question.id)), one, own) for one, own in pairs)
    return [
        _features_of(look, one, own)
        for look, one, own in with_look
        if look and look.is_of(one.places)
    ]


def _features_of(look: Look, found: Found, scores: Numbers) -> LookFeatures:
    by_place = {place: row for row, place in enumerate(found.places)}
    rows = np.array([by_place[one] for one in look.sentences])
    each, own = np.array(look.each), scores[rows]
    fits = sum(found.column(f"has_{kind}")[rows] for kind in WANTED)
    lacks = found.column("lacks")[rows]
    over_none = each - look.nowhere
    anywhere = math.log(float(np.exp(each).sum())) - look.nowhere
    best = int(np.argmax(each + own))
    located: Mapping[str, Numbers] = {
        "score": own,
        "named": each,
        "named_over_none": over_none,
        "any": np.full(len(each), anywhere),
        "fits": fits,
        "lacks": lacks,
    }
    answerable: Mapping[str, float] = {
        "any": anywhere,
        "score": own.max(),
        "both": each[best] + own[best],
        "cosine": found.column("cosine").max(),
        "words": found.column("words").max(),
        "words_with_title": found.column("words_with_title").max(),
        "score_of_best": own[best],
        "named_over_none": over_none[best],
        "fits": fits[best],
        "lacks": lacks[best],
        "all_lack": lacks.min(),
    }
    return LookFeatures(
        found,
        rows,
        np.column_stack([located[name] for name in SENTENCE_FEATURES]),
        np.array([float(answerable[name]) for name in QUESTION_FEATURES]),
        Whether(*look.whether) if look.whether else None,
        Whether(*look.held) if look.held else None,
    )
