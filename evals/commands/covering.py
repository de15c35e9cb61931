"""How complete answers are."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from evals.commands.options import AsJson, Limit, print_json
from rag.progress import terminal_progress
from rag.settings import Settings


def coverage(
    sets: Annotated[
        list[Path], typer.Argument(metavar="SET", help="Folders of questions with nuggets.")
    ],
    system: Annotated[
        list[str] | None,
        typer.Option(
            help="groundwire (the default), plain-chain, floor-1, floor-3, floor-5 or floor-8; "
            "repeat it to set the others against the first."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the answers; the same one resumes.")] = Path(
        "evals/out/coverage"
    ),
    only: Annotated[list[str] | None, typer.Option(help="Kind of question; repeat it.")] = None,
    limit: Limit = None,
    answers: Annotated[
        list[Path] | None,
        typer.Option(help="Ask nothing and score this file of earlier answers; repeat it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How complete answers are: which of the points that a full answer makes they state.

    \b
    Examples:
      python -m evals coverage sets/everyday
      python -m evals coverage sets/everyday --system groundwire --system floor-5
      python -m evals coverage sets/everyday --only yes_no --limit 10
      python -m evals coverage sets/everyday --answers evals/out/coverage/everyday/groundwire.jsonl

    A floor is that many of the sentences nearest to the question, found without a language model.
    In --out, for each set and system: a file of answers, from which the same command goes on after
    a stop. What the figures mean: docs/evals.md.
    """
    from evals.coverage.report import rendered
    from evals.coverage.session import CoverageOrder, measure

    if answers and (system or len(sets) > 1):
        raise typer.BadParameter("--answers goes with one set, and without --system")
    order = CoverageOrder(
        sets=tuple(sets),
        systems=tuple(dict.fromkeys(system or ["groundwire"])),
        out=out,
        answers=tuple(answers or ()),
        only=tuple(only or ()),
        limit=limit,
    )
    with terminal_progress() as progress:
        found = measure(order, Settings.load(), progress)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        typer.echo(rendered(found))
