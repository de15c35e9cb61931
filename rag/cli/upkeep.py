"""Commands that keep the store whole: look it over, save it, put it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.application import app
from rag.cli.options import AsJson, Home, counted, print_json

if TYPE_CHECKING:
    from rag.index.backup import Backup


@app.command(epilog="Example: groundwire doctor --rebuild")
def doctor(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the indexes again from the catalogue.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Check what is kept on disk; with --rebuild, make the derived indexes again."""
    from dataclasses import asdict

    from rag.index import health
    from rag.models.embeddings import open_embedder
    from rag.progress import terminal_progress
    from rag.settings import Settings

    settings = Settings.load(home=home)
    if rebuild:
        with terminal_progress() as progress:
            count = health.rebuild(settings, open_embedder(settings), progress)
        typer.echo(f"Rebuilt the indexes of {counted(count)}.", err=True)
    findings = (*health.check(settings), health.check_model(settings))
    if as_json:
        print_json([_pasteable(asdict(finding)) for finding in findings])
    else:
        for finding in findings:
            shown = _pasteable(asdict(finding))
            typer.echo(
                f"{shown['part']:>9}  {'ok' if finding.ok else 'NOT OK'}  {shown['message']}"
            )
            if finding.fix:
                typer.echo(f"{'':>9}  {shown['fix']}")
    if any(not finding.ok for finding in findings):
        raise typer.Exit(1)


def _pasteable(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding as it may stand in a bug report: without the name of its reader's home folder."""
    return {
        name: _without_home(value) if isinstance(value, str) else value
        for name, value in finding.items()
    }


def _without_home(text: str) -> str:
    """Also where the home folder is a link, and its own name is what was written down."""
    for home in sorted({str(Path.home()), str(Path.home().resolve())}, key=len, reverse=True):
        if len(home) > 1:
            text = text.replace(home, "~")
    return text


@app.command(epilog="Example: groundwire backup articles-2026-11-22.backup")
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the file if it is there.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Save everything that is kept in one file; a server may go on meanwhile."""
    from rag.index import backup as backups
    from rag.settings import Settings

    made = backups.backup(Settings.load(home=home), file, replace=replace)
    _say_backup(made, f"Saved {counted(made.articles, 'article')} in {made.file}.", as_json)


@app.command(epilog="Example: groundwire restore articles-2026-11-22.backup --replace")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `groundwire backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is there; it is kept beside.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup back and make the indexes again from it."""
    from rag.index import backup as backups
    from rag.progress import terminal_progress
    from rag.settings import Settings

    with terminal_progress() as progress:
        made = backups.restore(Settings.load(home=home), file, replace=replace, progress=progress)
    _say_backup(made, f"Put {counted(made.articles, 'article')} back.", as_json)


def _say_backup(made: Backup, sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "file": made.file,
                "taken_at": made.taken_at.isoformat(timespec="seconds"),
                "articles": made.articles,
                "passages": made.passages,
            }
        )
    else:
        typer.echo(sentence)
