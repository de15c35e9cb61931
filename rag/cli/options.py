"""What several commands share: their options, the open newsroom, JSON on stdout."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.kinds import KINDS, Kind

if TYPE_CHECKING:
    from rag.filters import Filters
    from rag.newsroom import AnyNewsroom, Newsroom

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of the store [env: GROUNDWIRE_HOME].")
]
Publishers = Annotated[
    list[str] | None,
    typer.Option("--publisher", help="Only articles of this publisher; may be given again."),
]
Since = Annotated[
    datetime.datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="Only articles of this day and later."),
]
Until = Annotated[
    datetime.datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="Only articles of this day and earlier."),
]
Kinds = Annotated[
    str | None,
    typer.Option(
        "--kind",
        help="What the question is to be taken for, where its words do not say: "
        f"{', '.join(KINDS[:-1])} or {KINDS[-1]}.",
        autocompletion=lambda: KINDS,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@contextmanager
def open_newsroom(home: Path | None) -> Iterator[Newsroom]:
    """The newsroom of a home, with progress on a terminal, closed at the end."""
    from rag.newsroom import Newsroom
    from rag.progress import terminal_progress

    with terminal_progress() as progress, Newsroom.open(home, progress=progress) as newsroom:
        yield newsroom


@contextmanager
def open_or_served(home: Path | None) -> Iterator[AnyNewsroom]:
    """The newsroom, or the server that holds its store."""
    from rag.errors import StoreBusyError

    with ExitStack() as stack:
        newsroom: AnyNewsroom
        try:
            newsroom = stack.enter_context(open_newsroom(home))
        except StoreBusyError:
            from rag.settings import Settings
            from rag.web.served import ServedNewsroom

            served = ServedNewsroom.holding(Settings.load(home=home))
            if served is None:
                raise
            newsroom = stack.enter_context(served)
            typer.echo(f"Asking the server at {served.url}, which holds the articles.", err=True)
        yield newsroom


def filters_of(
    publishers: list[str] | None, since: datetime.datetime | None, until: datetime.datetime | None
) -> Filters | None:
    """The filters that the options ask for; None when they ask for none."""
    from rag.filters import Filters

    filters = Filters(
        published_from=since.date() if since else None,
        published_to=until.date() if until else None,
        publishers=tuple(publishers or ()),
    )
    return filters or None


def kind_of(given: str | None) -> Kind | None:
    """The kind of that name. Raises a usage error that lists them all.

    >>> kind_of("yes-no")
    'yes_no'
    """
    if given is None:
        return None
    name = given.strip().lower().replace("-", "_")
    if name not in KINDS:
        raise typer.BadParameter(f"{given!r} is none of {', '.join(KINDS)}", param_hint="--kind")
    return name


def counted(number: int, name: str = "passage") -> str:
    """How many there are, in words.

    >>> counted(1), counted(1_200, "article")
    ('1 passage', '1,200 articles')
    """
    return f"{number:,} {name}{'s' * (number != 1)}"


def print_json(data: Any) -> None:
    """Write a result to stdout as JSON."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")
