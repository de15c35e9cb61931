"""The judge, judged: how its verdicts compare with people's, beside judges that need no thought.

Invariant: claims that the judge left unscored count against its coverage and enter no figure;
intervals resample whole documents. A figure is shown beside the same figure for word overlap and
for "always supported", because a judge that does not beat those says nothing.
"""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.datasets.example import LabelledClaim, Verdict
from evals.judges.judge import Judge, Judgement
from evals.scorers.formulas import MIN_YOUDEN
from evals.scorers.stats import NOTHING, RESAMPLES, SEED, Estimate, Rows, bootstrap, drawn
from evals.scorers.wording import STOPWORDS, tokens
from rag.errors import InputError

SHIPPED_CARDS = Path(__file__).parent / "cards.json"
BINS = 10
SAMPLE_SEED = 7

Labels = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def auroc(labels: Labels, scores: Numbers) -> float:
    """Chance that a supported claim outranks an unsupported one; NaN with one class only.

    >>> auroc(np.array([True, False, True]), np.array([0.9, 0.4, 0.4]))
    0.75
    """
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if not positives or not negatives:
        return math.nan
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    above = ranks[labels].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def finite(value: float) -> float | None:
    """The value, None for one that is not a number.

    >>> finite(0.5), finite(math.nan)
    (0.5, None)
    """
    return value if math.isfinite(value) else None


def balanced_accuracy(labels: Labels, called: Labels) -> float:
    """Mean of sensitivity and specificity; NaN with one class only.

    >>> balanced_accuracy(np.array([True, True, False]), np.array([True, False, False]))
    0.75
    """
    return (sensitivity(labels, called) + sensitivity(~labels, ~called)) / 2


def sensitivity(labels: Labels, called: Labels) -> float:
    """Share of the supported claims that are called supported; NaN without any.

    Of the complements (`~labels`, `~called`) it is the specificity.
    """
    return float(called[labels].mean()) if labels.any() else math.nan


def calibration_error(labels: Labels, probabilities: Numbers) -> float:
    """Expected calibration error over ten equal bins (Naeini et al. 2015).

    >>> calibration_error(np.array([True, False]), np.array([0.75, 0.75]))
    0.25
    """
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    return float(
        sum(
            abs(labels[bins == one].mean() - probabilities[bins == one].mean())
            * (bins == one).mean()
            for one in np.unique(bins)
        )
    )


def overlap_floor(claim: str, evidence: str) -> float:
    """Share of the claim's words, without the commonest, that stand in the evidence.

    >>> overlap_floor("The ferry sank in May", "The ferry left in May")
    0.6666666666666666
    """
    words = [word for word in tokens(claim) if word not in STOPWORDS]
    held = set(tokens(evidence))
    return sum(word in held for word in words) / len(words) if words else 1.0


@dataclass(frozen=True)
class Figures:
    """One judge on one set of claims."""

    auroc: Estimate
    balanced_accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate
    calibration_error: Estimate


@dataclass(frozen=True)
class Calibration:
    """A judge measured on one set, with the two floors; `counts` are per document.

    `counts` rows are (true supported, false unsupported, true unsupported, false supported).
    """

    dataset: str
    judge: str
    claims: int
    unscored: int
    abstained: int
    documents: int
    figures: Figures
    floor: Figures
    always: Figures
    counts: tuple[tuple[int, int, int, int], ...]

    @property
    def beats_floor(self) -> bool | None:
        """True where the AUROC lies above the upper bound of word overlap's; None if unknown."""
        value, bound = self.figures.auroc.value, self.floor.auroc.high
        return None if value is None or bound is None else value > bound


def calibrate(
    judge: Judge,
    claims: Sequence[LabelledClaim],
    *,
    workers: int = 1,
    step: Callable[[], None] = lambda: None,
) -> Calibration:
    """Judge every claim and compare with its label. Raises as `judge_each`."""
    return compared(judge.name, claims, judge_each(judge, claims, workers=workers, step=step))


