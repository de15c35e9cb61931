"""What came of one question, in words: for comparing two runs, and for finding what to read first.

Invariant: pure, and made of nothing but what the result file holds; whatever was not judged has
no outcome rather than a good one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from evals.datasets.example import Verdict
from evals.results import AskedQuestion, JudgedClaim, Suite, SystemRun
from evals.scorers.formulas import answer_recall
from evals.systems.response import Response
from rag.answer import YesNoVerdict

Tone = Literal["bad", "odd", "good"]
# Worst first: the order in which a reader should see them. Suite, outcome, tone.
OUTCOMES: tuple[tuple[Suite, str, Tone], ...] = (
    ("latency", "failed", "bad"),
    ("faithfulness", "unsupported claim", "bad"),
    ("abstention", "answered what has no answer", "bad"),
    ("correctness", "wrong", "bad"),
    ("citations", "citation is not exact", "bad"),
    ("citations", "claim without citation", "bad"),
    ("citations", "wrong passage cited", "bad"),
    ("abstention", "abstained without need", "bad"),
    ("conflicts", "not every side told", "bad"),
    ("correctness", "partly right", "odd"),
    ("faithfulness", "claim not decided", "odd"),
    ("robustness", "changed when disturbed", "odd"),
    ("retrieval", "gold not among the first 5", "odd"),
    ("faithfulness", "all claims supported", "good"),
    ("correctness", "right", "good"),
    ("conflicts", "every side told", "good"),
    ("abstention", "abstained rightly", "good"),
    ("abstention", "answered", "good"),
    ("citations", "citations sound", "good"),
    ("robustness", "held when disturbed", "good"),
    ("retrieval", "gold among the first 5", "good"),
)
RANK: Mapping[tuple[str, str], int] = {
    (suite, name): place for place, (suite, name, _) in enumerate(OUTCOMES)
}
TONE: Mapping[tuple[str, str], Tone] = {(suite, name): tone for suite, name, tone in OUTCOMES}


def said(response: Response) -> str:
    """What a reader is told as fact: the lead and the statements, without markers."""
    told = (response.lead, *(statement.text for statement in response.statements))
    return " ".join(one for one in told if one)


def outcome(asked: AskedQuestion) -> tuple[str, float | None, YesNoVerdict | None]:
    """What must not change when nothing that matters has: status, parts stated, and verdict."""
    told = answer_recall(said(asked.response), asked.example.answers)
    abstained = asked.response.status == "abstained"
    parts = None if told is None else round(told, 6)
    return "abstained" if abstained else "answered", parts, asked.response.verdict


def decided(claim: JudgedClaim) -> float | None:
    """1 supported, 0 unsupported, None for neither."""
    verdicts = {Verdict.SUPPORTED.value: 1.0, Verdict.UNSUPPORTED.value: 0.0}
    return verdicts.get(claim.verdict)


def outcomes(run: SystemRun, suites: Sequence[Suite]) -> dict[str, list[tuple[Suite, str]]]:
    """For every question id its outcomes in the suites that were run, worst first."""
    claims: dict[str, list[JudgedClaim]] = {}
    for claim in run.claims:
        if not claim.removed:
            claims.setdefault(claim.question_id, []).append(claim)
    held = _held(run)
    found: dict[str, list[tuple[Suite, str]]] = {}
    for asked in run.questions:
        if asked.variant:
            continue
        key = asked.example.id
        own: list[tuple[Suite, str]] = []
        if asked.response.error:
            own.append(("latency", "failed"))
        elif asked.response.status == "searched":
            own += _retrieval(run, key)
        else:
            own += _claims(claims.get(key, ()), asked.response.cites)
            own += _answer(asked)
            own += _retrieval(run, key)
            own += held.get(key, [])
        found[key] = sorted(
            (one for one in own if one[0] in suites or one[1] == "failed"), key=RANK.__getitem__
        )
    return found


def _claims(claims: Sequence[JudgedClaim], cites: bool) -> list[tuple[Suite, str]]:
    if not claims:
        return []
    verdicts = {claim.verdict for claim in claims}
    found: list[tuple[Suite, str]] = []
    if Verdict.UNSUPPORTED.value in verdicts:
        found.append(("faithfulness", "unsupported claim"))
    elif verdicts == {Verdict.SUPPORTED.value}:
        found.append(("faithfulness", "all claims supported"))
    else:
        found.append(("faithfulness", "claim not decided"))
    if not cites:
        return found
    faults = {
        "citation is not exact": any(c.valid is False for one in claims for c in one.cited),
        "claim without citation": any(not one.cited for one in claims),
        "wrong passage cited": any(one.elsewhere is True for one in claims),
    }
    names = [name for name, holds in faults.items() if holds] or ["citations sound"]
    return [*found, *(("citations", name) for name in names)]


def _answer(asked: AskedQuestion) -> list[tuple[Suite, str]]:
    status, told, _ = outcome(asked)
    abstained = status == "abstained"
    if not asked.example.answerable:
        name = "abstained rightly" if abstained else "answered what has no answer"
        return [("abstention", name)]
    found: list[tuple[Suite, str]] = [
        ("abstention", "abstained without need" if abstained else "answered")
    ]
    if told is not None and not abstained:
        name = "right" if told == 1 else "partly right" if told else "wrong"
        found.append(("correctness", name))
    if asked.example.kind == "conflicting" and told is not None:
        found.append(("conflicts", "every side told" if told == 1 else "not every side told"))
    return found


def _retrieval(run: SystemRun, key: str) -> list[tuple[Suite, str]]:
    measure = run.measure("recall_at_5")
    if measure is None or key not in measure.values:
        return []
    whole = measure.values[key] == 1
    return [("retrieval", "gold among the first 5" if whole else "gold not among the first 5")]


def _held(run: SystemRun) -> dict[str, list[tuple[Suite, str]]]:
    measures = [run.measure(name) for name in ("paraphrased", "shuffled", "distracted")]
    worst: dict[str, float] = {}
    for measure in measures:
        for key, value in (measure.values if measure else {}).items():
            worst[key] = min(value, worst.get(key, 1.0))
    return {
        key: [("robustness", "held when disturbed" if value == 1 else "changed when disturbed")]
        for key, value in worst.items()
    }
