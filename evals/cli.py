"""The command line of the evals: `python -m evals`.

Results go to stdout, progress and errors to stderr. Exit codes: 0 measured and passed, 1 an error
said in one line, 2 wrong usage, 3 measured and not good enough (a gate failed, or a loss that is
sure).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from evals.benchmarks.bench import bench_command
from evals.results import SUITES, Suite
from rag.errors import GroundwireError, InputError
from rag.progress import Report, terminal_progress
from rag.settings import SHIPPED_CORPUS, Settings

QUESTIONS = Path(__file__).parent / "questions" / "corpus.jsonl"
NOT_GOOD_ENOUGH = 3
PIPED_WIDTH = 150  # a log has no edge

app = typer.Typer(
    name="evals",
    help="Measure how faithful answers are, and how far the judge that says so can be trusted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Limit = Annotated[
    int | None, typer.Option(min=1, help="At most so many, of every kind; always the same ones.")
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Requests at once; for hosted models.")]
JudgeKind = Annotated[
    str, typer.Option("--judge", help="`model`, or `signals` for a weaker one without a model.")
]
JudgeUrl = Annotated[
    str | None, typer.Option(help="OpenAI-compatible server of the judge; default: as for answers.")
]
JudgeModel = Annotated[str | None, typer.Option(help="Model of the judge at that server.")]
WeightsFile = Annotated[
    Path | None, typer.Option("--weights", help="Weights that `fit` wrote, for another model.")
]

app.command("bench")(bench_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors of ours become one line and exit code 1."""
    from rich.console import Console

    console = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
    try:
        app(args=arguments)
    except GroundwireError as error:
        console.print(f"evals: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("evals: stopped; the same command goes on from here")
        sys.exit(130)


@app.command()
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
    from evals.gates import Condition
    from evals.models import JudgeOrder
    from evals.session import RunOrder, run_all
    from evals.table import gate_table, run_table

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
        _print(result.model_dump(mode="json"))
    else:
        _show(run_table(result), gate_table(result))
        typer.echo(f"report: {(out / 'report.html').absolute().as_uri()}")
    if not result.passed:
        raise typer.Exit(NOT_GOOD_ENOUGH)


@app.command()
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
    from evals.compare import compare as compared
    from evals.compare import named, page_of
    from evals.report import write_report
    from evals.results import RunResult
    from evals.table import answer_table, change_table

    first, second = named(RunResult.load(base), base), named(RunResult.load(new), new)
    comparison = compared(first, second, system)
    if out is not None:
        write_report(page_of(comparison, first, second), out)
    if as_json:
        _print(comparison.as_json())
    else:
        _show(change_table(comparison.figures))
        if comparison.answers:
            _show(answer_table(comparison))
        else:
            typer.echo("No answer differs in what it states.")
        if out is not None:
            typer.echo(f"page: {out.absolute().as_uri()}")
    if comparison.lost:
        raise typer.Exit(NOT_GOOD_ENOUGH)


@app.command("judge")
def judge_command(
    files: Annotated[list[Path], typer.Argument(help="Claims that people labelled, as JSONL.")],
    limit: Limit = None,
    judge: JudgeKind = "model",
    judge_url: JudgeUrl = None,
    judge_model: JudgeModel = None,
    weights: WeightsFile = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Keep the figures for the reports of later runs.")
    ] = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Measure the judge itself against people, beside word overlap and "always supported".

    \b
    Examples:
      python -m evals judge labelled.jsonl --limit 200
      python -m evals judge labelled.jsonl --freeze

    A line of a file: {"id", "dataset", "context", "claim", "label": 1 or 0}. With --freeze later
    reports show the judge's sensitivity and specificity and correct faithfulness by them.
    """
    from evals.calibration import as_json as calibration_json
    from evals.calibration import calibrate, card_of, keep_card, stratified
    from evals.datasets import load_claims
    from evals.models import JudgeOrder, Models
    from evals.session import own_cards
    from evals.table import judge_table

    sets = [(path, stratified(load_claims(path), limit)) for path in files]
    settings = Settings.load()
    found = []
    order = JudgeOrder(judge, judge_url, judge_model, weights)
    with terminal_progress() as progress, Models(settings, progress) as models:
        chosen = models.judge(order)
        for path, claims in sets:
            step = _counter(progress, path.name, len(claims))
            found.append(calibrate(chosen, claims, workers=workers, step=step))
    if freeze:
        keep_card(card_of(found), own_cards(settings))
    if as_json:
        _print([calibration_json(one) for one in found])
    else:
        _show(judge_table(found))


@app.command()
def fit(
    files: Annotated[list[Path], typer.Argument(help="Claims that people labelled, as JSONL.")],
    out: Annotated[Path, typer.Option(help="File of weights to write.")],
    limit: Limit = None,
    judge: JudgeKind = "model",
    judge_url: JudgeUrl = None,
    judge_model: JudgeModel = None,
    cards: Annotated[
        Path | None, typer.Option(help="Also keep the figures on unseen documents in this file.")
    ] = None,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Fit the judge's weights and threshold, and measure them on documents they had not seen."""
    from evals.calibration import as_json as calibration_json
    from evals.calibration import card_of, compared, judge_each, keep_card, stratified
    from evals.datasets import load_claims
    from evals.fitting import fit as fitted
    from evals.fitting import keep_weights
    from evals.models import JudgeOrder, Models
    from evals.table import judge_table

    sets = [stratified(load_claims(path), limit) for path in files]
    claims = [claim for one in sets for claim in one]
    order = JudgeOrder(judge, judge_url, judge_model)
    with terminal_progress() as progress, Models(Settings.load(), progress) as models:
        chosen = models.judge(order)
        step = _counter(progress, "reading", len(claims))
        outcomes = judge_each(chosen, claims, workers=workers, step=step)
        made = fitted(judge, claims, outcomes, with_model=judge == "model")
        name = chosen.with_weights(made.weights).name
    keep_weights(made.weights, out)
    places = iter(made.unseen)
    found = [compared(name, one, [next(places) for _ in one]) for one in sets]
    if cards is not None:
        keep_card(card_of(found), cards)
    if as_json:
        _print(
            {"weights": asdict(made.weights), "unseen": [calibration_json(one) for one in found]}
        )
    else:
        _show(judge_table(found))


@app.command("fit-reading")
def fit_reading_command(
    data: Annotated[list[Path], typer.Argument(help="Folders of questions in BEIR form.")],
    limit: Annotated[int, typer.Option(min=2, help="Questions of each folder.")] = 80,
    out: Annotated[Path | None, typer.Option(help="File of weights to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit when a question counts as answered by what was read, on questions of both kinds.

    \b
    Example:
      python -m evals fit-reading ../sets/one ../sets/two --limit 120 --out weights.json

    Answers use `rag/answering/weights.json`. A folder that is named twice counts double. The
    figures are of questions that the weights had not seen; replies of the model are kept, so that
    the same command again asks nothing.
    """
    from evals.cache import Cache
    from evals.datasets import load_collection
    from evals.reading import fit_reading, keep_reading, read_collection
    from evals.table import reading_table
    from rag.models.chat import ChatModel

    named = Counter(folder.resolve() for folder in data)
    collections = [load_collection(folder) for folder in named]
    times = dict(zip((one.name for one in collections), named.values(), strict=True))
    settings = Settings.load()
    found = []
    with (
        terminal_progress() as progress,
        Cache(settings.cache / "reading.sqlite") as cache,
        ChatModel.open(settings, progress) as chat,
    ):
        for collection in collections:
            step = partial(progress, collection.name)
            found += read_collection(collection, settings, chat, cache, limit=limit, step=step)
    fitted = fit_reading(found, times)
    if out is not None:
        keep_reading(fitted.weights, out)
    if as_json:
        _print(asdict(fitted))
    else:
        _show(reading_table(fitted))


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder of articles.")],
    out: Annotated[Path, typer.Option(help="File of questions to write.")] = Path(
        "questions.jsonl"
    ),
    count: Annotated[int, typer.Option(min=1, help="How many to draft.")] = 20,
    withheld: Annotated[
        int, typer.Option(min=0, help="So many once more with the answer hidden.")
    ] = 5,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Let the chat model word the questions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Draft questions with gold quotes from your own articles, for you to edit.

    \b
    Examples:
      python -m evals new news/
      python -m evals new news/ --count 40 --withheld 10 --out questions.jsonl --with-model

    A line is one question: edit its "question" and "answers" (required parts, of each part the
    wordings that count), keep "gold" a quote of the article, and drop what is no good question.
    """
    from evals.drafting import draft, model_wording, write_questions
    from evals.models import Models
    from evals.systems.articles import articles_of

    if not folder.exists():
        raise InputError(f"There is no {folder}", fix="Name a folder of articles.")
    found = articles_of([folder])
    if with_model:
        with terminal_progress() as progress, Models(Settings.load(), progress) as models:
            examples = draft(found, count, withheld, model_wording(models.writer()))
    else:
        examples = draft(found, count, withheld)
    write_questions(examples, out)
    if as_json:
        _print([example.model_dump(mode="json") for example in examples])
    else:
        typer.echo(f"{len(examples)} questions in {out}: read and edit them, then")
        typer.echo(f"  python -m evals run --articles {folder} --questions {out}")


def _suites(names: Sequence[str] | None) -> tuple[Suite, ...]:
    unknown = [name for name in names or () if name not in SUITES]
    if unknown:
        raise typer.BadParameter(f"there is no suite {unknown[0]!r}; of {', '.join(SUITES)}")
    return tuple(name for name in SUITES if not names or name in names)


def _counter(progress: Report, label: str, total: int) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(label, done, total)

    return step


def _print(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _show(*tables: Table) -> None:
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(*tables, sep="\n\n")