def judge_each(
    judge: Judge,
    claims: Sequence[LabelledClaim],
    *,
    workers: int = 1,
    step: Callable[[], None] = lambda: None,
) -> list[Judgement]:
    """A judgement for each claim, in order; claims of one text are judged one after the other.

    Raises what makes every further claim pointless (EndpointAuthError); all else is unscored.
    """

    def one(place: int) -> Judgement:
        outcome = judge.judge(claims[place].claim, claims[place].evidence)
        step()
        return outcome

    places = sorted(range(len(claims)), key=lambda place: (claims[place].document, place))
    with ThreadPoolExecutor(workers) as pool:
        outcomes = dict(zip(places, pool.map(one, places), strict=True))
    return [outcomes[place] for place in range(len(claims))]


def compared(
    judge: str, claims: Sequence[LabelledClaim], outcomes: Sequence[Judgement]
) -> Calibration:
    """The figures of verdicts that are already there, one for each claim."""
    scored = [
        (claim, outcome)
        for claim, outcome in zip(claims, outcomes, strict=True)
        if outcome.probability is not None
    ]
    labels = np.array([claim.label for claim, _ in scored], dtype=bool)
    clusters = [claim.document for claim, _ in scored]
    called = np.array([outcome.supported is True for _, outcome in scored], dtype=bool)
    chances = np.array([outcome.probability for _, outcome in scored], dtype=float)
    overlap = np.array([overlap_floor(claim.claim, claim.evidence) for claim, _ in scored])
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for cluster, label, call in zip(clusters, labels, called, strict=True):
        counts[cluster][(0 if call else 1) if label else (3 if call else 2)] += 1
    verdicts = [outcome.verdict for outcome in outcomes]
    sets = sorted({claim.dataset for claim in claims})
    return Calibration(
        dataset=" + ".join(sets),
        judge=judge,
        claims=len(claims),
        unscored=verdicts.count(Verdict.UNSCORED),
        abstained=verdicts.count(Verdict.ABSTAINED),
        documents=len({claim.document for claim in claims}),
        figures=_figures(labels, chances, called, clusters),
        floor=_figures(labels, overlap, overlap >= best_threshold(labels, overlap), clusters),
        always=_figures(labels, np.ones(len(labels)), np.ones(len(labels), dtype=bool), clusters),
        counts=tuple((a, b, c, d) for a, b, c, d in (counts[key] for key in sorted(counts))),
    )


def best_threshold(labels: Labels, scores: Numbers, cost_of_false: float = 1.0) -> float:
    """The threshold with the best balanced accuracy on these very claims; 0.5 where none is.

    With another `cost_of_false`, where the share of the supported ones at or above it, less so
    many times that of the unsupported ones, is greatest.

    >>> best_threshold(np.array([True, True, False]), np.array([0.9, 0.8, 0.3]))
    0.55
    """
    found = np.unique(scores)
    cuts = (found[1:] + found[:-1]) / 2
    if not len(cuts) or labels.all() or not labels.any():
        return 0.5

    def worth(cut: float) -> float:
        called = scores >= cut
        return float(called[labels].mean() - cost_of_false * called[~labels].mean())

    return round(float(max(cuts, key=worth)), 6)


def stratified(claims: Sequence[LabelledClaim], limit: int | None) -> list[LabelledClaim]:
    """At most `limit` claims, unsupported and supported in turn as far as both go.

    Drawn at random, but always the same ones; a larger limit only adds to them.
    """
    if limit is None or limit >= len(claims):
        return list(claims)
    generator = random.Random(SAMPLE_SEED)  # noqa: S311 - no secret
    supported = [claim for claim in claims if claim.label]
    unsupported = [claim for claim in claims if not claim.label]
    generator.shuffle(supported)
    generator.shuffle(unsupported)
    turns = chain.from_iterable(zip_longest(unsupported, supported))
    return [claim for claim in turns if claim is not None][:limit]


