"""Commands that tell: what readers noted, and which settings hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.application import app, complain
from rag.cli.options import AsJson, Home, print_json
from rag.terminal import inert


@app.command(epilog="Example: groundwire feedback --export questions.jsonl")
def feedback(
    export: Annotated[
        Path | None, typer.Option(help="Write candidate questions for the evals to this file.")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show what readers of the chat noted, or make questions for the evals of it."""
    from rag.settings import Settings
    from rag.web.feedback import FILE_NAME, FeedbackFile, write_candidates

    noted = FeedbackFile(Settings.load(home=home).home / FILE_NAME).read()
    for unreadable in noted.unreadable:
        complain(unreadable)
    if export:
        count = write_candidates(noted.kept, export)
        typer.echo(f"{count} questions written to {export}; add what the right answers are.")
    elif as_json:
        print_json([one.model_dump(mode="json") for one in noted.kept])
    else:
        if not noted.kept:
            typer.echo("No reader has noted anything yet.", err=True)
        for one in noted.kept:
            said = f"{one.at:%Y-%m-%d %H:%M}  {one.verdict.replace('_', ' ')}: {one.question}"
            typer.echo(inert(f"{said}  {one.comment}".rstrip()))


@app.command(epilog="Example: GROUNDWIRE_PORT=8080 groundwire config")
def config(
    home: Home = None,
    as_json: AsJson = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write the page on configuration instead.")
    ] = False,
) -> None:
    """Show each setting, its value, and where that came from; secrets are masked."""
    from dataclasses import asdict

    from rag import settings_shown
    from rag.settings import CONFIG_FILE

    if markdown:
        typer.echo(settings_shown.page(), nl=False)
        return
    found = settings_shown.shown(home=home)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    wide = max(len(one.name) for one in found)
    for one in found:
        typer.echo(inert(f"{one.name:<{wide}}  {one.value}  ({one.origin})"))
    there = "" if CONFIG_FILE.exists() else " (not there)"
    typer.echo(f"Configuration file: {CONFIG_FILE}{there}", err=True)
