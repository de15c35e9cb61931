"""How good fitted weights are, on stories that they had not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.evidence.fitting import LookFit, RerankedFit, SentenceFit
from evals.evidence.found import Found
from evals.judges.calibration import Numbers, auroc, finite

RANKS = (1, 2, 3, 5, 9)
DECLINING = tuple(np.arange(-2.0, 1.51, 0.25).tolist())
SHOWING = (-2.0, -1.5, -1.0, -0.7, -0.5, 0.0)
MOST_SHOWN = 4


@dataclass(frozen=True)
class RankingFigures:
    """Of one set: questions, and the share of them with something vital among the first k.

    `by_rank` follows RANKS. `declining` is the AUROC of answerable questions against the others,
    None before a look and without questions of both kinds.
    """

    name: str
    questions: int
    by_rank: tuple[float | None, ...]
    declining: float | None = None


@dataclass(frozen=True)
class Declined:
    """Below this log-odds: the shares of answerable and of unanswerable questions."""

    threshold: float
    answerable: float | None
    unanswerable: float | None


@dataclass(frozen=True)
class ShownToo:
    """With this log-odds from the second sentence on, at most four sentences a question.

    Sentences shown for each answerable question, the share of them that state something, and the
    share of questions for which something vital is shown.
    """

    threshold: float
    shown: float
    to_the_point: float
    vital: float | None


@dataclass(frozen=True)
class EvidenceFigures:
    """Before a look, and after one where there were any.

    `reranked` is of the questions that the reranker read.
    """

    sentence: tuple[RankingFigures, ...]
    reranked: tuple[RankingFigures, ...] = ()
    located: tuple[RankingFigures, ...] = ()
    declined: tuple[Declined, ...] = ()
    shown_too: tuple[ShownToo, ...] = ()


def figures_of(
    found: Sequence[Found],
    fit: SentenceFit,
    read: RerankedFit | None = None,
    looked: LookFit | None = None,
) -> EvidenceFigures:
    """All figures of a fit."""
    sentence = _ranking(found, fit.unseen)
    if read is None or looked is None:
        return EvidenceFigures(sentence)
    after = [
        (one.found, one.rows[_best_first(own)])
        for one, own in zip(looked.looks, looked.sentences, strict=True)
    ]
    answerable = np.array([one.question.answerable for one, _ in after], dtype=bool)
    no_verdict = np.array([one.question.verdict is None for one, _ in after], dtype=bool)
    located = []
    for name in _names(one for one, _ in after):
        own = no_verdict & np.array([one.dataset == name for one, _ in after], dtype=bool)
        telling = auroc(answerable[own], looked.any_of[own])
        located.append(_set(name, after, finite(telling)))
    return EvidenceFigures(
        sentence,
        _ranking(read.found, read.unseen),
        tuple(located),
        tuple(
            _declined(answerable[no_verdict], looked.any_of[no_verdict], one) for one in DECLINING
        ),
        tuple(_shown_too(looked, one) for one in SHOWING),
    )


def _ranking(found: Sequence[Found], scores: Sequence[Numbers]) -> tuple[RankingFigures, ...]:
    ranked = [(one, _best_first(own)) for one, own in zip(found, scores, strict=True)]
    return tuple(_set(name, ranked) for name in _names(found))


def _set(
    name: str,
    ranked: Sequence[tuple[Found, NDArray[np.int64]]],
    declining: float | None = None,
) -> RankingFigures:
    own = [(one, order) for one, order in ranked if one.dataset == name and one.teaches]
    shares = [_share(one.has_vital(order[:most]) for one, order in own) for most in RANKS]
    return RankingFigures(name, len(own), tuple(shares), declining)


def _declined(
    answerable: NDArray[np.bool_], log_odds: NDArray[np.float64], threshold: float
) -> Declined:
    below = log_odds < threshold
    return Declined(threshold, _share(below[answerable]), _share(below[~answerable]))


def _shown_too(looked: LookFit, threshold: float) -> ShownToo:
    shown, states, vital = 0, 0, []
    for one, own in zip(looked.looks, looked.sentences, strict=True):
        if not one.found.question.answerable:
            continue
        first, *others = _best_first(own)[:MOST_SHOWN]
        chosen = one.rows[[first, *(it for it in others if own[it] >= threshold)]]
        shown += len(chosen)
        states += int((one.found.worth[chosen] > 0).sum())
        vital.append(one.found.has_vital(chosen))
    questions = max(1, len(vital))
    return ShownToo(threshold, shown / questions, states / max(1, shown), _share(vital))


def _best_first(scores: Numbers) -> NDArray[np.int64]:
    """Places by score; what differs by a rounding error alone stays as it was found."""
    return np.argsort(-scores.round(9), kind="stable")


def _share(values: Iterable[object]) -> float | None:
    found = [float(bool(value)) for value in values]
    return sum(found) / len(found) if found else None


def _names(found: Iterable[Found]) -> list[str]:
    return list(dict.fromkeys(one.dataset for one in found))
