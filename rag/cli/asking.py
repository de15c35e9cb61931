"""Commands that ask: an answer with its citations, or the passages alone."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.application import app
from rag.cli.options import (
    AsJson,
    Home,
    Kinds,
    Publishers,
    Since,
    Until,
    filters_of,
    kind_of,
    open_or_served,
    print_json,
)
from rag.terminal import inert, readable, width_and_colour


@app.command(epilog="Example: groundwire ask 'The fight for Bartella' --kind timeline --json")
def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    kind: Kinds = None,
    publisher: Publishers = None,
    since: Since = None,
    until: Until = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with citations, or say that the articles do not answer it."""
    with open_or_served(home) as newsroom:
        filters = filters_of(publisher, since, until)
        answer = newsroom.ask(question, filters=filters, kind=kind_of(kind))
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        width, colour = width_and_colour()
        typer.echo(readable(answer, width, colour=colour))


@app.command(epilog="Example: groundwire search 'refugee camp' -k 3")
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 10,
    publisher: Publishers = None,
    since: Since = None,
    until: Until = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages nearest to a question, without a model."""
    from rag.newsroom import why_nothing
    from rag.retrieval.runnable import document

    with open_or_served(home) as newsroom:
        filters = filters_of(publisher, since, until)
        hits = newsroom.search(question, k, filters)
        why = None if hits else why_nothing(newsroom, filters)
    if not hits:
        typer.echo(f"Nothing was found. {why or ''}".rstrip(), err=True)
    if as_json:
        print_json([{"text": hit.passage.text, **document(hit).metadata} for hit in hits])
        return
    for number, hit in enumerate(hits, start=1):
        typer.echo(inert(f"{number}. {hit.article.title}  ({hit.score:.2f})"))
        typer.echo(inert(f"   {' '.join(hit.passage.text.split())}"))
