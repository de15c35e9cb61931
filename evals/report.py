"""One HTML file that shows what a run found: figures with intervals, and every claim beside its
evidence, worst first.

Invariant: the file needs nothing else, neither network nor server, and loads nothing: its policy
forbids it. Every text in it (articles, answers, questions, errors) is escaped; none is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from evals.example import Verdict
from evals.outcomes import said
from evals.results import AskedQuestion, JudgedClaim, JudgeNote, Measure, RunResult, SystemRun
from evals.systems.response import Cited
from evals.table import interval, number
from rag.articles.sentences import sentence_spans

PARTS = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
VERDICTS: Mapping[str, tuple[str, str]] = {
    Verdict.UNSUPPORTED.value: ("✗", "bad"),
    Verdict.UNSCORED.value: ("?", "odd"),
    Verdict.ABSTAINED.value: ("–", "odd"),
    Verdict.SUPPORTED.value: ("✓", "good"),
}
FLAGS = {
    "disagree": "judge and verifier disagree",
    "removed": "removed by the system",
    "misattributed": "supported elsewhere",
    "invalid": "citation does not resolve",
    "uncited": "cites nothing",
}
MAX_EVIDENCE_CHARS = 4_000
BAR = 160


def html_report(result: RunResult) -> str:
    """The whole page."""
    style = (PARTS / "report.css").read_text("utf-8")
    script = (PARTS / "report.js").read_text("utf-8")
    kinds = {asked.example.id: asked.example.kind for run in result.runs for asked in run.questions}
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_text(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evals: {_text(result.questions)}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>Evals: {_text(result.questions)}</h1>
<p class="dim">{_summary(result)}</p>
{"".join(_judge(run) for run in result.runs)}
{_gates(result)}
<h2>Figures</h2>
<p class="dim">With 95 % intervals over resampled questions. n counts items.</p>
{_figures(result.runs)}
<h2>Claims beside their evidence, worst first</h2>
{_filters(result, sorted(set(kinds.values())))}
{"".join(_claims(result.runs, kinds))}
<h2>Questions</h2>
{_questions(result.runs)}
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


def worst_first(claims: Iterable[JudgedClaim]) -> list[JudgedClaim]:
    """Unsupported by falling certainty, then what was not decided, then supported."""
    order = list(VERDICTS)
    return sorted(
        claims,
        key=lambda claim: (
            claim.removed,
            order.index(claim.verdict),
            1.0 if claim.probability is None else claim.probability,
            claim.question_id,
        ),
    )


def flags(claim: JudgedClaim, run: SystemRun) -> list[str]:
    """What is remarkable about a claim, by the names in `FLAGS`."""
    removed_well = claim.removed and claim.verdict == Verdict.SUPPORTED.value
    shown_badly = (
        not claim.removed
        and claim.support is not None
        and claim.verdict == Verdict.UNSUPPORTED.value
    )
    cites = any(asked.response.cites for asked in run.questions)
    found = {
        "disagree": removed_well or shown_badly,
        "removed": claim.removed,
        "misattributed": claim.elsewhere is True,
        "invalid": any(cited.valid is False for cited in claim.cited),
        "uncited": cites and not claim.cited and not claim.removed,
    }
    return [name for name, holds in found.items() if holds]


def _summary(result: RunResult) -> str:
    limit = f", {result.limit} asked for" if result.limit is not None else ""
    return (
        f"{result.asked} questions{limit} · suites: {_text(', '.join(result.suites))} · "
        f"{result.wall_s / 60:.1f} minutes"
    )


def _judge(run: SystemRun) -> str:
    note = run.judge
    warn = " warn" if note.judges_itself or note.too_weak is not False else ""
    tokens = f"{run.prompt_tokens:,} tokens read, {run.completion_tokens:,} written"
    return (
        f'<section class="note{warn}"><p><strong>{_text(run.system)}</strong> '
        f'<span class="dim">({tokens})</span></p>'
        f"<p>Judged by {_text(note.name)}. {_trust(note)}</p></section>\n"
    )


def _trust(note: JudgeNote) -> str:
    parts = []
    if note.judges_itself:
        parts.append(
            '<strong class="odd">The judge is the model that wrote the answers.</strong> '
            "Its mistakes and its own may be the same."
        )
    if note.too_weak is None or note.sensitivity is None or note.specificity is None:
        parts.append(
            '<strong class="odd">This judge was never measured against people</strong>, so nothing '
            "is corrected for its errors: run <code>python -m evals judge FILE… --freeze</code>."
        )
    else:
        parts.append(
            f"Against people ({_text(', '.join(note.datasets))}) it calls {note.sensitivity:.0%} "
            f"of the supported claims supported and {note.specificity:.0%} of the unsupported ones "
            "unsupported."
        )
        if note.too_weak:
            parts.append(
                '<strong class="bad">Judge too weak</strong>: it adds too little to '
                "guessing for its scores to be corrected."
            )
    return " ".join(parts)


def _gates(result: RunResult) -> str:
    if not result.gates:
        return ""
    rows = "".join(
        f'<tr><td class="badge {"good" if gate.passed else "bad"}">'
        f"{'✓ passed' if gate.passed else '✗ failed'}</td>"
        f"<td>{_text(gate.name)}</td><td>{_text(gate.why)}</td></tr>\n"
        for gate in result.gates
    )
    return f'<h2>Gates</h2><div class="scroll"><table>{rows}</table></div>'


def _figures(runs: Sequence[SystemRun]) -> str:
    head = "".join(f'<th scope="col">{_text(run.system)}</th>' for run in runs)
    names = dict.fromkeys((m.suite, m.name) for run in runs for m in run.measures)
    rows, last = [], ""
    for suite, name in names:
        if suite != last:
            rows.append(f'<tr><th scope="rowgroup" colspan="{len(runs) + 1}">{suite}</th></tr>\n')
            last = suite
        found = [run.measure(name) for run in runs]
        title = next(measure.title for measure in found if measure is not None)
        cells = "".join(_figure(measure, found) for measure in found)
        rows.append(f"<tr><td>{_text(title)}</td>{cells}</tr>\n")
    return (
        f'<div class="scroll"><table><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _figure(measure: Measure | None, row: Sequence[Measure | None]) -> str:
    if measure is None:
        return '<td class="figure dim">not measured</td>'
    estimate = measure.estimate
    highs = [m.estimate.high or m.estimate.value or 0.0 for m in row if m is not None]
    scale = 1.0 if measure.unit == "share" else max([*highs, 1e-9])
    return (
        f'<td class="figure">{_text(interval(estimate))} <small>n={estimate.n}</small>'
        f"{_bar(estimate.value, estimate.low, estimate.high, scale)}</td>"
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


def _filters(result: RunResult, kinds: Sequence[str]) -> str:
    systems = [(str(place), run.system) for place, run in enumerate(result.runs)]
    return (
        "<form>"
        + _select("system", "System", systems)
        + _select("verdict", "Verdict", [(verdict, verdict) for verdict in VERDICTS])
        + _select("kind", "Kind of question", [(kind, kind.replace("_", " ")) for kind in kinds])
        + _select("flag", "Remarkable", list(FLAGS.items()))
        + '<label>Words<input name="words" type="search"></label>'
        + '<span id="count" role="status"></span></form>'
    )


def _select(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    choices = "".join(
        f'<option value="{_text(value)}">{_text(title)}</option>' for value, title in options
    )
    first = '<option value="">all</option>'
    return f'<label>{label}<select name="{name}">{first}{choices}</select></label>'


def _claims(runs: Sequence[SystemRun], kinds: Mapping[str, str]) -> Iterable[str]:
    several = len(runs) > 1
    for place, run in enumerate(runs):
        asked = {one.example.id: one for one in run.questions if not one.variant}
        for claim in worst_first(run.claims):
            mark, tone = VERDICTS[claim.verdict]
            names = flags(claim, run)
            question = asked[claim.question_id].example.question
            chance = "" if claim.probability is None else f" {claim.probability:.2f}"
            notes = [FLAGS[name] for name in names] + ([claim.why] if claim.why else [])
            yield (
                f'<article data-system="{place}" data-verdict="{_text(claim.verdict)}" '
                f'data-kind="{_text(kinds[claim.question_id])}" data-flags="{" ".join(names)}">'
                f'<div class="row"><span class="badge {tone}">{mark} {_text(claim.verdict)}{chance}'
                f"</span>{f'<span>{_text(run.system)}</span>' if several else ''}"
                + "".join(f'<span class="odd">{_text(note)}</span>' for note in notes)
                + f"</div><h3>{_text(claim.text)}</h3>{_evidence(claim)}"
                f'<div class="row"><span>{_text(claim.question_id)}: {_text(question)}</span>'
                "</div></article>\n"
            )


def _evidence(claim: JudgedClaim) -> str:
    if claim.cited:
        return "".join(_quote(cited) for cited in claim.cited)
    if not claim.evidence:
        return '<p class="dim">No evidence.</p>'
    return f"<blockquote>{_marked(_cut(claim.evidence), set(claim.read))}</blockquote>"


def _quote(cited: Cited) -> str:
    source = f'<span class="dim">{_text(cited.title or cited.article)}</span>'
    return (
        f"<blockquote>{_text(cited.before)} <mark>{_text(_cut(cited.quote))}</mark> "
        f"{_text(cited.after)}<br>{source}</blockquote>"
    )


def _marked(evidence: str, read: set[str]) -> str:
    """The evidence with the sentences marked that the judge was shown."""
    shown, place = [], 0
    for span in sentence_spans(evidence):
        if " ".join(span.of(evidence).split()) in read:
            shown.append(_text(evidence[place : span.start]))
            shown.append(f"<mark>{_text(span.of(evidence))}</mark>")
            place = span.end
    return "".join([*shown, _text(evidence[place:])])


def _questions(runs: Sequence[SystemRun]) -> str:
    rows = "".join(
        f"<tr><td>{_text(asked.example.id)} {_text(asked.variant)}</td>"
        f"<td>{_text(asked.example.kind)}</td><td>{_text(asked.example.question)}</td>"
        f"<td>{_outcome(asked)}</td><td>{_text(run.system)}</td>"
        f"<td>{number(asked.response.total_s)}</td></tr>\n"
        for run in runs
        for asked in run.questions
    )
    heads = ("id", "kind", "question", "answer", "system", "seconds")
    head = "".join(f'<th scope="col">{title}</th>' for title in heads)
    table = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f'<div class="scroll"><table>{table}</table></div>'


def _outcome(asked: AskedQuestion) -> str:
    response = asked.response
    if response.error:
        return f'<span class="bad">failed: {_text(response.error)}</span>'
    abstained = response.status == "abstained"
    tone = "good" if abstained is not asked.example.answerable else "bad"
    status = f'<span class="badge {tone}">{_text(response.status)}</span>'
    return f"{status} {_text(_cut(said(response)))}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_EVIDENCE_CHARS else text[:MAX_EVIDENCE_CHARS] + " …"


def _text(text: str) -> str:
    """Escaped for element content and quoted attributes; control characters made visible."""
    shown = "".join(char if char >= " " or char in "\n\t" else "\ufffd" for char in text)
    return escape(shown, quote=True)
