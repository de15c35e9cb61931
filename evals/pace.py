"""What `evals bench` measured, and how a terminal shows it."""

from __future__ import annotations

from dataclasses import dataclass

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
    """The result for a terminal."""
    scale = Table(title=f"Ingest and search · {result.embedding_model}")
    for heading in (
        "passages",
        "ingest/s",
        "bare embedding/s",
        "searches",
        "search p50",
        "search p95",
        "bare embedding p50",
    ):
        scale.add_column(heading, justify="right", no_wrap=True)
    for size in result.scale:
        scale.add_row(
            f"{size.passages:,}",
            f"{size.ingest_passages_per_s:,.1f}",
            f"{size.embedding_passages_per_s:,.1f}",
            f"{size.searches}",
            f"{size.search_p50_ms:.1f} ms",
            f"{size.search_p95_ms:.1f} ms",
            f"{size.embedding_p50_ms:.1f} ms",
        )
    if not result.asks:
        return [scale]
    asks = Table(title=f"Answers · {result.chat_model}")
    asks.add_column("question")
    asks.add_column("status")
    for heading in ("sources", "first sentence", "end", "model alone", "calls", "tokens in + out"):
        asks.add_column(heading, justify="right")
    for ask in result.asks:
        first = "–" if ask.first_sentence_s is None else f"{ask.first_sentence_s:.1f} s"
        asks.add_row(
            ask.question,
            ask.status,
            "–" if ask.sources_s is None else f"{ask.sources_s:.2f} s",
            first,
            f"{ask.total_s:.1f} s",
            f"{ask.model_alone_s:.1f} s",
            f"{ask.model_calls}",
            f"{ask.prompt_tokens:,} + {ask.completion_tokens:,}",
        )
    return [scale, asks]
