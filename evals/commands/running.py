"""Running the evals, and comparing two runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from evals.commands.options import (
    NOT_GOOD_ENOUGH,
    AsJson,
    JudgeKind,
    JudgeModel,
    JudgeUrl,
    Limit,
    WeightsFile,
    Workers,
    print_json,
    show,
)
from evals.datasets.loading import QUESTIONS
from evals.results import SUITES, Suite
from rag.progress import terminal_progress
from rag.settings import SHIPPED_CORPUS, Settings


def run(
    articles: Annotated[
        list[Path] | None, typer.Option(help="Files or folders to ask about; default: corpus/.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(help="Questions, one JSON object a line.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            "--beir",
            help="A folder in BEIR form, for its articles, its questions and what is relevant.",
        ),
    ] = None,
    suite: Annotated[
        list[str] | None, typer.Option(help=f"Repeat it; of {', '.join(SUITES)}. Default: all.")
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option(
            help="groundwire, plain-chain, module:function or http://…; repeat it to set them "
            "side by side. Gates are for the first."
        ),
    ] = None,
    limit: Limit = None,
    out: Annotated[Path, typer.Option(help="Folder of the results; the same one resumes.")] = Path(
        "evals/out"
    ),
    judge: JudgeKind = "model",
    judge_url: JudgeUrl = None,
    judge_model: JudgeModel = None,
    weights: WeightsFile = None,
    gate: Annotated[
        list[str] | None, typer.Option(help="Condition such as faithfulness>=0.9; repeat it.")
    ] = None,
    price: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Dollars per million tokens read, and written."),
    ] = None,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Ask every question, judge every claim, write the report.

    \b
    Examples:
      python -m evals run
      python -m evals run --limit 20 --suite abstention --suite correctness
      python -m evals run --articles news/ --questions questions.jsonl --out runs/monday
      python -m evals run --system groundwire --system plain-chain
      python -m evals run --data ../beir/scifact --suite retrieval
      python -m evals run --gate "faithfulness>=0.9" --gate "invalid_citations<=0.02" --json

    \b
    In --out: result.json, report.html, junit.xml, and answers.jsonl, from which the same command
    goes on after a stop. Exit code 3: measured, and a gate failed. Metrics: docs/evals.md.
    """
    from evals.models import JudgeOrder
    from evals.report.gates import Condition
    from evals.report.table import gate_table, run_table
    from evals.session import RunOrder, run_all

    order = RunOrder(
        articles=tuple(articles or [SHIPPED_CORPUS]),
        questions=questions or (QUESTIONS if not articles else None),
        data=data,
        suites=_suites(suite),
        systems=tuple(system or ["groundwire"]),
        limit=limit,
        out=out,
        gates=tuple(Condition.parse(text) for text in gate or ()),
        price=price,
        workers=workers,
        judge=JudgeOrder(judge, judge_url, judge_model, weights),
    )
    with terminal_progress() as progress:
        result = run_all(order, Settings.load(), progress)
    if as_json:
        print_json(result.model_dump(mode="json"))
    else:
        show(run_table(result), gate_table(result))
        typer.echo(f"report: {(out / 'report.html').absolute().as_uri()}")
    if not result.passed:
        raise typer.Exit(NOT_GOOD_ENOUGH)


def compare(
    base: Annotated[Path, typer.Argument(help="Folder or result.json of the earlier run.")],
    new: Annotated[Path, typer.Argument(help="Folder or result.json of the later run.")],
    system: Annotated[
        str | None, typer.Option(help="Part of the system's name; default: each run's first.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Also write both side by side as a page to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What got better, what got worse, and what of that is sure; paired by question.

    \b
    Examples:
      python -m evals compare runs/monday runs/tuesday
      python -m evals compare runs/monday runs/tuesday --out changes.html

    Exit code 3: a measure other than speed is surely worse.
    """
    from evals.report.compare import compare as compared
    from evals.report.compare import named, page_of
    from evals.report.page import write_report
    from evals.report.table import answer_table, change_table
    from evals.results import RunResult

    first, second = named(RunResult.load(base), base), named(RunResult.load(new), new)
    comparison = compared(first, second, system)
    if out is not None:
        write_report(page_of(comparison, first, second), out)
    if as_json:
        print_json(comparison.as_json())
    else:
        show(change_table(comparison.figures))
        if comparison.answers:
            show(answer_table(comparison))
        else:
            typer.echo("No answer differs in what it states.")
        if out is not None:
            typer.echo(f"page: {out.absolute().as_uri()}")
    if comparison.lost:
        raise typer.Exit(NOT_GOOD_ENOUGH)


def _suites(names: Sequence[str] | None) -> tuple[Suite, ...]:
    unknown = [name for name in names or () if name not in SUITES]
    if unknown:
        raise typer.BadParameter(f"there is no suite {unknown[0]!r}; of {', '.join(SUITES)}")
    return tuple(name for name in SUITES if not names or name in names)
