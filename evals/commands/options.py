"""Options that several commands share, and how results and progress are shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from rag.progress import Report

NOT_GOOD_ENOUGH = 3  # exit code: measured, and a gate failed or a loss is sure
PIPED_WIDTH = 150  # a log has no edge

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Limit = Annotated[
    int | None, typer.Option(min=1, help="At most so many, of every kind; always the same ones.")
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Requests at once; for hosted models.")]
JudgeKind = Annotated[
    str,
    typer.Option(
        "--judge",
        help="`model`; `signals`, weaker and without a model; `verifier` and `checks`: what "
        "drafts are scored with, and that without a model.",
    ),
]
JudgeUrl = Annotated[
    str | None, typer.Option(help="OpenAI-compatible server of the judge; default: as for answers.")
]
JudgeModel = Annotated[str | None, typer.Option(help="Model of the judge at that server.")]
WeightsFile = Annotated[
    Path | None, typer.Option("--weights", help="Weights that `fit` wrote, for another model.")
]


def counter(progress: Report, label: str, total: int) -> Callable[[], None]:
    """A step to be called `total` times."""
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(label, done, total)

    return step


def print_json(data: Any) -> None:
    """A result as JSON on stdout."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def tell(as_json: bool, result: Any, *tables: Table) -> None:
    """A result on stdout: as JSON, or as tables."""
    if as_json:
        print_json(result)
    else:
        show(*tables)


def show(*tables: Table) -> None:
    """Tables on stdout, as wide as it is."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(*tables, sep="\n\n")
