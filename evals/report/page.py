"""One HTML file that shows what a run found: figures with intervals beside the judge's own error,
and every question with its claims beside their evidence, worst first.

Invariant: the file needs nothing else, neither network nor server, and loads nothing: its policy
forbids it. Every text in it (articles, answers, questions, errors) is escaped; none is trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evals.datasets.example import Verdict
from evals.report.questions import (
    VERDICTS,
    badge,
    escaped,
    evidence,
    filters,
    question_cards,
)
from evals.report.table import interval, names, number, signed, trust
from evals.results import Change, Falsified, JudgeNote, Measure, RunResult, SystemRun

PARTS = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
HEADLINES = (
    ("faithfulness", "claims supported"),
    ("corrected_faithfulness", "supported, judge's errors out"),
    ("correctness", "of the answer stated"),
    ("abstains_rightly", "of the unanswerable declined"),
    ("answers_rightly", "of the answerable answered"),
    ("recall_at_5", "of the gold in the first 5"),
    ("total_p50_s", "seconds for an answer, median"),
)
BAR = 160


def html_report(result: RunResult) -> str:
    """The whole page."""
    style = (PARTS / "report.css").read_text("utf-8")
    script = (PARTS / "report.js").read_text("utf-8")
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escaped(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evals: {escaped(result.questions)}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>Evals: {escaped(result.questions)}</h1>
<p class="dim">{_summary(result)}</p>
<div class="systems">{"".join(_system(run) for run in result.runs)}</div>
{_gates(result)}
<h2 id="figures">Figures</h2>
<p class="dim">{_legend(result)}</p>
{_figures(result)}
{_falsified(result.runs)}
<h2 id="questions">Questions, worst first</h2>
{filters(result)}
<div class="cards">
{"".join(question_cards(result))}</div>
</main>
<script>
{script}</script>
</body>
</html>
"""
    return page.encode("utf-8", "replace").decode("utf-8")


def write_report(result: RunResult, path: Path) -> Path:
    """Write the page to `path`."""
    path.write_text(html_report(result), "utf-8")
    return path


def _summary(result: RunResult) -> str:
    limit = f", limited to {result.limit}" if result.limit is not None else ""
    wall = f"{result.wall_s / 60:.1f} minutes" if result.wall_s >= 90 else f"{result.wall_s:.0f} s"
    return (
        f"{result.asked} questions{limit} · suites: {escaped(', '.join(result.suites))} · {wall}"
        ' · <a href="#figures">figures</a> · <a href="#questions">questions</a>'
    )


def _legend(result: RunResult) -> str:
    legend = (
        "Brackets are 95 % intervals over resampled questions; n counts items (claims, citations "
        "or questions). What rests on the judge says what is known of the judge."
    )
    if result.side_by_side:
        first = escaped(result.runs[0].system)
        legend += (
            f" The last columns say by how much {first} is better, question by question; "
            "coloured where that is sure."
        )
    return legend


def _system(run: SystemRun) -> str:
    tiles = "".join(_tile(run, run.measure(name), title) for name, title in HEADLINES)
    return (
        f'<section class="system"><h2>{escaped(run.system)}</h2><div class="tiles">{tiles}</div>'
        f"<p>{_uncited(run)}{_trust(run.judge) if run.judged else ''}</p>{_spent(run)}</section>\n"
    )


def _tile(run: SystemRun, measure: Measure | None, title: str) -> str:
    if measure is None or measure.estimate.value is None:
        return ""
    estimate = measure.estimate
    if measure.unit == "share":
        value = f"{estimate.value:.0%}"
        ends = [estimate.low, estimate.high]
        span = " – ".join(f"{end:.0%}" for end in ends if end is not None)
    else:
        value = number(estimate.value, 1)
        span = " – ".join(
            number(end, 1) for end in (estimate.low, estimate.high) if end is not None
        )
    judged = f'<br><span class="odd">{trust(run.judge)}</span>' if measure.judged else ""
    return (
        f'<div class="tile"><strong>{value}</strong> <span>{escaped(title)}</span><br>'
        f'<small class="dim">{span or "no interval"}, n={estimate.n}{judged}</small></div>'
    )


def _uncited(run: SystemRun) -> str:
    if any(asked.response.cites for asked in run.questions) or not run.claims:
        return ""
    return "It cites nothing, so its claims are judged against everything that it read. "


def _trust(note: JudgeNote) -> str:
    parts = [f"Judged by <code>{escaped(note.name)}</code>."]
    if note.judges_itself:
        parts.append(
            '<strong class="odd">The judge is the model that wrote the answers</strong>: '
            "its mistakes and theirs may be the same."
        )
    if note.too_weak is None or note.sensitivity is None or note.specificity is None:
        parts.append(
            '<strong class="odd">This judge was never measured against people</strong>, so nothing '
            "is corrected for its errors: run <code>python -m evals judge FILE… --freeze</code>."
        )
    else:
        parts.append(
            f"Against people ({escaped(', '.join(note.datasets))}) it calls {note.sensitivity:.0%} "
            f"of the supported claims supported and {note.specificity:.0%} of the unsupported ones "
            "unsupported."
        )
        if note.too_weak:
            parts.append(
                '<strong class="bad">Judge too weak</strong>: it adds too little to '
                "guessing for its scores to be corrected."
            )
    return " ".join(parts)


