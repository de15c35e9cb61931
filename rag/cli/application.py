"""The application that the commands join, and how it ends.

Exit codes: 0 done (an abstention too), 1 an error said in one line, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

import rag
from rag.errors import GroundwireError
from rag.terminal import inert

app = typer.Typer(
    name="groundwire",
    help="Ask questions about news articles; every sentence of an answer is checked against "
    "the exact words it cites.",
    epilog="Example: groundwire ingest articles/ && groundwire ask 'Who led the assault?'",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"groundwire {rag.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Nothing to do: `--version` has done it."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors of ours become one line and exit code 1."""
    os.umask(0o077)  # whatever this process writes is for its owner only
    try:
        app(args=arguments, prog_name="groundwire")
    except GroundwireError as error:
        complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def complain(error: GroundwireError) -> None:
    """Say an error in one line, whatever a file's name or a page put into it."""
    sys.stderr.write(inert(f"groundwire: {error}".replace("\n", " ")) + "\n")
