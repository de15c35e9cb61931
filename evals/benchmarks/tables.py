"""How a terminal shows what a bench measured."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table

from evals.benchmarks.results import (
    AskPace,
    BenchResult,
    FollowUpPace,
    PeerPace,
    ScalePace,
    StartPace,
)


def tables(result: BenchResult) -> list[Table]:
    """The result for a terminal of 80 columns or more."""
    shown = []
    if result.scale:
        shown += [_ingest(result), _search(result.scale), _filters(result.scale)]
    if result.growth:
        shown.append(_growth(result.growth))
    if result.asks:
        shown += [_asks(result.asks, result.chat_model or "no chat model"), _work(result.asks)]
    if result.follow_ups:
        shown.append(_follow_ups(result.follow_ups))
    if result.peers:
        shown.append(_peers(result.peers))
    if result.starts:
        shown.append(_starts(result.starts))
    return shown


def _ingest(result: BenchResult) -> Table:
    table = _table(
        f"Ingest · {result.embedding_model}",
        *("passages", "brought in", "/s", "embedding\nalone /s", "of that", "memory\nMB"),
        texts=("vectors",),
    )
    for pace in result.scale:
        fill = pace.fill
        table.add_row(
            "made" if fill.made_vectors else "true",
            f"{pace.search.passages:,}",
            f"{fill.passages:,}",
            f"{fill.passages_per_s:,.1f}",
            f"{fill.embedding_passages_per_s:,.1f}",
            f"{fill.of_bare:.2f}",
            f"{fill.peak_mb:,.0f}",
        )
    return table


def _search(scale: tuple[ScalePace, ...]) -> Table:
    table = _table(
        "Search, ms · bare: embedding the question and an exact scan",
        *("passages", "bare\np50", "sources\np50", "of\nbare", "search\np95", "meaning\np95"),
        *("words\np95", "recall\n@10", "open\ns", "MB"),
    )
    for search in (pace.search for pace in scale):
        table.add_row(
            f"{search.passages:,}",
            f"{search.bare_p50_ms:.1f}",
            f"{search.sources_p50_ms:.1f}",
            f"{search.sources_p50_ms / search.bare_p50_ms:.2f}",
            f"{search.search_p95_ms:.1f}",
            f"{search.dense_p95_ms:.1f}",
            f"{search.lexical_p95_ms:.1f}",
            f"{search.recall_at_10:.3f}",
            f"{search.opening_s:.2f}",
            f"{search.peak_mb:,.0f}",
        )
    return table


def _filters(scale: tuple[ScalePace, ...]) -> Table:
    names = [*scale[0].search.filtered_p50_ms]
    table = _table("Filters, times a search without", "passages", *names)
    for search in (pace.search for pace in scale):
        times = [search.filtered_p50_ms[name] / search.search_p50_ms for name in names]
        table.add_row(f"{search.passages:,}", *(f"{value:.2f}" for value in times))
    return table


def _growth(growth: dict[str, float]) -> Table:
    table = _table("Growth: the power of the number of passages", "power", texts=("figure",))
    for name, power in growth.items():
        table.add_row(name, f"{power:+.2f}")
    return table


def _asks(asks: tuple[AskPace, ...], model: str) -> Table:
    table = _table(
        f"Answers, s · {model}",
        *("sources", "sentence", "end", "model\nalone", "again"),
        texts=("question", "status"),
    )
    for ask in asks:
        table.add_row(
            ask.question,
            ask.status,
            _or_dash(ask.sources_s, 2),
            _or_dash(ask.first_sentence_s, 1),
            f"{ask.total_s:.1f}",
            f"{ask.model_alone_s:.1f}",
            f"{ask.again_s:.3f}",
        )
    return table


def _work(asks: tuple[AskPace, ...]) -> Table:
    table = _table(
        "What went into them",
        *("calls", "tokens\nin", "out", "reading\ns", "writing\ns", "our own\ns"),
        texts=("question",),
    )
    for ask in asks:
        table.add_row(
            ask.question,
            f"{ask.model_calls}",
            f"{ask.prompt_tokens:,}",
            f"{ask.completion_tokens:,}",
            f"{ask.reading_s:.1f}",
            f"{ask.writing_s:.1f}",
            f"{ask.own_s:.2f}",
        )
    return table


def _follow_ups(follow_ups: tuple[FollowUpPace, ...]) -> Table:
    table = _table(
        "Follow-ups · seconds to the first sentence, or to the end where there is none",
        *("before\ns", "then\ns", "of\nbefore"),
        texts=("question", "status"),
    )
    for pace in follow_ups:
        before, then = (ask.first_sentence_s or ask.total_s for ask in (pace.before, pace.then))
        table.add_row(
            pace.then.question,
            pace.then.status,
            f"{before:.1f}",
            f"{then:.1f}",
            f"{then / before:.2f}",
        )
    return table


def _peers(peers: tuple[PeerPace, ...]) -> Table:
    table = _table(
        "The same questions, the same models, medians",
        *("questions", "end\ns", "tokens\nin", "tokens\nout"),
        texts=("program", ""),
    )
    for peer in peers:
        figures = (
            ("", "–", "–", "–")
            if peer.skipped
            else (
                f"{peer.questions}",
                f"{peer.total_p50_s:.1f}",
                f"{peer.prompt_tokens_p50:,.0f}",
                f"{peer.completion_tokens_p50:,.0f}",
            )
        )
        table.add_row(peer.name, peer.skipped, *figures)
    return table


def _starts(starts: tuple[StartPace, ...]) -> Table:
    table = _table("Starting, medians", "runs", "s", texts=("what",))
    for start in starts:
        table.add_row(start.what, f"{start.runs}", f"{start.seconds:.2f}")
    return table


def _table(title: str, *figures: str, texts: tuple[str, ...] = ()) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False)
    for heading in texts:
        table.add_column(heading, min_width=len("abstained") if heading == "status" else None)
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _or_dash(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"