def youden(figures: Figures) -> float | None:
    """Sensitivity + specificity − 1: what the judge adds to guessing."""
    first, second = figures.sensitivity.value, figures.specificity.value
    return None if first is None or second is None else first + second - 1


@dataclass(frozen=True)
class Card:
    """What is known of a judge: where it was measured and its counts per document."""

    judge: str
    datasets: tuple[str, ...]
    counts: tuple[tuple[int, int, int, int], ...]

    @property
    def sensitivity(self) -> float:
        """Over all documents; NaN without supported claims."""
        return self._rate(0, 1)

    @property
    def specificity(self) -> float:
        """Over all documents; NaN without unsupported claims."""
        return self._rate(2, 3)

    @property
    def too_weak(self) -> bool:
        """True where the judge adds too little to guessing for its scores to be corrected."""
        return not self.sensitivity + self.specificity - 1 >= MIN_YOUDEN

    def draws(self, resamples: int) -> tuple[Numbers, Numbers]:
        """Sensitivity and specificity as they might have been with other documents."""
        rows = np.array(self.counts, dtype=float)
        sums = rows[drawn(len(rows), resamples, SEED + 1)].sum(1)
        with np.errstate(invalid="ignore"):
            return sums[:, 0] / sums[:, :2].sum(1), sums[:, 2] / sums[:, 2:].sum(1)

    def _rate(self, right: int, wrong: int) -> float:
        hits = sum(row[right] for row in self.counts)
        total = hits + sum(row[wrong] for row in self.counts)
        return hits / total if total else math.nan


def card_of(calibrations: Iterable[Calibration]) -> Card:
    """One card of one judge's calibrations; every document counts once."""
    found = list(calibrations)
    return Card(
        found[0].judge,
        tuple(one.dataset for one in found),
        tuple(row for one in found for row in one.counts),
    )


def find_card(judge: str, *paths: Path) -> Card | None:
    """The card of that very judge (model, prompt, weights) in the first file that has it."""
    for path in paths:
        entry = _cards(path).get(judge)
        if entry is not None:
            rows = tuple((row[0], row[1], row[2], row[3]) for row in entry["counts"])
            return Card(judge, tuple(entry["datasets"]), rows)
    return None


def keep_card(card: Card, path: Path) -> None:
    """Add the card to a file, in the place of an earlier one of the same judge."""
    cards = _cards(path) | {card.judge: {"datasets": card.datasets, "counts": card.counts}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(cards, indent=None, separators=(",", ":")) + "\n", "utf-8")


def as_json(calibration: Calibration) -> dict[str, Any]:
    """For `--json`: every figure with its interval."""
    return asdict(calibration) | {"beats_floor": calibration.beats_floor}


def _cards(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        cards = json.loads(path.read_text("utf-8"))
        for entry in cards.values():
            if not all(len(row) == 4 and min(row) >= 0 for row in entry["counts"]):
                raise ValueError("counts that are not four numbers")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{path} does not hold cards of judges: {error}",
            fix="Delete it and measure the judge again with `python -m evals judge FILE…`.",
        ) from None
    return dict(cards)


def _figures(labels: Labels, scores: Numbers, called: Labels, clusters: Sequence[str]) -> Figures:
    def over(statistic: Callable[[Rows], float]) -> Estimate:
        return bootstrap(statistic, clusters, resamples=RESAMPLES // 2) if len(labels) else NOTHING

    return Figures(
        auroc=over(lambda rows: auroc(labels[rows], scores[rows])),
        balanced_accuracy=over(lambda rows: balanced_accuracy(labels[rows], called[rows])),
        sensitivity=over(lambda rows: sensitivity(labels[rows], called[rows])),
        specificity=over(lambda rows: sensitivity(~labels[rows], ~called[rows])),
        calibration_error=over(lambda rows: calibration_error(labels[rows], scores[rows])),
    )
