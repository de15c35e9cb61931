"""Asks a system every question, has every claim judged, and works out the figures.

Invariant: questions are asked first and claims judged afterwards, so that one engine's prompt
cache serves each in turn; what was answered or judged before is not asked again. A question that
fails is recorded as failed and the run goes on, unless nothing could follow it either.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Protocol, runtime_checkable

from evals.datasets.example import Example, Verdict
from evals.folder import RunFolder, answer_key
from evals.judges.calibration import Card
from evals.judges.judge import Judge
from evals.judges.judging import falsified, judge_all
from evals.pool import Step, each
from evals.results import (
    AskedQuestion,
    Falsified,
    JudgedClaim,
    JudgeNote,
    Measure,
    Spent,
    Suite,
    SystemRun,
)
from evals.scorers import answer_measures, claim_measures
from evals.systems.groundwire import Disturbance
from evals.systems.response import Context, Response, System
from rag.errors import EndpointAuthError, GroundwireError, WeightsError

DISTURBED = range(2, 9)  # answerable questions asked again in each disturbance, kinds in turn
DISTURBED_SHARE = 6  # one in so many, so that robustness stays a small part of any run
NEED_CLAIMS = frozenset({"faithfulness", "citations", "canaries"})


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

    @property
    def needs_answers(self) -> bool:
        """False where retrieval alone is measured: then no model is asked anything."""
        return set(self.suites) != {"retrieval"}


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
    clock = _Clock()
    questions: list[AskedQuestion] = []
    claims: list[JudgedClaim] = []
    mutants: list[Falsified] = []
    found: dict[str, Sequence[Context]] = {}
    asks = plan.needs_answers or not _tells(system, plan)
    if asks:
        with clock.running("asking"):
            questions += _ask(system, withheld, plan, folder, None, plan.examples, step)
        for how in _disturbances(system, plan):
            with clock.running("robustness"):
                again = disturbed(plan.examples)
                questions += _ask(system, withheld, plan, folder, how, again, step)
    if NEED_CLAIMS & set(plan.suites):
        with clock.running("judging"):
            claims = judge_all(judge, questions, plan.workers, step)
    if "canaries" in plan.suites:
        with clock.running("canaries"):
            mutants = falsified(judge, claims, plan.workers, step)
    if "retrieval" in plan.suites:
        with clock.running("retrieval"):
            found = _retrieved(system, questions, plan, step)
    if not asks:
        questions = [_searched(one, found[one.id]) for one in plan.examples if one.id in found]
    counts = {verdict.value: 0 for verdict in Verdict}
    for claim in claims:
        counts[claim.verdict] += not claim.removed
    return SystemRun(
        system=system.name,
        model=system.model,
        fingerprint=system.fingerprint,
        judge=_note(judge, system, plan.card),
        measures=tuple(_measures(plan, questions, claims, mutants, found)),
        verdicts=counts,
        claims=tuple(claims),
        questions=tuple(questions),
        falsified=tuple(mutants),
        prompt_tokens=sum(asked.response.prompt_tokens for asked in questions),
        completion_tokens=sum(asked.response.completion_tokens for asked in questions),
        spent=Spent(seconds=clock.seconds),
    )


def chosen(examples: Sequence[Example], limit: int | None) -> tuple[Example, ...]:
    """At most `limit` questions, kinds in turn, always the same ones, in their own order.

    Answerable and unanswerable kinds alternate; within a kind the questions that others
    paraphrase come first and the rest in an order made of their ids, so that a set sorted by
    article is not cut to its first articles. A larger limit adds to the smaller one.
    """
    if limit is None or limit >= len(examples):
        return tuple(examples)
    by_kind: dict[str, list[Example]] = defaultdict(list)
    originals = {example.paraphrase_of for example in examples}
    for example in sorted(examples, key=lambda one: (one.id not in originals, _mixed(one.id))):
        by_kind[example.kind].append(example)
    kinds = sorted(by_kind)
    can = [by_kind[kind] for kind in kinds if by_kind[kind][0].answerable]
    cannot = [by_kind[kind] for kind in kinds if not by_kind[kind][0].answerable]
    columns = [one for pair in zip_longest(can, cannot) for one in pair if one is not None]
    turns = chain.from_iterable(zip_longest(*columns))
    taken = {example.id for example in [one for one in turns if one is not None][:limit]}
    return tuple(example for example in examples if example.id in taken)


def disturbed(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The questions that robustness asks again: a sixth of the answerable ones, kinds in turn.

    At least two, because one gives no interval, and at most eight.
    """
    answerable = [one for one in examples if one.answerable]
    wanted = round(len(answerable) / DISTURBED_SHARE)
    return chosen(answerable, min(max(wanted, DISTURBED[0]), DISTURBED[-1]))


