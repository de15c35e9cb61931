"""Has every claim of a run judged, and then the same claims falsified on purpose.

Invariant: what is judged is what a reader sees: a claim beside the passages that it cites, or,
of a system that cites nothing, beside everything that it read.
"""

from __future__ import annotations

from collections.abc import Sequence

from evals.datasets.example import Verdict
from evals.judges.canaries import FALSIFY, MUTATIONS, Mutation, other_evidence
from evals.judges.judge import Judge, Judgement
from evals.pool import Step, each
from evals.results import AskedQuestion, Falsified, JudgedClaim
from evals.scorers.formulas import citation_scores
from evals.scorers.outcomes import decided
from evals.systems.response import Response, Statement

CANARIES = 6  # claims falsified in each way


def judge_all(
    judge: Judge, questions: Sequence[AskedQuestion], workers: int, step: Step
) -> list[JudgedClaim]:
    """Every claim of every question that was asked undisturbed."""
    plain = [asked for asked in questions if not asked.variant]
    groups = each(lambda asked: judged_claims(judge, asked), plain, workers, "judging", step)
    return [claim for group in groups for claim in group]


def judged_claims(judge: Judge, asked: AskedQuestion) -> list[JudgedClaim]:
    """Every statement shown, and every one the system removed, with what the judge says."""
    response = asked.response
    shown = [_judged(judge, asked.example.id, response, one) for one in response.statements]
    found = "\n\n".join(context.text for context in response.contexts)
    removed = [
        _removed(asked.example.id, text, found, judge.judge(text, found))
        for text in response.removed
        if text.strip() and found
    ]
    return [*shown, *removed]


def _judged(judge: Judge, key: str, response: Response, statement: Statement) -> JudgedClaim:
    cited = tuple(response.citations[n] for n in statement.citations) if response.cites else ()
    evidence = response.evidence(statement)
    known: dict[tuple[int, ...], Judgement] = {}

    def supports(subset: tuple[int, ...]) -> bool | None:
        if subset not in known:
            text = "\n\n".join(cited[place].evidence for place in subset)
            known[subset] = judge.judge(statement.text, text)
        return known[subset].supported

    scores = citation_scores(len(cited), supports)
    if cited:
        outcome = known[tuple(range(len(cited)))]
    elif response.cites:
        outcome = Judgement(Verdict.UNSUPPORTED, why="it cites nothing")
    else:
        outcome = judge.judge(statement.text, evidence)
    elsewhere = None
    if outcome.supported is False and response.cites:
        elsewhere = _supported_elsewhere(judge, statement, response)
    return JudgedClaim(
        question_id=key,
        text=statement.text,
        verdict=outcome.verdict.value,
        probability=outcome.probability,
        why=outcome.why,
        support=statement.support,
        cited=cited,
        evidence=evidence,
        read=outcome.read,
        citation_recall=scores.recall,
        needed=scores.needed,
        elsewhere=elsewhere,
    )


def _supported_elsewhere(judge: Judge, statement: Statement, response: Response) -> bool | None:
    found = "\n\n".join(context.text for context in response.contexts)
    return judge.judge(statement.text, found).supported if found else False


def _removed(key: str, text: str, evidence: str, outcome: Judgement) -> JudgedClaim:
    return JudgedClaim(
        question_id=key,
        text=text,
        verdict=outcome.verdict.value,
        probability=outcome.probability,
        why=outcome.why,
        evidence=evidence,
        read=outcome.read,
        removed=True,
    )


def falsified(
    judge: Judge, claims: Sequence[JudgedClaim], workers: int, step: Step
) -> list[Falsified]:
    """Up to `CANARIES` supported claims of every mutation, falsified and judged again."""
    good = [claim for claim in claims if decided(claim) == 1 and not claim.removed]
    jobs: list[tuple[Mutation, JudgedClaim, str, str]] = []
    for mutation in MUTATIONS:
        made = [
            (mutation, claim, *pair)
            for place, claim in enumerate(good)
            if (pair := _mutant(mutation, place, good)) is not None
        ]
        jobs += _spread(made)

    def one(job: tuple[Mutation, JudgedClaim, str, str]) -> Falsified:
        mutation, claim, text, evidence = job
        outcome = judge.judge(text, evidence)
        changed = {
            "text": text,
            "evidence": evidence,
            "verdict": outcome.verdict.value,
            "probability": outcome.probability,
            "why": outcome.why,
            "read": outcome.read,
        }
        return Falsified(
            mutation=mutation, original=claim.text, claim=claim.model_copy(update=changed)
        )

    return each(one, jobs, workers, "canaries", step)


def _spread(
    jobs: list[tuple[Mutation, JudgedClaim, str, str]],
) -> list[tuple[Mutation, JudgedClaim, str, str]]:
    """`CANARIES` of them, one for each question as far as that goes, over the whole run."""
    first: dict[str, tuple[Mutation, JudgedClaim, str, str]] = {}
    for job in jobs:
        first.setdefault(job[1].question_id, job)
    apart = list(first.values())
    stride = max(1, len(apart) // CANARIES)
    return apart[::stride][:CANARIES]


def _mutant(
    mutation: Mutation, place: int, claims: Sequence[JudgedClaim]
) -> tuple[str, str] | None:
    """The falsified claim and its evidence; None where there is nothing to falsify."""
    claim = claims[place]
    if mutation == "citations_shuffled":
        other = other_evidence(claim.text, [one.evidence for one in claims])
        return None if other is None else (claim.text, other)
    text = FALSIFY[mutation](claim.text)
    return None if text is None else (text, claim.evidence)
