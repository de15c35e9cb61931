"""The bench: one command for ingest, search, answers, peers and start-up.

Invariant: a figure and its yardstick come from the same run, the same machine and the same texts:
ingest beside embedding alone, time to sources beside embedding the question and an exact scan, an
answer beside the chat model alone for the same calls and beside other programs with that model.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evals.benchmarks import page as plots
from evals.benchmarks.asks import asked, spread
from evals.benchmarks.growing import grow, growth_of
from evals.benchmarks.peers.asked import PEERS, peer_paces
from evals.benchmarks.results import (
    AskPace,
    BenchResult,
    FollowUpPace,
    PeerPace,
    Report,
    StartPace,
)
from evals.benchmarks.starting import starts
from evals.benchmarks.tables import tables
from evals.datasets.loading import QUESTIONS, load_questions
from evals.systems.articles import articles_of
from rag.errors import InputError
from rag.settings import SHIPPED_CORPUS, Settings

EMBEDDED = 2_000
START_RUNS = 5


def bench(
    folder: Path = SHIPPED_CORPUS,
    questions: Path = QUESTIONS,
    *,
    sizes: Sequence[int] = (500,),
    embedded: int = EMBEDDED,
    asks: int = 4,
    peers: Sequence[str] = (),
    start_runs: int = 0,
    store: Path | None = None,
    settings: Settings | None = None,
    report: Report = lambda step: None,
) -> BenchResult:
    """Measure ingest and search at each size of passages, then `asks` answers from `folder` and
    as many follow-ups.

    The first `embedded` passages are truly embedded. Works in folders that are gone afterwards,
    but for `store`, which keeps what was filled for a later call; only the assembled chat model
    stays in the cache. Raises InputError, StoreError, ModelError.
    """
    from rag.models.embeddings import open_embedder

    base = settings or Settings.load()
    articles = articles_of([folder])
    if not articles:
        raise InputError(f"There are no articles in {folder}", fix="Name a folder that has some.")
    known = load_questions(questions)
    examples = [example for example in known if not example.history]
    asking = [example.question for example in examples]
    chat_model: str | None = None
    ask_paces: tuple[AskPace, ...] = ()
    follow_ups: tuple[FollowUpPace, ...] = ()
    peer_results: tuple[PeerPace, ...] = ()
    start_paces: tuple[StartPace, ...] = ()
    with tempfile.TemporaryDirectory(prefix="groundwire-bench-") as scratch:
        grown = _moved(base, store or Path(scratch, "grown"))
        scale = grow(articles, asking, sizes, grown, embedded=embedded, report=report)
        if asks:
            home, few = _moved(base, Path(scratch, "asked")), spread(examples, asks)
            talks = [example for example in known if example.history][:asks]
            chat_model, ask_paces, follow_ups = asked(folder, few, talks, home, report)
            if peers:
                report("asking other programs")
                peer_results = peer_paces(peers, folder, [e.question for e in few], home, report)
        if start_runs:
            report("starting")
            start_paces = starts(_moved(base, Path(scratch, "started")), start_runs)
    return BenchResult(
        embedding_model=open_embedder(base).name,
        chat_model=chat_model,
        scale=scale,
        growth=growth_of(scale) if len(scale) > 1 else None,
        asks=ask_paces,
        follow_ups=follow_ups,
        peers=peer_results,
        starts=start_paces,
    )


def _moved(settings: Settings, home: Path) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    return settings.model_copy(update={"home": home, "database_url": None, "chroma_url": None})


def bench_command(
    folder: Annotated[
        Path, typer.Option("--articles", help="Folder of articles to measure with.")
    ] = SHIPPED_CORPUS,
    questions: Annotated[
        Path, typer.Option(help="Questions about them, one JSON object a line.")
    ] = QUESTIONS,
    passages: Annotated[
        list[int] | None,
        typer.Option(
            min=1, help="Passages to ingest and search (500); repeat it for several sizes."
        ),
    ] = None,
    embedded: Annotated[
        int,
        typer.Option(min=1, help="Passages that are truly embedded; others get made vectors."),
    ] = EMBEDDED,
    asks: Annotated[int, typer.Option(min=0, help="Questions to ask; 0 needs no model.")] = 4,
    peer: Annotated[
        list[str] | None,
        typer.Option(help=f"Ask this program too: {', '.join(PEERS)}; repeat it for several."),
    ] = None,
    start_runs: Annotated[
        int, typer.Option(min=0, help="Times that starting is measured; 0: not at all.")
    ] = START_RUNS,
    store: Annotated[
        Path | None,
        typer.Option(help="Keep the filled store here, and go on from what it holds."),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write a page of plots (HTML) to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
) -> None:
    """Measure speed and scale: ingest, search and answers, each beside its bare cost."""
    if page is not None:
        plots.ready()
    progress = Console(stderr=True, highlight=False)
    result = bench(
        folder,
        questions,
        sizes=passages or (500,),
        embedded=embedded,
        asks=asks,
        peers=peer or (),
        start_runs=start_runs,
        store=store,
        report=lambda step: progress.print(step, style="dim"),
    )
    if page is not None:
        plots.write_page(result, page)
    if as_json:
        typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2))
    else:
        Console().print(*tables(result), sep="\n")
