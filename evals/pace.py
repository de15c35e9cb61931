"""What `evals bench` measured, and how a terminal shows it."""

from __future__ import annotations

from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table


@dataclass(frozen=True)
class ScalePace:
    """Ingest and search at one size; `embedding_…` is the embedding model alone on the same."""

    passages: int
    ingest_passages_per_s: float
    embedding_passages_per_s: float
    searches: int
    search_p50_ms: float
    search_p95_ms: float
    embedding_p50_ms: float


@dataclass(frozen=True)
class AskPace:
    """One answer, in seconds from the question; `model_alone_s` is its calls and nothing else."""

    question: str
    status: str
    sources_s: float | None
    first_sentence_s: float | None
    total_s: float
    model_alone_s: float
    model_calls: int
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class BenchResult:
    """What was measured, and with which models; `chat_model` is None when nothing was asked."""

    embedding_model: str
    chat_model: str | None
    scale: tuple[ScalePace, ...]
    asks: tuple[AskPace, ...]


def tables(result: BenchResult) -> list[Table]:
    """The result for a terminal of 80 columns or more."""
    scale = _table(
        f"Ingest and search · {result.embedding_model}",
        *("passages", "ingest\n/s", "embedding\nalone /s", "searches"),
        *("search\np50 ms", "search\np95 ms", "embedding\nalone ms"),
    )
    for size in result.scale:
        scale.add_row(
            f"{size.passages:,}",
            f"{size.ingest_passages_per_s:,.1f}",
            f"{size.embedding_passages_per_s:,.1f}",
            f"{size.searches}",
            f"{size.search_p50_ms:.1f}",
            f"{size.search_p95_ms:.1f}",
            f"{size.embedding_p50_ms:.1f}",
        )
    if not result.asks:
        return [scale]
    asks = _table(
        f"Answers · {result.chat_model}",
        *("sources\ns", "sentence\ns", "end\ns", "model\nalone s", "tokens\nin+out"),
        texts=("question", "status"),
    )
    for ask in result.asks:
        asks.add_row(
            ask.question,
            ask.status,
            _or_dash(ask.sources_s, 2),
            _or_dash(ask.first_sentence_s, 1),
            f"{ask.total_s:.1f}",
            f"{ask.model_alone_s:.1f}",
            f"{ask.prompt_tokens:,}+{ask.completion_tokens:,}",
        )
    return [scale, asks]


def _table(title: str, *figures: str, texts: tuple[str, ...] = ()) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False)
    for heading in texts:
        table.add_column(heading, min_width=len("abstained"))
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _or_dash(seconds: float | None, places: int) -> str:
    return "–" if seconds is None else f"{seconds:.{places}f}"
