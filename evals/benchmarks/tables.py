"""How a terminal shows what a bench measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from rich.box import SIMPLE_HEAD
from rich.table import Table

from evals.benchmarks.results import (
    AskPace,
    BenchResult,
    FollowUpPace,
    PeerPace,
    ScalePace,
    SearchPace,
    StartPace,
)

T = TypeVar("T")
Cell: TypeAlias = Callable[[T], str]


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
    return _table(
        f"Ingest · {result.embedding_model}",
        result.scale,
        {"vectors": lambda pace: "made" if pace.fill.made_vectors else "true"},
        {
            "passages": lambda pace: f"{pace.search.passages:,}",
            "brought in": lambda pace: f"{pace.fill.passages:,}",
            "/s": lambda pace: f"{pace.fill.passages_per_s:,.1f}",
            "embedding\nalone /s": lambda pace: f"{pace.fill.embedding_passages_per_s:,.1f}",
            "of that": lambda pace: f"{pace.fill.of_bare:.2f}",
            "memory\nMB": lambda pace: f"{pace.fill.peak_mb:,.0f}",
        },
    )


def _search(scale: Sequence[ScalePace]) -> Table:
    return _table(
        "Search, ms · bare: embedding the question and an exact scan",
        [pace.search for pace in scale],
        {},
        {
            "passages": lambda search: f"{search.passages:,}",
            "bare\np50": lambda search: f"{search.bare_p50_ms:.1f}",
            "sources\np50": lambda search: f"{search.sources_p50_ms:.1f}",
            "of\nbare": lambda search: f"{search.sources_p50_ms / search.bare_p50_ms:.2f}",
            "search\np95": lambda search: f"{search.search_p95_ms:.1f}",
            "meaning\np95": lambda search: f"{search.dense_p95_ms:.1f}",
            "words\np95": lambda search: f"{search.lexical_p95_ms:.1f}",
            "recall\n@10": lambda search: f"{search.recall_at_10:.3f}",
            "open\ns": lambda search: f"{search.opening_s:.2f}",
            "MB": lambda search: f"{search.peak_mb:,.0f}",
        },
    )


def _filters(scale: Sequence[ScalePace]) -> Table:
    def times(name: str) -> Callable[[SearchPace], str]:
        return lambda search: f"{search.filtered_p50_ms[name] / search.search_p50_ms:.2f}"

    return _table(
        "Filters, times a search without",
        [pace.search for pace in scale],
        {},
        {
            "passages": lambda search: f"{search.passages:,}",
            **{name: times(name) for name in scale[0].search.filtered_p50_ms},
        },
    )


def _growth(growth: dict[str, float]) -> Table:
    return _table(
        "Growth: the power of the number of passages",
        list(growth.items()),
        {"figure": lambda row: row[0]},
        {"power": lambda row: f"{row[1]:+.2f}"},
    )


def _asks(asks: Sequence[AskPace], model: str) -> Table:
    return _table(
        f"Answers, s · {model}",
        asks,
        {"question": lambda ask: ask.question, "status": lambda ask: ask.status},
        {
            "sources": lambda ask: _or_dash(ask.sources_s, 2),
            "sentence": lambda ask: _or_dash(ask.first_sentence_s, 1),
            "end": lambda ask: f"{ask.total_s:.1f}",
            "model\nalone": lambda ask: f"{ask.model_alone_s:.1f}",
            "again": lambda ask: f"{ask.again_s:.3f}",
        },
    )


def _work(asks: Sequence[AskPace]) -> Table:
    return _table(
        "What went into them",
        asks,
        {"question": lambda ask: ask.question},
        {
            "calls": lambda ask: f"{ask.model_calls}",
            "tokens\nin": lambda ask: f"{ask.prompt_tokens:,}",
            "out": lambda ask: f"{ask.completion_tokens:,}",
            "reading\ns": lambda ask: f"{ask.reading_s:.1f}",
            "writing\ns": lambda ask: f"{ask.writing_s:.1f}",
            "our own\ns": lambda ask: f"{ask.own_s:.2f}",
        },
    )


def _follow_ups(follow_ups: Sequence[FollowUpPace]) -> Table:
    return _table(
        "Follow-ups · seconds to the first sentence, or to the end where there is none",
        follow_ups,
        {"question": lambda pace: pace.then.question, "status": lambda pace: pace.then.status},
        {
            "before\ns": lambda pace: f"{_first_s(pace.before):.1f}",
            "then\ns": lambda pace: f"{_first_s(pace.then):.1f}",
            "of\nbefore": lambda pace: f"{_first_s(pace.then) / _first_s(pace.before):.2f}",
        },
    )


def _first_s(ask: AskPace) -> float:
    return ask.first_sentence_s or ask.total_s


def _peers(peers: Sequence[PeerPace]) -> Table:
    def unless_skipped(figure: Callable[[PeerPace], str], skipped: str = "–") -> Cell[PeerPace]:
        return lambda peer: skipped if peer.skipped else figure(peer)

    return _table(
        "The same questions, the same models, medians",
        peers,
        {"program": lambda peer: peer.name, "": lambda peer: peer.skipped},
        {
            "questions": unless_skipped(lambda peer: f"{peer.questions}", ""),
            "end\ns": unless_skipped(lambda peer: f"{peer.total_p50_s:.1f}"),
            "tokens\nin": unless_skipped(lambda peer: f"{peer.prompt_tokens_p50:,.0f}"),
            "tokens\nout": unless_skipped(lambda peer: f"{peer.completion_tokens_p50:,.0f}"),
        },
    )


def _starts(starts: Sequence[StartPace]) -> Table:
    return _table(
        "Starting, medians",
        starts,
        {"what": lambda start: start.what},
        {"runs": lambda start: f"{start.runs}", "s": lambda start: f"{start.seconds:.2f}"},
    )


def _table(
    title: str, rows: Sequence[T], texts: Mapping[str, Cell[T]], figures: Mapping[str, Cell[T]]
) -> Table:
    """A row for each of `rows`; under each heading stands what its cell makes of the row."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False)
    for heading in texts:
        table.add_column(heading, min_width=len("abstained") if heading == "status" else None)
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(cell(row) for cell in (*texts.values(), *figures.values())))
    return table


def _or_dash(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"
