"""The questions of a report: each with what every system said, claim by claim beside its evidence.

Invariant: whatever comes from articles, models or questions passes `escaped`, and nothing else
is put between tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from evals.datasets.example import Example, Verdict
from evals.results import AskedQuestion, JudgedClaim, RunResult, Suite, SystemRun
from evals.scorers.outcomes import OUTCOMES, RANK, TONE, outcomes, said
from evals.systems.response import Cited
from rag.articles.sentences import sentence_spans

VERDICTS: Mapping[str, tuple[str, str]] = {
    Verdict.UNSUPPORTED.value: ("✗", "bad"),
    Verdict.UNSCORED.value: ("?", "odd"),
    Verdict.ABSTAINED.value: ("–", "odd"),
    Verdict.SUPPORTED.value: ("✓", "good"),
}
FLAGS = {
    "disagree": "judge and verifier disagree",
    "removed": "sentences removed by the system",
}
MAX_EVIDENCE_CHARS = 6_000
Outcome = tuple[Suite, str]


def question_cards(result: RunResult) -> Iterable[str]:
    """A card for each question, with a column for each system; the worst outcome first."""
    found = [outcomes(run, result.suites) for run in result.runs]
    asked = [_by_question(run.questions) for run in result.runs]
    claims = [_claims_of(run) for run in result.runs]
    several = len(result.runs) > 1
    examples = {one.example.id: one.example for run in result.runs for one in run.questions}
    ranked = sorted(
        examples.values(),
        key=lambda example: _badness(
            [one.get(example.id, []) for one in found],
            [one.get(example.id, ()) for one in claims],
        ),
    )
    for example in ranked:
        columns = "".join(
            _answer(
                place,
                run.system if several else "",
                asked[place].get(example.id, ()),
                claims[place].get(example.id, ()),
                found[place].get(example.id, []),
            )
            for place, run in enumerate(result.runs)
        )
        talk = "".join(f'<p class="dim">Before: {escaped(one)}</p>' for one in example.history)
        yield (
            f'<article data-kind="{escaped(example.kind)}">'
            f'<div class="row"><span>{escaped(example.id)}</span>'
            f"<span>{escaped(example.kind.replace('_', ' '))}</span></div>"
            f"{talk}<h3>{escaped(example.question)}</h3>{_wanted(example)}"
            f'<div class="answers">{columns}</div></article>\n'
        )


def filters(result: RunResult) -> str:
    """The form that narrows the cards down; `report.js` gives it its effect."""
    found = [outcomes(run, result.suites) for run in result.runs]
    held = {one for run in found for every in run.values() for one in every}
    kinds = sorted({asked.example.kind for run in result.runs for asked in run.questions})
    flags = {flag for run in result.runs for claim in run.claims for flag in flags_of(claim)}
    choices = "".join(
        f'<optgroup label="{suite}">'
        + "".join(
            _option(f"{suite}:{name}", name)
            for of, name, _ in OUTCOMES
            if of == suite and (of, name) in held
        )
        + "</optgroup>"
        for suite in dict.fromkeys(suite for suite, _, _ in OUTCOMES)
        if any(of == suite for of, _ in held)
    )
    if flags:
        group = "".join(_option(f"flag:{name}", FLAGS[name]) for name in FLAGS if name in flags)
        choices += f'<optgroup label="verifier">{group}</optgroup>'
    systems = "".join(_option(str(n), run.system) for n, run in enumerate(result.runs))
    return (
        "<form>"
        + (_select("system", "System", systems) if len(result.runs) > 1 else "")
        + _select("outcome", "Suite and outcome", choices)
        + _select("kind", "Kind", "".join(_option(k, k.replace("_", " ")) for k in kinds))
        + '<label>Words<input name="words" type="search"></label>'
        + '<span id="count" role="status"></span></form>'
    )


def flags_of(claim: JudgedClaim) -> list[str]:
    """What is remarkable about a claim beside its verdict, by the names in `FLAGS`.

    The judge and the answering system's verifier disagree where a sentence was shown that the
    judge does not support, or removed that it does.
    """
    bad, good = Verdict.UNSUPPORTED.value, Verdict.SUPPORTED.value
    shown_badly = not claim.removed and claim.support is not None and claim.verdict == bad
    found = {
        "disagree": shown_badly or (claim.removed and claim.verdict == good),
        "removed": claim.removed,
    }
    return [name for name, holds in found.items() if holds]


def evidence(claim: JudgedClaim, *, quotes: bool = True) -> str:
    """What a claim stands on, with the quote marked, or the sentences that the judge read."""
    if claim.cited and quotes:
        return "".join(_quote(cited) for cited in claim.cited)
    if not claim.evidence:
        return '<p class="dim">No evidence.</p>'
    whole = _marked(_cut(claim.evidence), set(claim.read))
    if not claim.read or len(claim.evidence) < 3 * sum(map(len, claim.read)):
        return f"<blockquote>{whole}</blockquote>"
    read = "<br>".join(f"<mark>{escaped(sentence)}</mark>" for sentence in claim.read)
    return (
        f"<blockquote>{read}</blockquote><details><summary>All it read</summary>"
        f"<blockquote>{whole}</blockquote></details>"
    )


def badge(text: str, tone: str) -> str:
    """A short word with a colour; the word alone says it too."""
    return f'<span class="badge {tone}">{escaped(text)}</span>'


def escaped(text: str) -> str:
    """Escaped for element content and quoted attributes; control characters made visible."""
    shown = "".join(char if char >= " " or char in "\n\t" else "\ufffd" for char in text)
    return escape(shown, quote=True)


def _by_question(asked: Sequence[AskedQuestion]) -> dict[str, list[AskedQuestion]]:
    found: dict[str, list[AskedQuestion]] = {}
    for one in asked:
        found.setdefault(one.example.id, []).append(one)
    return found


def _claims_of(run: SystemRun) -> dict[str, list[JudgedClaim]]:
    found: dict[str, list[JudgedClaim]] = {}
    for claim in run.claims:
        found.setdefault(claim.question_id, []).append(claim)
    return found


def _badness(
    found: Sequence[Sequence[Outcome]], claims: Sequence[Sequence[JudgedClaim]]
) -> tuple[int, float]:
    """The worst outcome of any system, then its least supported claim."""
    worst = min((RANK[one] for every in found for one in every), default=len(RANK))
    chances = [
        claim.probability
        for every in claims
        for claim in every
        if claim.probability is not None and not claim.removed
    ]
    return worst, min(chances, default=1.0)


def _wanted(example: Example) -> str:
    if example.withheld:
        return "<p>Wanted: an abstention, for the articles lack the gold quotes here.</p>"
    if not example.answerable:
        return "<p>Wanted: an abstention.</p>"
    parts = " · ".join(escaped(part[0]) for part in example.answers)
    others = [" / ".join(map(escaped, part[1:])) for part in example.answers if part[1:]]
    also = f' <span class="dim">(or {"; ".join(others)})</span>' if others else ""
    wanted = f"<p>Wanted: <strong>{parts}</strong>{also}</p>" if parts else ""
    quotes = "".join(
        f'<blockquote>{escaped(gold.quote)}<br><span class="dim">{escaped(gold.article)}</span>'
        "</blockquote>"
        for gold in example.gold
        if gold.quote
    )
    return wanted + (
        f"<details><summary>Gold evidence</summary>{quotes}</details>" if quotes else ""
    )


def _answer(
    place: int,
    system: str,
    asked: Sequence[AskedQuestion],
    claims: Sequence[JudgedClaim],
    found: Sequence[Outcome],
) -> str:
    plain = next((one for one in asked if not one.variant), None)
    if plain is None:
        return (
            f'<section class="answer" data-system="{place}"><p class="dim">Not asked.</p></section>'
        )
    marks = [f"{suite}:{name}" for suite, name in found]
    marks += sorted({f"flag:{flag}" for claim in claims for flag in flags_of(claim)})
    response = plain.response
    told = "".join(_claim(claim) for claim in _worst_first(claims) if not claim.removed)
    lead = _lead(plain, beside=bool(told))
    if not told:
        told = f"<p>{escaped(_cut(said(response) or response.text)) or _silence(plain)}</p>"
    head = f"<h4>{escaped(system)}</h4>" if system else ""
    seconds = f"<span>{response.total_s:.1f} s</span>" if response.total_s is not None else ""
    return (
        f'<section class="answer" data-system="{place}" data-marks="{escaped("|".join(marks))}">'
        f'{head}<div class="row">{"".join(badge(name, TONE[suite, name]) for suite, name in found)}'
        f"{seconds}</div>{lead}{told}{_found(plain)}{_reason(plain)}"
        f"{_removed([claim for claim in claims if claim.removed])}"
        f"{''.join(_variant(one, response.text) for one in asked if one.variant)}</section>"
    )


def _claim(claim: JudgedClaim) -> str:
    mark, tone = VERDICTS[claim.verdict]
    chance = "" if claim.probability is None else f" {claim.probability:.2f}"
    notes = [FLAGS[name] for name in flags_of(claim) if name != "removed"]
    notes += [claim.why] if claim.why else []
    notes += ["supported by something found, not by what it cites"] if claim.elsewhere else []
    row = "".join(f'<span class="odd">{escaped(note)}</span>' for note in notes)
    return (
        f'<div class="claim"><div class="said"><p>{escaped(claim.text)}</p><div class="row">'
        f"{badge(f'{mark} {claim.verdict}{chance}', tone)}{row}</div></div>"
        f'<div class="evidence">{evidence(claim)}</div></div>'
    )


def _removed(claims: Sequence[JudgedClaim]) -> str:
    if not claims:
        return ""
    count = "1 sentence" if len(claims) == 1 else f"{len(claims)} sentences"
    shown = "".join(_claim(claim) for claim in claims)
    return f"<details><summary>{count} removed by the system</summary>{shown}</details>"


def _variant(asked: AskedQuestion, plain: str) -> str:
    text = asked.response.error or asked.response.text
    same = " – the same answer" if text == plain else ""
    shown = "" if same else f"<blockquote>{escaped(_cut(text)) or _silence(asked)}</blockquote>"
    name = {"shuffled": "Passages shuffled", "distracted": "Distractors in front"}
    title = f"{name.get(asked.variant, asked.variant)}{same}"
    return f"<p class='dim'>{escaped(title)}</p>{shown}"


def _silence(asked: AskedQuestion) -> str:
    if asked.response.error:
        return f'<span class="bad">{escaped(asked.response.error)}</span>'
    return {"abstained": "(abstained)", "searched": "(only searched)"}.get(
        asked.response.status, "(said nothing)"
    )


def _found(asked: AskedQuestion) -> str:
    """The passages of a question that was only searched for."""
    if asked.response.status != "searched":
        return ""
    rows = "".join(
        f'<li>{escaped(_cut(one.text))}<br><span class="dim">{escaped(one.title or one.article)}'
        "</span></li>"
        for one in asked.response.contexts
    )
    return f"<details><summary>Passages found</summary><ol>{rows}</ol></details>"


def _lead(asked: AskedQuestion, *, beside: bool) -> str:
    """What the question was taken for, the verdict, and `beside` claims what is said first."""
    response = asked.response
    notes = [f"taken for: {response.kind.replace('_', ' ')}"] if response.kind else []
    notes += [f"verdict: {response.verdict.replace('_', ' ')}"] if response.verdict else []
    row = f'<p class="dim">{escaped(" · ".join(notes))}</p>' if notes else ""
    return row + (f"<p>{escaped(response.lead)}</p>" if response.lead and beside else "")


def _reason(asked: AskedQuestion) -> str:
    """Why there is no answer, and what the articles say instead."""
    abstention = (asked.response.raw or {}).get("abstention") or {}
    reason = abstention.get("reason")
    related = "".join(
        f"<blockquote>{escaped(_cut(str(one.get('text', ''))))}</blockquote>"
        for one in abstention.get("related") or ()
    )
    return (f'<p class="dim">{escaped(str(reason))}</p>' if reason else "") + (
        f"<details><summary>Said on the subject</summary>{related}</details>" if related else ""
    )


def _worst_first(claims: Iterable[JudgedClaim]) -> list[JudgedClaim]:
    order = list(VERDICTS)
    return sorted(
        claims,
        key=lambda claim: (
            order.index(claim.verdict),
            1.0 if claim.probability is None else claim.probability,
        ),
    )


def _quote(cited: Cited) -> str:
    wrong = badge("not the exact words", "bad") if cited.valid is False else ""
    return (
        f"<blockquote>{escaped(cited.before)} <mark>{escaped(_cut(cited.quote))}</mark> "
        f'{escaped(cited.after)}<br><span class="dim">{escaped(cited.title or cited.article)}'
        f"</span> {wrong}</blockquote>"
    )


def _marked(text: str, read: set[str]) -> str:
    """The evidence with the sentences marked that the judge was shown."""
    shown, place = [], 0
    for span in sentence_spans(text):
        if " ".join(span.of(text).split()) in read:
            shown.append(escaped(text[place : span.start]))
            shown.append(f"<mark>{escaped(span.of(text))}</mark>")
            place = span.end
    return "".join([*shown, escaped(text[place:])])


def _select(name: str, label: str, options: str) -> str:
    return (
        f'<label>{label}<select name="{name}"><option value="">all</option>{options}</select>'
        "</label>"
    )


def _option(value: str, title: str) -> str:
    return f'<option value="{escaped(value)}">{escaped(title)}</option>'


def _cut(text: str) -> str:
    return text if len(text) <= MAX_EVIDENCE_CHARS else text[:MAX_EVIDENCE_CHARS] + " …"
