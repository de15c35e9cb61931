"""Asks a system every question, has every claim judged, and works out the figures.

Invariant: questions are asked first and claims judged afterwards, so that one engine's prompt
cache serves each in turn; what was answered or judged before is not asked again. A question that
fails is recorded as failed and the run goes on, unless nothing could follow it either.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Protocol, TypeVar, runtime_checkable

from evals import suites
from evals.calibration import Card
from evals.canaries import FALSIFY, MUTATIONS, Mutation, other_evidence
from evals.example import Example, Verdict
from evals.folder import RunFolder, answer_key
from evals.judge import Judge, Judgement
from evals.metrics import citation_scores
from evals.results import AskedQuestion, JudgedClaim, JudgeNote, Measure, Suite, SystemRun
from evals.systems.groundwire import Disturbance
from evals.systems.response import Context, Response, Statement, System
from rag.errors import EndpointAuthError, GroundwireError, WeightsError

DISTURBED = 8  # answerable questions asked again in each disturbance
CANARIES = 6  # claims falsified in each way
RANKED = 10
Step = Callable[[str, int, int], None]
T = TypeVar("T")
R = TypeVar("R")


@runtime_checkable
class Disturbable(Protocol):
    """A system whose retrieval can be disturbed to see whether its answers hold."""

    def disturb(self, how: Disturbance | None) -> None:
        """From now on; None: as usual."""


@dataclass(frozen=True)
class Plan:
    """What to ask and to work out. `price` is in dollars per million tokens read and written."""

    examples: tuple[Example, ...]
    suites: tuple[Suite, ...]
    workers: int = 1
    price: tuple[float, float] | None = None
    card: Card | None = None


def run_system(
    system: System,
    judge: Judge,
    plan: Plan,
    folder: RunFolder,
    *,
    withheld: System | None = None,
    step: Step = lambda phase, done, total: None,
) -> SystemRun:
    """Everything one system is asked. `withheld` is the same system without the hidden quotes.

    Raises what makes every further question pointless: a refused key, missing weights.
    """
    questions = _ask_all(system, withheld, plan, folder, step)
    claims = _judge_all(judge, questions, plan, step)
    falsified = _falsified(judge, claims, plan, step) if "canaries" in plan.suites else {}
    found = _retrieved(system, questions, plan) if "retrieval" in plan.suites else {}
    measures = _measures(plan, questions, claims, falsified, found)
    counts = {verdict.value: 0 for verdict in Verdict}
    for claim in claims:
        counts[claim.verdict] += not claim.removed
    return SystemRun(
        system=system.name,
        model=system.model,
        fingerprint=system.fingerprint,
        judge=_note(judge, system, plan.card),
        measures=tuple(measures),
        verdicts=counts,
        claims=tuple(claims),
        questions=tuple(questions),
        prompt_tokens=sum(asked.response.prompt_tokens for asked in questions),
        completion_tokens=sum(asked.response.completion_tokens for asked in questions),
    )


def chosen(examples: Sequence[Example], limit: int | None) -> tuple[Example, ...]:
    """At most `limit` questions, kinds in turn, always the same ones, in their own order."""
    if limit is None or limit >= len(examples):
        return tuple(examples)
    by_kind: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_kind[example.kind].append(example)
    turns = chain.from_iterable(zip_longest(*by_kind.values()))
    taken = {example.id for example in [one for one in turns if one is not None][:limit]}
    return tuple(example for example in examples if example.id in taken)


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


def _ask_all(
    system: System, withheld: System | None, plan: Plan, folder: RunFolder, step: Step
) -> list[AskedQuestion]:
    groups: list[tuple[Disturbance | None, Sequence[Example]]] = [(None, plan.examples)]
    if "robustness" in plan.suites and isinstance(system, Disturbable):
        again = chosen([one for one in plan.examples if one.answerable], DISTURBED)
        groups += [("shuffled", again), ("distracted", again)]
    total = sum(len(examples) for _, examples in groups)
    asked: list[AskedQuestion] = []
    prints = {False: system.fingerprint, True: withheld.fingerprint if withheld else ""}
    for how, examples in groups:

        def one(example: Example, variant: str = how or "") -> AskedQuestion:
            key = answer_key(prints[example.withheld], example, variant)
            response = folder.known(key)
            if response is None:
                response = _asked(withheld if example.withheld else system, example)
                folder.keep(key, response)
            return AskedQuestion(example=example, response=response, variant=variant)

        if isinstance(system, Disturbable):
            system.disturb(how)
        asked += _each(one, examples, plan.workers, "asking", len(asked), total, step)
    if isinstance(system, Disturbable):
        system.disturb(None)
    return asked


def _asked(system: System | None, example: Example) -> Response:
    if system is None:
        return Response(error="the articles without the withheld quotes are missing")
    try:
        return system.ask(example.question, example.history)
    except (EndpointAuthError, WeightsError):
        raise
    except GroundwireError as error:
        return Response(error=str(error))


def _judge_all(
    judge: Judge, questions: Sequence[AskedQuestion], plan: Plan, step: Step
) -> list[JudgedClaim]:
    wanted = {"faithfulness", "citations", "canaries"} & set(plan.suites)
    plain = [asked for asked in questions if not asked.variant] if wanted else []
    groups = _each(
        lambda asked: judged_claims(judge, asked), plain, plan.workers, "judging", 0, None, step
    )
    return [claim for group in groups for claim in group]


def _falsified(
    judge: Judge, claims: Sequence[JudgedClaim], plan: Plan, step: Step
) -> dict[Mutation, list[JudgedClaim]]:
    """Supported claims, falsified and judged again, for each mutation."""
    good = [claim for claim in claims if suites.decided(claim) == 1 and not claim.removed]
    jobs: list[tuple[Mutation, JudgedClaim, str, str]] = []
    for mutation in MUTATIONS:
        made = [
            (mutation, claim, *pair)
            for place, claim in enumerate(good)
            if (pair := _mutant(mutation, place, good)) is not None
        ]
        jobs += made[:CANARIES]

    def one(job: tuple[Mutation, JudgedClaim, str, str]) -> tuple[Mutation, JudgedClaim]:
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
        return mutation, claim.model_copy(update=changed)

    found: dict[Mutation, list[JudgedClaim]] = {mutation: [] for mutation in MUTATIONS}
    for mutation, claim in _each(one, jobs, plan.workers, "canaries", 0, None, step):
        found[mutation].append(claim)
    return found


def _mutant(
    mutation: Mutation, place: int, claims: Sequence[JudgedClaim]
) -> tuple[str, str] | None:
    """The falsified claim and its evidence; None where there is nothing to falsify."""
    claim = claims[place]
    if mutation == "citations_shuffled":
        other = other_evidence(place, [one.evidence for one in claims])
        return None if other is None else (claim.text, other)
    text = FALSIFY[mutation](claim.text)
    return None if text is None else (text, claim.evidence)


def _retrieved(
    system: System, questions: Sequence[AskedQuestion], plan: Plan
) -> dict[str, Sequence[Context]]:
    found: dict[str, Sequence[Context]] = {}
    for asked in questions:
        if asked.variant or asked.example.withheld or not asked.example.gold:
            continue
        searched = (asked.response.raw or {}).get("searched_for") or asked.example.question
        contexts = system.search(str(searched), RANKED)
        found[asked.example.id] = contexts or asked.response.contexts
    return found


def _measures(
    plan: Plan,
    questions: Sequence[AskedQuestion],
    claims: Sequence[JudgedClaim],
    falsified: Mapping[Mutation, Sequence[JudgedClaim]],
    found: Mapping[str, Sequence[Context]],
) -> list[Measure]:
    made: Mapping[Suite, Callable[[], list[Measure]]] = {
        "faithfulness": lambda: suites.faithfulness(claims, plan.card),
        "citations": lambda: suites.citations(claims, questions),
        "correctness": lambda: suites.correctness(questions),
        "abstention": lambda: suites.abstention(questions),
        "retrieval": lambda: suites.retrieval(found, plan.examples),
        "conflicts": lambda: suites.conflicts(questions),
        "robustness": lambda: suites.robustness(questions),
        "latency": lambda: suites.latency(questions, plan.price),
        "canaries": lambda: suites.canaries(falsified),
    }
    return [measure for suite, make in made.items() if suite in plan.suites for measure in make()]


def _note(judge: Judge, system: System, card: Card | None) -> JudgeNote:
    note = JudgeNote(name=judge.name, model=judge.model, judges_itself=judge.model == system.model)
    if card is None:
        return note
    return note.model_copy(
        update={
            "datasets": card.datasets,
            "sensitivity": _finite(card.sensitivity),
            "specificity": _finite(card.specificity),
            "too_weak": card.too_weak,
        }
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _each(
    work: Callable[[T], R],
    items: Iterable[T],
    workers: int,
    phase: str,
    before: int,
    total: int | None,
    step: Step,
) -> list[R]:
    """The work on every item, in order, with progress; what is not begun is dropped on errors."""
    listed = list(items)
    count = total if total is not None else len(listed)
    results: list[R] = []
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, item) for item in listed]
        try:
            for future in futures:
                results.append(future.result())
                step(phase, before + len(results), count)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results
