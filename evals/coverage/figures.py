"""The figures of a whole set, and of two systems against each other.

Invariant: whole questions are resampled for an interval, never single nuggets, because those of
one answer are stated or missed together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evals.coverage.scoring import Scored
from evals.scorers.stats import Difference, Estimate, mean, paired_difference, quantile


@dataclass(frozen=True)
class Pace:
    """Seconds: mean, median and 95th percentile, each an estimate."""

    mean: Estimate
    median: Estimate
    p95: Estimate


@dataclass(frozen=True)
class KindRow:
    """One kind of question, without intervals: there are few of each."""

    questions: int
    vital: float | None
    every: float | None
    declined: int
    sentences: float
    words: float
    seconds: float


@dataclass(frozen=True)
class Measures:
    """The figures of one system on one set. Shares, but for the two paces.

    Of answerable questions about the news: `vital` and `every` nugget stated, shown sentences
    `to_the_point`, `declined`. Of those that cannot be answered: `rightly_declined`. Of yes/no:
    `right_verdicts`, `false_verdicts`. Of small talk and the collection itself: `helped`. Ids of
    questions: `says_wrong`, and `failed`, which count as declined.
    """

    questions: int
    by_kind: Mapping[str, KindRow]
    vital: Estimate
    every: Estimate
    to_the_point: Estimate
    declined: Estimate
    rightly_declined: Estimate
    right_verdicts: Estimate
    false_verdicts: Estimate
    helped: Estimate
    says_wrong: tuple[str, ...]
    failed: tuple[str, ...]
    seconds: Pace
    first_sentence_s: Pace


def measures(scored: Sequence[Scored]) -> Measures:
    """The figures of one system; whole questions are resampled for the intervals."""
    news = [one for one in scored if one.expected]
    unanswerable = [one for one in scored if not one.question.answerable]
    yes_no = [one for one in scored if one.question.verdict]
    beside = [one for one in scored if not one.question.about_news]
    first = [one.first_sentence_s for one in scored if one.first_sentence_s is not None]
    return Measures(
        questions=len(scored),
        by_kind=_by_kind(scored),
        vital=_share(news, lambda one: one.vital),
        every=_share(news, lambda one: one.stated),
        to_the_point=_share(news, lambda one: one.to_the_point),
        declined=_share(news, lambda one: (one.declined,)),
        rightly_declined=_share(unanswerable, lambda one: (one.declines,)),
        right_verdicts=_share(yes_no, lambda one: (one.right_verdict,)),
        false_verdicts=_share(yes_no, lambda one: (one.false_verdict,)),
        helped=_share(beside, lambda one: (one.helped,)),
        says_wrong=tuple(one.question.id for one in scored if one.says_wrong),
        failed=tuple(one.question.id for one in scored if one.failed),
        seconds=_pace([one.seconds for one in scored]),
        first_sentence_s=_pace(first),
    )


def paired(base: Sequence[Scored], new: Sequence[Scored]) -> list[tuple[Scored, Scored]]:
    """The answers to the questions that both were asked."""
    known = {one.question.id: one for one in base}
    return [(known[one.question.id], one) for one in new if one.question.id in known]


def vital_difference(pairs: Sequence[tuple[Scored, Scored]]) -> Difference:
    """How many more of the vital nuggets the second of each pair states than the first."""
    rows = [
        (float(before), float(after), number)
        for number, (base, new) in enumerate(pairs)
        if new.expected
        for before, after in zip(base.vital, new.vital, strict=True)
    ]
    return paired_difference(
        [before for before, _, _ in rows],
        [after for _, after, _ in rows],
        [number for _, _, number in rows],
    )


def _share(scored: Sequence[Scored], of: Callable[[Scored], Sequence[bool]]) -> Estimate:
    rows = [(float(hit), number) for number, one in enumerate(scored) for hit in of(one)]
    return mean([hit for hit, _ in rows], [number for _, number in rows], share=True)


def _by_kind(scored: Sequence[Scored]) -> dict[str, KindRow]:
    kinds = dict.fromkeys(one.question.kind for one in scored)
    return {kind: _row([one for one in scored if one.question.kind == kind]) for kind in kinds}


def _row(scored: Sequence[Scored]) -> KindRow:
    return KindRow(
        questions=len(scored),
        vital=_share(scored, lambda one: one.vital).value,
        every=_share(scored, lambda one: one.stated).value,
        declined=sum(one.declined for one in scored),
        sentences=sum(one.sentences for one in scored) / len(scored),
        words=sum(one.words for one in scored) / len(scored),
        seconds=sum(one.seconds for one in scored) / len(scored),
    )


def _pace(seconds: Sequence[float]) -> Pace:
    return Pace(mean(seconds), quantile(seconds, 0.5), quantile(seconds, 0.95))
