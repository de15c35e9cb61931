"""The figures of a set as plain text: by kind, in all, and two systems against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.coverage.figures import KindRow, Measures, Pace
from evals.coverage.session import CoverageFigures
from evals.scorers.stats import Difference, Estimate

HEADINGS = (
    f"{'kind':14}{'n':>4}{'vital':>7}{'all':>6}{'declined':>10}{'sent':>6}{'words':>7}{'s':>8}"
)
NOTHING = "–"


def rendered(found: Sequence[CoverageFigures]) -> str:
    """Every set: a table of each system, then the first system against each of the others."""
    return "\n\n".join(part for one in found for part in _set(one))


def _set(found: CoverageFigures) -> Iterator[str]:
    first = next(iter(found.systems))
    for system, figures in found.systems.items():
        answered = figures.questions
        of_all = f" of {found.questions}" if answered < found.questions else ""
        title = f"{found.name}, {system}: {answered}{of_all} questions"
        yield "\n".join([title, HEADINGS, *_kinds(figures), *_in_all(figures)])
    if found.differences:
        yield "\n".join(
            f"{found.name}, vital nuggets, {first} minus {other}: {_difference(difference)}"
            for other, difference in found.differences.items()
        )


def _difference(found: Difference) -> str:
    """In percentage points, with what is sure of it."""
    if found.estimate.value is None or found.p is None:
        return NOTHING
    sure = ", sure" if found.significant_gain or found.significant_loss else ""
    counts = f"{found.better} more, {found.worse} fewer of {found.estimate.n}"
    return f"{_points(found.estimate)} ({counts}; {_chance(found.p)}{sure})"


def _kinds(found: Measures) -> Iterator[str]:
    for kind, row in found.by_kind.items():
        yield f"{kind:14}{row.questions:>4}{_cells(row)}"


def _cells(row: KindRow) -> str:
    return (
        f"{_whole(row.vital):>7}{_whole(row.every):>6}{row.declined:>10}"
        f"{row.sentences:>6.1f}{row.words:>7.0f}{row.seconds:>8.2f}"
    )


def _in_all(found: Measures) -> Iterator[str]:
    yield f"vital nuggets stated: {_share(found.vital)}  ({_of(found.vital)})"
    yield f"all nuggets stated: {_share(found.every)}  ({_of(found.every)})"
    yield f"shown sentences that state a nugget: {_share(found.to_the_point)}"
    yield f"answerable declined: {_count(found.declined)}"
    yield f"unanswerable declined: {_count(found.rightly_declined)}"
    yield (
        f"yes/no: right verdict {_count(found.right_verdicts)}; "
        f"wrong or invented {_count(found.false_verdicts)}"
    )
    yield f"answers with a false statement: {_ids(found.says_wrong)}"
    yield f"small talk and questions about the collection helped: {_count(found.helped)}"
    if found.failed:
        yield f"failed, and counted as declined: {_ids(found.failed)}"
    yield f"seconds: {_pace(found.seconds)}"
    yield f"seconds to the first sentence: {_pace(found.first_sentence_s)}"


def _ids(questions: Sequence[str]) -> str:
    """How many, and which.

    >>> _ids([]), _ids(["ferry-1", "ferry-2"])
    ('0', '2 (ferry-1, ferry-2)')
    """
    return f"{len(questions)} ({', '.join(questions)})" if questions else "0"


def _of(estimate: Estimate) -> str:
    return f"{estimate.n} nuggets of {estimate.clusters} questions"


def _whole(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.0f}"


def _share(estimate: Estimate) -> str:
    """In per cent, with the interval.

    >>> _share(Estimate(0.5, 0.25, 0.75, 8, 8)), _share(Estimate(None, None, None, 0, 0))
    ('50 % [25, 75]', '–')
    """
    if estimate.value is None:
        return NOTHING
    if estimate.low is None:
        return f"{_whole(estimate.value)} %"
    return f"{_whole(estimate.value)} % [{_whole(estimate.low)}, {_whole(estimate.high)}]"


def _count(estimate: Estimate) -> str:
    """As a fraction and in per cent.

    >>> _count(Estimate(0.5, 0.25, 0.75, 8, 8))
    '4 of 8, 50 % [25, 75]'
    """
    if estimate.value is None:
        return NOTHING
    return f"{round(estimate.value * estimate.n)} of {estimate.n}, {_share(estimate)}"


def _points(estimate: Estimate) -> str:
    values = (estimate.value, estimate.low, estimate.high)
    value, *ends = (f"{100 * share:+.1f}" for share in values if share is not None)
    return f"{value} points [{', '.join(ends)}]" if ends else f"{value} points"


def _chance(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}"


def _pace(pace: Pace) -> str:
    if pace.mean.value is None:
        return NOTHING
    named: Sequence[tuple[str, Estimate]] = (
        ("mean", pace.mean),
        ("median", pace.median),
        ("95th percentile", pace.p95),
    )
    return ", ".join(f"{name} {one.value:.2f}" for name, one in named) + f"  (n={pace.mean.n})"
