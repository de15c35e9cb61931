"""One `run` from its order to its files: articles, questions, systems, judge, gates, report.

Invariant: it works in the run's own folder; the user's store is never opened. The same order
resumes there, and writes the same figures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from evals.datasets.example import Example
from evals.datasets.loading import load_collection, load_questions
from evals.folder import RunFolder
from evals.judges.calibration import SHIPPED_CARDS, find_card
from evals.judges.judge import Judge, SignalsJudge
from evals.models import JudgeOrder, Models
from evals.report.compare import side_by_side
from evals.report.gates import Condition, check_gates
from evals.report.junit import junit_xml
from evals.report.page import write_report
from evals.results import RunResult, Suite, SystemRun
from evals.runner import Plan, chosen, run_system
from evals.systems.articles import articles_of, withhold
from evals.systems.response import System
from rag.articles.article import name_of, normalise
from rag.errors import InputError
from rag.newsroom import Report
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

JUDGE_TOKENS = ("judge_prompt_tokens", "judge_completion_tokens")


@dataclass(frozen=True)
class RunOrder:
    """What `python -m evals run` was told."""

    articles: tuple[Path, ...]
    questions: Path | None
    suites: tuple[Suite, ...]
    systems: tuple[str, ...]
    out: Path
    data: Path | None = None
    limit: int | None = None
    gates: tuple[Condition, ...] = ()
    price: tuple[float, float] | None = None
    workers: int = 1
    judge: JudgeOrder = field(default_factory=JudgeOrder)


def run_all(order: RunOrder, settings: Settings, progress: Report) -> RunResult:
    """Run every system and write result, report and JUnit file.

    The gates are for the first system; the others are there to compare it with. Raises
    GroundwireError; what was answered until then is kept in the folder.
    """
    started = time.monotonic()
    with RunFolder(order.out) as folder, Models(settings, progress) as models:
        articles, name, examples = _asked(order)
        plan = Plan(
            examples=chosen(examples, order.limit),
            suites=order.suites,
            workers=order.workers,
            price=order.price,
        )
        judge = models.judge(order.judge) if plan.needs_answers else SignalsJudge()
        runs = [
            _run(spec, articles, plan, judge, folder, models, settings, progress)
            for spec in order.systems
        ]
    result = RunResult(
        questions=name,
        asked=len(plan.examples),
        limit=order.limit,
        suites=order.suites,
        runs=tuple(runs),
        side_by_side=tuple(side_by_side(peer, runs[0]) for peer in runs[1:]),
        gates=check_gates(runs[0], order.gates),
        wall_s=round(time.monotonic() - started, 1),
    )
    result.save(order.out / "result.json")
    write_report(result, order.out / "report.html")
    (order.out / "junit.xml").write_text(junit_xml(result), "utf-8", "replace")
    return result


def own_cards(settings: Settings) -> Path:
    """Where `judge --freeze` keeps what it measured."""
    return settings.home / "judges.json"


def _writes(spec: str) -> bool:
    return spec in ("groundwire", "plain-chain", "plain")


def _asked(order: RunOrder) -> tuple[tuple[Path, ...], str, tuple[Example, ...]]:
    if order.data is not None:
        collection = load_collection(order.data)
        path = collection.write_articles(order.out / "articles.jsonl")
        return (path,), collection.name, collection.examples
    if order.questions is None:
        raise InputError(
            "There are no questions for these articles",
            fix="Draft some with `python -m evals new FOLDER`, then give them as --questions.",
        )
    examples = load_questions(order.questions)
    _check_gold(examples, order)
    return order.articles, order.questions.stem, examples


def _check_gold(examples: Sequence[Example], order: RunOrder) -> None:
    """A gold quote that nobody can find would count as missed: say so before anything is asked."""
    texts = {name_of(article.source): article.text for article in articles_of(order.articles)}
    for example in examples:
        for gold in example.gold:
            if gold.article not in texts:
                problem = f"there is no article {gold.article!r}"
            elif normalise(gold.quote) not in texts[gold.article]:
                problem = f"{gold.quote!r} does not stand in {gold.article}"
            else:
                continue
            raise InputError(
                f"{order.questions}, question {example.id!r}: {problem}",
                fix="Copy the quote from the article, or name the right --articles.",
            )


def _run(
    spec: str,
    articles: Sequence[Path],
    plan: Plan,
    judge: Judge,
    folder: RunFolder,
    models: Models,
    settings: Settings,
    progress: Report,
) -> SystemRun:
    card = find_card(judge.name, own_cards(settings), SHIPPED_CARDS)
    with ExitStack() as stack:

        def opened(paths: Sequence[Path]) -> System:
            chat = models.writer() if plan.needs_answers and _writes(spec) else None
            system = open_system(spec, paths, folder.path, chat, settings, progress)
            stack.callback(system.close)
            return system

        system = opened(articles)
        withheld = None
        if any(example.withheld for example in plan.examples):
            path = withhold(articles, plan.examples, folder.path / "withheld.jsonl")
            withheld = opened((path,))
        before = _asked_of_judge(models)
        run = run_system(
            system,
            judge,
            replace(plan, card=card),
            folder,
            withheld=withheld,
            step=lambda phase, done, total: progress(f"{phase}: {system.name}", done, total),
        )
        spent = [now - then for now, then in zip(_asked_of_judge(models), before, strict=True)]
        changes = dict(zip(("judge_calls", *JUDGE_TOKENS), spent, strict=True))
        return run.model_copy(update={"spent": run.spent.model_copy(update=changes)})


def _asked_of_judge(models: Models) -> tuple[int, int, int]:
    meter = models.judged
    return (meter.calls, meter.prompt_tokens, meter.completion_tokens) if meter else (0, 0, 0)


def open_system(
    spec: str,
    articles: Sequence[Path],
    folder: Path,
    chat: ChatModel | None,
    settings: Settings,
    progress: Report | None = None,
) -> System:
    """The system that `spec` names: groundwire, plain-chain, module:function or an http address.

    Without `chat` the first two can only be searched. Raises InputError for any other.
    """
    from evals.systems.groundwire import GroundwireSystem, set_apart
    from evals.systems.plain_chain import PlainChain
    from evals.systems.remote import open_callable, open_endpoint
    from rag.models.embeddings import open_embedder

    if spec == "groundwire":
        mark = sha256(repr([str(path.absolute()) for path in articles]).encode()).hexdigest()[:8]
        own = set_apart(settings, folder / f"home-{mark}")
        return GroundwireSystem(articles, own, chat, progress)
    if spec in ("plain-chain", "plain"):
        return PlainChain(articles, chat, open_embedder(settings))
    if spec.startswith(("http://", "https://")):
        return open_endpoint(spec, timeout_s=settings.timeout_s)
    if ":" in spec:
        return open_callable(spec)
    raise InputError(
        f"There is no system {spec!r}",
        fix="Choose groundwire, plain-chain, module:function or an http address.",
    )