def _mixed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class _Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def running(self, phase: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        spent = self.seconds.get(phase, 0.0) + time.monotonic() - begun
        self.seconds[phase] = round(spent, 1)


def _disturbances(system: System, plan: Plan) -> tuple[Disturbance, ...]:
    asked = "robustness" in plan.suites and isinstance(system, Disturbable)
    return ("shuffled", "distracted") if asked else ()


def _ask(
    system: System,
    withheld: System | None,
    plan: Plan,
    folder: RunFolder,
    how: Disturbance | None,
    examples: Sequence[Example],
    step: Step,
) -> list[AskedQuestion]:
    prints = {False: system.fingerprint, True: withheld.fingerprint if withheld else ""}
    variant = how or ""

    def one(example: Example) -> AskedQuestion:
        key = answer_key(prints[example.withheld], example, variant)
        response = folder.known(key)
        if response is None:
            response = _asked(withheld if example.withheld else system, example)
            folder.keep(key, response)
        return AskedQuestion(example=example, response=response, variant=variant)

    phase = f"asking, {how}" if how else "asking"
    if not isinstance(system, Disturbable):
        return each(one, examples, plan.workers, phase, step)
    system.disturb(how)
    try:
        return each(one, examples, plan.workers, phase, step)
    finally:
        system.disturb(None)


def _asked(system: System | None, example: Example) -> Response:
    if system is None:
        return Response(error="the articles without the withheld quotes are missing")
    try:
        return system.ask(example.question, example.history)
    except (EndpointAuthError, WeightsError):
        raise
    except GroundwireError as error:
        return Response(error=str(error))


def _retrieved(
    system: System, questions: Sequence[AskedQuestion], plan: Plan, step: Step
) -> dict[str, Sequence[Context]]:
    """What is found for each question that has gold; for a follow-up as it was searched for."""
    answers = {asked.example.id: asked.response for asked in questions if not asked.variant}
    wanted = [one for one in plan.examples if one.gold and not one.withheld]

    def one(example: Example) -> Sequence[Context]:
        answer = answers.get(example.id)
        searched = (answer.raw or {}).get("searched_for") if answer else None
        contexts = system.search(str(searched or example.question), answer_measures.RANKED)
        return contexts or (answer.contexts if answer else ())

    found = each(one, wanted, 1, "searching", step)
    return {example.id: contexts for example, contexts in zip(wanted, found, strict=True)}


def _tells(system: System, plan: Plan) -> bool:
    """Whether the system gives passages when it is searched and not asked."""
    return any(system.search(one.question, 1) for one in plan.examples[:1])


def _searched(example: Example, found: Sequence[Context]) -> AskedQuestion:
    response = Response(status="searched", contexts=tuple(found))
    return AskedQuestion(example=example, response=response)


def _measures(
    plan: Plan,
    questions: Sequence[AskedQuestion],
    claims: Sequence[JudgedClaim],
    mutants: Sequence[Falsified],
    found: Mapping[str, Sequence[Context]],
) -> list[Measure]:
    made: Mapping[Suite, Callable[[], list[Measure]]] = {
        "faithfulness": lambda: claim_measures.faithfulness(claims, plan.card),
        "citations": lambda: claim_measures.citations(claims, questions),
        "correctness": lambda: answer_measures.correctness(questions),
        "abstention": lambda: answer_measures.abstention(questions),
        "retrieval": lambda: answer_measures.retrieval(found, plan.examples),
        "conflicts": lambda: answer_measures.conflicts(questions),
        "robustness": lambda: answer_measures.robustness(questions),
        "latency": lambda: answer_measures.latency(questions, plan.price),
        "canaries": lambda: claim_measures.canaries(mutants),
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