def _spent(run: SystemRun) -> str:
    parts = [f"{run.prompt_tokens:,} tokens read and {run.completion_tokens:,} written to answer"]
    spent = run.spent
    if spent.judge_calls:
        parts.append(
            f"{spent.judge_calls:,} questions to the judge ({spent.judge_prompt_tokens:,} tokens)"
        )
    phases = [f"{escaped(phase)} {seconds:,.0f} s" for phase, seconds in spent.seconds.items()]
    if phases:
        parts.append(f"this time: {', '.join(phases)}")
    cost = run.measure("cost")
    if cost is not None and cost.estimate.value is not None:
        parts.append(f"{cost.estimate.value * cost.estimate.n:.4f} US dollars")
    return f'<p class="dim">{" · ".join(parts)}</p>'


def _gates(result: RunResult) -> str:
    if not result.gates:
        return ""
    rows = "".join(
        f"<tr><td>{badge('✓ passed', 'good') if gate.passed else badge('✗ failed', 'bad')}</td>"
        f"<td>{escaped(gate.name)}</td><td>{escaped(gate.why)}</td></tr>\n"
        for gate in result.gates
    )
    of = f" for {escaped(result.runs[0].system)}" if len(result.runs) > 1 else ""
    failed = sum(not gate.passed for gate in result.gates)
    verdict = f"{failed} failed" if failed else "all passed"
    return f'<h2>Gates{of}: {verdict}</h2><table class="gates"><tbody>{rows}</tbody></table>'


def _figures(result: RunResult) -> str:
    heads = [run.system for run in result.runs]
    heads += [f"better than {pair.base} by" for pair in result.side_by_side]
    head = "".join(f'<th scope="col">{escaped(title)}</th>' for title in heads)
    changes = [{one.name: one for one in pair.changes} for pair in result.side_by_side]
    rows, last = [], ""
    for suite, name in names(result):
        if suite != last:
            rows.append(
                f'<tr class="suite"><th scope="rowgroup" colspan="{len(heads) + 1}">{suite}</th>'
                "</tr>\n"
            )
            last = suite
        found = [run.measure(name) for run in result.runs]
        title = next(measure.title for measure in found if measure is not None)
        cells = [
            _figure(measure, found, run) for measure, run in zip(found, result.runs, strict=True)
        ]
        cells += [_change(pair.get(name)) for pair in changes]
        labelled = "".join(
            cell.replace("<td", f'<td data-label="{escaped(label)}"', 1)
            for cell, label in zip(cells, heads, strict=True)
        )
        rows.append(f'<tr><th scope="row">{escaped(title)}</th>{labelled}</tr>\n')
    return (
        f'<table class="figures"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _figure(measure: Measure | None, row: Sequence[Measure | None], run: SystemRun) -> str:
    if measure is None or measure.estimate.value is None:
        return '<td class="figure dim">not measured</td>'
    estimate = measure.estimate
    highs = [m.estimate.high or m.estimate.value or 0.0 for m in row if m is not None]
    scale = 1.0 if measure.unit == "share" else max([*highs, 1e-9])
    judged = f'<small class="odd">{trust(run.judge)}</small>' if measure.judged else ""
    return (
        f'<td class="figure">{interval(estimate, 2)} <small>n={estimate.n}</small>'
        f"{_bar(estimate.value, estimate.low, estimate.high, scale)}{judged}</td>"
    )


def _change(change: Change | None) -> str:
    if change is None:
        return '<td class="figure dim"></td>'
    if not change.comparable:
        return '<td class="figure dim">other judge</td>'
    tone = "good" if change.significant_gain else "bad" if change.significant_loss else ""
    return (
        f'<td class="figure"><span class="{tone}">{signed(change.difference, 2)}</span> '
        f"<small>n={change.difference.n}</small></td>"
    )


def _bar(value: float | None, low: float | None, high: float | None, scale: float) -> str:
    if value is None:
        return ""

    def at(figure: float) -> str:
        return f"{4 + (BAR - 8) * min(max(figure / scale, 0.0), 1.0):.1f}"

    span = ""
    if low is not None and high is not None:
        span = f'<line class="span" x1="{at(low)}" x2="{at(high)}" y1="7" y2="7"/>'
    return (
        f'<svg viewBox="0 0 {BAR} 14" aria-hidden="true">'
        f'<line class="axis" x1="4" x2="{BAR - 4}" y1="7" y2="7"/>{span}'
        f'<circle class="point" cx="{at(value)}" cy="7" r="4"/></svg>'
    )


def _falsified(runs: Sequence[SystemRun]) -> str:
    """Claims falsified on purpose; those that kept their support first."""
    made = [(run, one) for run in runs for one in run.falsified]
    if not made:
        return ""
    made.sort(key=lambda pair: _caught(pair[1]))
    missed = sum(not _caught(one) for _, one in made)
    rows = "".join(_mutant(one, run.system if len(runs) > 1 else "") for run, one in made)
    return (
        f"<h2>Claims falsified on purpose</h2><details><summary>{len(made)} claims that the judge "
        f"had called supported, changed and judged again; it missed {missed}</summary>"
        f'<ul class="falsified">{rows}</ul></details>'
    )


def _mutant(one: Falsified, system: str) -> str:
    still = f"{VERDICTS[one.claim.verdict][0]} still {one.claim.verdict}"
    seen = badge("✓ caught", "good") if _caught(one) else badge(still, "bad")
    of = f" · {escaped(system)}" if system else ""
    return (
        f"<li>{seen} {escaped(one.mutation.replace('_', ' '))}{of}<p>{escaped(one.claim.text)}</p>"
        f'<p class="dim">It was: {escaped(one.original)}</p>{evidence(one.claim, quotes=False)}'
        "</li>\n"
    )


def _caught(one: Falsified) -> bool:
    return one.claim.verdict == Verdict.UNSUPPORTED.value
