"""Commands that check: a draft against the articles, an answer file against its citations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.application import app
from rag.cli.options import (
    AsJson,
    Home,
    Publishers,
    Since,
    Until,
    filters_of,
    open_or_served,
    print_json,
)
from rag.terminal import footnotes, inert, width_and_colour


@app.command(epilog="Example: groundwire check draft.txt")
def check(
    file: Annotated[Path, typer.Argument(help="A text file with your draft; - for stdin.")],
    publisher: Publishers = None,
    since: Since = None,
    until: Until = None,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Also ask the model about reworded sentences.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Check each sentence of a draft: supported, in part, contradicted or not found."""
    from rag.errors import InputError

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}", fix="Give a UTF-8 text file.") from None
    with open_or_served(home) as newsroom:
        allowed = filters_of(publisher, since, until)
        checked = newsroom.check(text, allowed, with_model=with_model)
    for note in checked.notes:
        typer.echo(note, err=True)
    if as_json:
        print_json(checked.model_dump(mode="json"))
        return
    width, colour = width_and_colour()
    for claim in checked.claims:
        markers = "".join(f" [{number}]" for number in claim.citations)
        verdict = "in part" if claim.outcome == "in_part" else claim.verdict.replace("_", " ")
        typer.echo(inert(f"{verdict:>12}  {claim.text}{markers}"))
        if claim.note:
            typer.echo(inert(f"{'':>12}  {claim.note}"))
    typer.echo("\n".join(["", *footnotes(checked.citations, width, colour=colour)]))


@app.command(epilog="Example: groundwire ask 'Who?' --json | groundwire verify -")
def verify(
    file: Annotated[Path, typer.Argument(help="An answer as `ask --json` prints it; - for stdin.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Check every citation of an answer file against the articles, without a model."""
    from rag.check.replay import read_saved, replay

    saved = read_saved(file)
    answer = saved.answer
    with open_or_served(home) as newsroom:
        problems = replay(answer, newsroom.article, saved.text)
    if as_json:
        print_json({"citations": len(answer.citations), "problems": list(problems)})
    else:
        for problem in problems:
            typer.echo(inert(problem))
        if not problems:
            typer.echo(_standing(len(answer.citations)))
    if problems:
        raise typer.Exit(1)


def _standing(citations: int) -> str:
    if citations == 0:
        return "There is no citation to check."
    return (
        "The one citation stands word for word."
        if citations == 1
        else f"All {citations} citations stand word for word."
    )
