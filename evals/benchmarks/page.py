"""The page of plots: one HTML file that needs no network, no script and no other file."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.benchmarks.results import BenchResult, SearchPace
from evals.benchmarks.tables import tables
from rag.errors import InputError
from rag.files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Line = tuple[str, Sequence[float]]
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1b1b1b; background: #fff }
svg { max-width: 100%; height: auto }
pre { overflow-x: auto; font-size: .85rem; line-height: 1.35 }
"""


def ready() -> None:
    """Raises InputError where nothing can be drawn, before an hour of measuring is lost for it."""
    if find_spec("matplotlib") is None:
        raise InputError(
            "The page of plots needs matplotlib", fix="Install it: pip install matplotlib."
        )


def write_page(result: BenchResult, file: Path) -> None:
    """Draw `result` and write the page. Raises InputError without matplotlib, StoreError."""
    write_whole(file, page(result))


def page(result: BenchResult) -> str:
    """The page as HTML; plots only of what was measured at more than one size."""
    from rich.console import Console

    console = Console(width=150, record=True, file=io.StringIO())
    console.print(*tables(result), sep="\n")
    drawn = _plots(result) if len(result.scale) > 1 else ""
    figures = html.escape(json.dumps(asdict(result), ensure_ascii=False, indent=2))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<title>Groundwire: speed and scale</title>"
        f"<style>{STYLE}</style></head><body><h1>Speed and scale</h1>{drawn}"
        f"<h2>Figures</h2><pre>{html.escape(console.export_text())}</pre>"
        f"<details><summary>All of it as JSON</summary><pre>{figures}</pre></details>"
        "</body></html>"
    )


def _plots(result: BenchResult) -> str:
    """One SVG of six plots over the number of passages."""
    ready()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    sizes = [pace.search.passages for pace in result.scale]

    def of_search(figure: Callable[[SearchPace], float]) -> list[float]:
        return [figure(pace.search) for pace in result.scale]

    names = [*result.scale[0].search.filtered_p50_ms]
    plots: list[tuple[str, str, list[Line]]] = [
        (
            "Time to sources, median",
            "ms",
            [
                ("sources", of_search(lambda s: s.sources_p50_ms)),
                ("embedding + exact scan", of_search(lambda s: s.bare_p50_ms)),
                ("embedding the question", of_search(lambda s: s.embedding_p50_ms)),
            ],
        ),
        (
            "Search, 95 %",
            "ms",
            [
                ("both, fused", of_search(lambda s: s.search_p95_ms)),
                ("by meaning", of_search(lambda s: s.dense_p95_ms)),
                ("by words", of_search(lambda s: s.lexical_p95_ms)),
            ],
        ),
        (
            "Search with a filter, median",
            "ms",
            [
                ("none", of_search(lambda s: s.search_p50_ms)),
                *((name, of_search(lambda s, n=name: s.filtered_p50_ms[n])) for name in names),  # type: ignore[misc]
            ],
        ),
        (
            "Ingest",
            "passages/s",
            [
                ("all of it", [p.fill.passages_per_s for p in result.scale]),
                ("embedding alone", [p.fill.embedding_passages_per_s for p in result.scale]),
            ],
        ),
        (
            "Memory and disk",
            "MB",
            [
                ("ingest", [p.fill.peak_mb for p in result.scale]),
                ("search", of_search(lambda s: s.peak_mb)),
                ("disk", of_search(lambda s: s.disk_mb)),
            ],
        ),
        ("Opening the store", "s", [("opening", of_search(lambda s: s.opening_s))]),
    ]
    out = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "groundwire"}):
        figure = Figure(figsize=(13, 8), layout="constrained")
        axes: Any = figure.subplots(2, 3)
        for axis, (title, unit, lines) in zip(axes.flat, plots, strict=True):
            _draw(axis, title, unit, sizes, lines)
        figure.savefig(out, format="svg", metadata={"Date": None})
    drawn = out.getvalue()
    return drawn[drawn.index("<svg") :]


def _draw(axis: Axes, title: str, unit: str, sizes: Sequence[int], lines: Sequence[Line]) -> None:
    for label, values in lines:
        axis.plot(sizes, values, marker="o", label=label)
    axis.set(title=title, xlabel="passages", ylabel=unit, xscale="log", yscale="log")
    axis.grid(visible=True, alpha=0.3)
    axis.legend(fontsize="small")
