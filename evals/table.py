"""A run, a comparison or a judge as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from evals.calibration import Calibration, youden
from evals.compare import Comparison
from evals.results import Change, Measure, RunResult, SideBySide
from evals.stats import Estimate


def run_table(result: RunResult) -> Table:
    """Every measure of every system, with intervals."""
    table = Table(
        title=f"{escape(result.questions)}: {result.asked} questions", title_justify="left"
    )
    table.add_column("measure")
    for run in result.runs:
        table.add_column(escape(run.system), justify="right")
    names = dict.fromkeys(
        (measure.suite, measure.name) for run in result.runs for measure in run.measures
    )
    last = ""
    for suite, name in names:
        if suite != last:
            table.add_section()
            table.add_row(f"[bold]{suite}[/bold]")
            last = suite
        found = [run.measure(name) for run in result.runs]
        title = next(measure.title for measure in found if measure is not None)
        table.add_row(f"  {escape(title)}", *(shown(measure) for measure in found))
    return table


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


def change_table(figures: SideBySide) -> Table:
    """BASE, NEW and the paired difference of each measure; positive is better."""
    title = f"{figures.new} against {figures.base}: {figures.paired} shared questions"
    table = Table(title=escape(title), title_justify="left")
    for column in ("measure", "base", "new", "better by", "better", "worse", ""):
        table.add_column(column, justify="left" if column in ("measure", "") else "right")
    for change in figures.changes:
        table.add_row(
            escape(change.title),
            number(change.base),
            number(change.new),
            signed(change.difference),
            str(change.better),
            str(change.worse),
            mark(change),
        )
    return table


def mark(change: Change) -> str:
    """What is sure of a change, coloured."""
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
    if measure is None:
        return "–"
    return f"{interval(measure.estimate)}  n={measure.estimate.n}"


def interval(estimate: Estimate) -> str:
    """The value with its interval, with as many digits as it deserves.

    >>> interval(Estimate(0.5, 0.25, 0.75, 8, 8)), interval(Estimate(123.4, None, None, 8, 1))
    ('0.500 [0.250, 0.750]', '123.4')
    """
    if estimate.value is None:
        return "n/a"
    value = number(estimate.value)
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} [{number(estimate.low)}, {number(estimate.high)}]"


def number(value: float | None) -> str:
    """Three decimals below ten, one above."""
    if value is None:
        return "n/a"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def signed(estimate: Estimate) -> str:
    """A difference with its sign and interval."""
    if estimate.value is None:
        return "n/a"
    sides = (
        ""
        if estimate.low is None or estimate.high is None
        else f" [{estimate.low:+.3f}, {estimate.high:+.3f}]"
    )
    return f"{estimate.value:+.3f}{sides}"
