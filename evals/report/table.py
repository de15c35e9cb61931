"""A run, a comparison or a judge as tables for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from evals.judges.calibration import Calibration, youden
from evals.report.compare import Comparison
from evals.results import Change, JudgeNote, Measure, RunResult, SideBySide, Suite
from evals.scorers.origins import OriginFigures
from evals.scorers.stats import Estimate

if TYPE_CHECKING:
    from evals.teaching.entailment import EntailmentFigures
    from evals.teaching.locator import LocatorFigures
    from evals.teaching.reranker import RerankerFigures


def run_table(result: RunResult) -> Table:
    """Every measure of every system with its interval, and the paired differences.

    Measures that nothing was there for are left out.
    """
    table = Table(
        title=f"{escape(result.questions)}: {result.asked} questions",
        title_justify="left",
        caption=_caption(result),
        caption_justify="left",
    )
    table.add_column("measure")
    for run in result.runs:
        table.add_column(escape(run.system), justify="right", min_width=21)
    for pair in result.side_by_side:
        table.add_column(f"better than {escape(pair.base)} by", justify="right", min_width=22)
    changes = [{one.name: one for one in pair.changes} for pair in result.side_by_side]
    last = ""
    for suite, name in names(result):
        if suite != last:
            table.add_section()
            table.add_row(f"[bold]{suite}[/bold]")
            last = suite
        found = [run.measure(name) for run in result.runs]
        title = next(measure.title for measure in found if measure is not None)
        table.add_row(
            f"  {escape(title)}",
            *(shown(measure) for measure in found),
            *(_change(pair.get(name)) for pair in changes),
        )
    return table


def names(result: RunResult) -> list[tuple[Suite, str]]:
    """Suite and name of the measures that any system has a value for, in their order."""
    found = dict.fromkeys(
        (measure.suite, measure.name)
        for run in result.runs
        for measure in run.measures
        if measure.estimate.value is not None
    )
    order = list(dict.fromkeys(suite for suite, _ in found))
    return sorted(found, key=lambda pair: order.index(pair[0]))


def _caption(result: RunResult) -> str:
    judged = [run for run in result.runs if run.judged]
    judges = dict.fromkeys((run.judge.name, trust(run.judge)) for run in judged)
    lines = [f"judged by {escape(name)}: {escape(known)}" for name, known in judges]
    lines += [
        f"{escape(run.system)} is judged by the very model that wrote its answers"
        for run in judged
        if run.judge.judges_itself
    ]
    return "\n".join([*lines, "95 % intervals; the number behind each is that of its items"])


def _change(change: Change | None) -> str:
    if change is None:
        return ""
    colour = {"red": change.significant_loss, "green": change.significant_gain}
    style = next((name for name, holds in colour.items() if holds), "default")
    return f"[{style}]{signed(change.difference, 2)}[/{style}]"


def gate_table(result: RunResult) -> Table:
    """Every gate with its reason."""
    table = Table(title="gates", title_justify="left")
    for column in ("", "gate", "why"):
        table.add_column(column)
    for gate in result.gates:
        mark = "[green]passed[/green]" if gate.passed else "[red]failed[/red]"
        table.add_row(mark, escape(gate.name), escape(gate.why))
    return table


def judge_table(calibrations: Sequence[Calibration]) -> Table:
    """Each figure of the judge beside word overlap and "always supported"."""
    table = Table(title="judge against people", title_justify="left")
    for column in ("set", "figure", "judge", "word overlap", "always supported"):
        table.add_column(column, justify="left" if column in ("set", "figure") else "right")
    for one in calibrations:
        table.add_section()
        label = f"{escape(one.dataset)}\n{one.claims} claims, {one.documents} texts"
        rows = (
            ("AUROC", "auroc"),
            ("balanced accuracy", "balanced_accuracy"),
            ("sensitivity", "sensitivity"),
            ("specificity", "specificity"),
            ("calibration error", "calibration_error"),
        )
        for title, field in rows:
            figures = [getattr(side, field) for side in (one.figures, one.floor, one.always)]
            table.add_row(label, title, *(interval(figure) for figure in figures))
            label = ""
        worth = youden(one.figures)
        table.add_row(
            "",
            "unscored, abstained",
            f"{one.unscored}, {one.abstained}",
            "",
            "" if worth is None else f"judge adds {worth:.2f}",
        )
    return table


def locator_table(found: Mapping[str, LocatorFigures]) -> Table:
    """How well the sentence is named that states an answer, by set."""
    table = Table(title="first looks of stories that were held back", title_justify="left")
    for column in ("set", "looks", "AUROC", "right sentence", "yes or no", "right", "wrong"):
        table.add_column(column, justify="left" if column == "set" else "right")
    for name, one in found.items():
        told = (f"{it:.0%}" for it in (one.right_sentence, one.right_verdict, one.wrong_verdict))
        right_sentence, right, wrong = told
        looks = str(one.looks), number(one.auroc), right_sentence
        table.add_row(escape(name), *looks, str(one.yes_or_no), right, wrong)
    return table


def entailment_table(found: Mapping[str, EntailmentFigures]) -> Table:
    """How well claims that texts say are told from others, by set."""
    table = Table(title="claims about texts that were held back", title_justify="left")
    for column in ("set", "claims", "AUROC", "balanced accuracy"):
        table.add_column(column, justify="left" if column == "set" else "right")
    for name, one in found.items():
        table.add_row(escape(name), str(one.claims), number(one.auroc), number(one.balanced))
    return table


def reranker_table(found: Mapping[str, RerankerFigures]) -> Table:
    """How often something vital is among the first sentences, by set."""
    table = Table(title="questions of stories that were held back", title_justify="left")
    ranks = [f"{way} @{rank}" for way in ("score", "reranker") for rank in (1, 3, 9)]
    for column in ("set", "questions", *ranks):
        table.add_column(column, justify="left" if column == "set" else "right")
    for name, one in found.items():
        shares = (f"{share:.3f}" for share in (*one.scored, *one.reranked))
        table.add_row(escape(name), str(one.questions), *shares)
    return table


def origin_table(name: str, found: OriginFigures) -> Table:
    """What counts as one origin, beside what is one."""
    table = Table(title=f"origins in {escape(name)}, {found.articles} articles")
    table.title_justify = "left"
    for column in ("", "share", "n"):
        table.add_column(column, justify="right" if column else "left")
    rows = {
        "pairs found that are versions of one text (precision)": found.precision,
        "versions that share most sentences, found (recall)": found.recall,
        "lightly edited copies, found (recall)": found.edited_recall,
        "questions where a passage that is read mostly repeats another": found.repeated_in_context,
    }
    for title, estimate in rows.items():
        table.add_row(title, str(estimate), str(estimate.n))
    return table


def change_table(figures: SideBySide) -> Table:
    """BASE, NEW and the paired difference of each measure that changed; positive is better."""
    changed = [one for one in figures.changes if one.better or one.worse]
    same = len(figures.changes) - len(changed)
    notes = [f"{same} measures are the same for every question"] if same else []
    if not figures.same_judge:
        notes.append(
            "Two judges: what they judged cannot be compared. Give both runs one --judge-model or "
            "--judge signals."
        )
    table = Table(
        title=escape(f"{figures.new} against {figures.base}: {figures.paired} shared questions"),
        title_justify="left",
        caption="\n".join(notes),
        caption_justify="left",
    )
    for column in ("measure", "base", "new", "better by", "better", "worse", ""):
        table.add_column(column, justify="left" if column in ("measure", "") else "right")
    for change in changed:
        table.add_row(
            escape(change.title),
            number(change.base, 2),
            number(change.new, 2),
            signed(change.difference, 2),
            str(change.better),
            str(change.worse),
            mark(change),
        )
    return table


def mark(change: Change) -> str:
    """What is sure of a change, coloured."""
    if not change.comparable:
        return "other judge"
    if change.significant_loss:
        return "[red]worse[/red]"
    return "[green]better[/green]" if change.significant_gain else ""


def answer_table(comparison: Comparison) -> Table:
    """Questions whose outcome differs, both answers side by side."""
    table = Table(title="answers that differ", title_justify="left", show_lines=True)
    for column in ("question", "base", "new"):
        table.add_column(column, ratio=1)
    for changed in comparison.answers:
        table.add_row(
            escape(f"{changed.new.example.id}: {changed.new.example.question}"),
            escape(changed.base_text),
            escape(changed.new_text),
        )
    return table


def shown(measure: Measure | None) -> str:
    """A measure with its interval and number of items."""
    if measure is None or measure.estimate.value is None:
        return "–"
    return f"{interval(measure.estimate, 2)} [dim]{measure.estimate.n:4}[/dim]"


def interval(estimate: Estimate, digits: int = 3) -> str:
    """The value with its interval, with as many digits as it deserves.

    >>> interval(Estimate(0.5, 0.25, 0.75, 8, 8)), interval(Estimate(123.4, None, None, 8, 1))
    ('0.500 [0.250, 0.750]', '123.4')
    """
    if estimate.value is None:
        return "n/a"
    value = number(estimate.value, digits)
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} [{number(estimate.low, digits)}, {number(estimate.high, digits)}]"


def number(value: float | None, digits: int = 3) -> str:
    """`digits` decimals below ten, one above; more where the figure would vanish.

    >>> number(0.5, 2), number(1234.56, 2), number(0.00012, 2), number(0.0, 2)
    ('0.50', '1,234.6', '0.00012', '0.00')
    """
    if value is None:
        return "n/a"
    if value and abs(value) < 0.5 * 10**-digits:
        return f"{value:.2g}"
    return f"{value:.{digits}f}" if abs(value) < 10 else f"{value:,.1f}"


def signed(estimate: Estimate, digits: int = 3) -> str:
    """A difference with its sign and interval.

    >>> signed(Estimate(0.5, -0.25, 0.75, 8, 8), 2)
    '+0.50 [-0.25, +0.75]'
    """

    def plus(value: float) -> str:
        shown = f"{value:+,.{digits}f}"
        return shown if float(shown.replace(",", "")) else shown[1:]

    if estimate.value is None:
        return "n/a"
    if estimate.low is None or estimate.high is None:
        return plus(estimate.value)
    return f"{plus(estimate.value)} [{plus(estimate.low)}, {plus(estimate.high)}]"


def trust(note: JudgeNote) -> str:
    """The judge's own error in a few words, to stand beside what it judged."""
    if note.sensitivity is None or note.specificity is None:
        return "judge never measured"
    weak = "judge too weak: " if note.too_weak else "judge "
    return f"{weak}sensitivity {note.sensitivity:.2f}, specificity {note.specificity:.2f}"
