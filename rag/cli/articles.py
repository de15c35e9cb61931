"""Commands for the articles: bring them in, follow them, list them, take one out."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.articles.languages import ENGLISH, language_name
from rag.cli.application import app, complain
from rag.cli.options import AsJson, Home, counted, open_newsroom, open_or_served, print_json
from rag.terminal import inert
from rag.wording import guide_lines

if TYPE_CHECKING:
    from rag.index.catalogue import ArticleSummary
    from rag.newsroom import AnyNewsroom


@app.command(epilog="Example: groundwire ingest articles/ https://example.org/feed.xml --prune")
def ingest(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, web pages and feeds of articles.")
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles whose files or pages are gone.")
    ] = False,
    samples: Annotated[
        bool, typer.Option("--samples", help="Bring in the sample articles, to try it on.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Bring articles in (docs/formats.md says which kinds); unchanged ones cost nothing."""
    from rag.index.report import report_lines
    from rag.settings import SHIPPED_CORPUS

    sources = [*(paths or ()), *([str(SHIPPED_CORPUS)] if samples else ())]
    if not sources:
        raise typer.BadParameter("give a file, folder or address, or --samples", param_hint="PATHS")
    with open_newsroom(home) as newsroom:
        report = newsroom.ingest(sources, prune=prune)
    for failure in report.failed:
        complain(failure)
    for line in report_lines(report):
        typer.echo(inert(line), err=True)
    if as_json:
        print_json(report.as_dict())
    else:
        typer.echo(
            f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
            f"{report.removed} removed, {len(report.failed)} failed, "
            f"{len(report.passed_over)} passed over; "
            f"{counted(report.passages)} in {report.seconds:.1f} s"
        )
    nothing_read = not (report.added or report.updated or report.unchanged)
    if report.failed and nothing_read:
        raise typer.Exit(1)


@app.command(epilog="Example: groundwire watch articles/ https://example.org/feed.xml --prune")
def watch(
    sources: Annotated[list[str], typer.Argument(help="Folders, files, web pages and feeds.")],
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles whose files or pages are gone.")
    ] = False,
    minutes: Annotated[
        float, typer.Option("--every", min=0.1, help="Minutes between two looks at an address.")
    ] = 15.0,
    home: Home = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each change as one line of JSON.")
    ] = False,
) -> None:
    """Bring articles in as they come and change, until Ctrl-C."""
    from rag.watching import Change
    from rag.watching import watch as watch_sources

    def say(change: Change) -> None:
        line = json.dumps(change.as_dict(), ensure_ascii=False) if as_json else str(change)
        typer.echo(line)
        sys.stdout.flush()

    with open_newsroom(home) as newsroom:
        try:
            typer.echo(f"Watching {', '.join(sources)} (Ctrl-C stops it)", err=True)
            watch_sources(newsroom, sources, say, prune=prune, interval_s=60 * minutes)
        except KeyboardInterrupt:
            typer.echo("Stopped.", err=True)


@app.command(epilog="Example: groundwire articles --guide --json")
def articles(
    guide: Annotated[
        bool,
        typer.Option("--guide", help="Show main sentences, people, places and days of each."),
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """List the articles that answers come from; with --guide, what each tells in short."""
    with open_or_served(home) as newsroom:
        summaries = newsroom.articles()
        if as_json:
            print_json([_listed(newsroom, summary, guide) for summary in summaries])
            return
        if not summaries:
            typer.echo(
                "There are no articles yet: groundwire ingest SOURCE…, or --samples", err=True
            )
        for summary in summaries:
            foreign = summary.language not in (None, ENGLISH)
            facts = [
                *(summary.publisher, summary.author, summary.published_as or summary.published_at),
                language_name(summary.language) if summary.language and foreign else None,
                counted(summary.passages),
            ]
            known = ", ".join(str(fact) for fact in facts if fact)
            typer.echo(inert(f"{summary.article_id}  {summary.title}  ({known})"))
            if guide:
                for line in guide_lines(*newsroom.guided(summary.article_id)):
                    typer.echo(inert(f"    {line}"))


def _listed(newsroom: AnyNewsroom, summary: ArticleSummary, with_guide: bool) -> dict[str, Any]:
    """An article of the list as JSON, with its guide as `/v1` gives it where that is asked for."""
    from dataclasses import asdict

    listed = asdict(summary)
    if with_guide:
        article, guide = newsroom.guided(summary.article_id)
        listed["guide"] = guide.as_dict(article.text)
    return listed


@app.command(epilog="Example: groundwire remove 0123456789abcdef")
def remove(
    article_id: Annotated[str, typer.Argument(help="An id as `groundwire articles` shows it.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Remove one article."""
    with open_newsroom(home) as newsroom:
        article = newsroom.article(article_id)
        newsroom.remove(article_id)
    if as_json:
        print_json({"removed": article_id, "title": article.title})
    else:
        typer.echo(inert(f"Removed “{article.title}”."))
