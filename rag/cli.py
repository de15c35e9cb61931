"""The command line: `groundwire`, also `python -m rag`.

Results go to stdout, progress and errors to stderr. Exit codes: 0 done (an abstention too),
1 an error said in one line, 2 wrong usage. Heavy libraries are imported inside the commands, so
that `--help` stays quick.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import rag
from rag.errors import GroundwireError
from rag.terminal import footnotes, inert, readable, width_and_colour

if TYPE_CHECKING:
    from rag.index.backup import Backup
    from rag.newsroom import Newsroom
    from rag.retrieval.hits import Filters
    from rag.web.served import ServedNewsroom

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
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


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
        _complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _complain(error: GroundwireError) -> None:
    """Say an error in one line, whatever a file's name or a page put into it."""
    sys.stderr.write(inert(f"groundwire: {error}".replace("\n", " ")) + "\n")


@contextmanager
def _newsroom(home: Path | None) -> Iterator[Newsroom]:
    from rag.newsroom import Newsroom
    from rag.progress import terminal_progress

    with terminal_progress() as progress, Newsroom.open(home, progress=progress) as newsroom:
        yield newsroom


@contextmanager
def _asked(home: Path | None) -> Iterator[Newsroom | ServedNewsroom]:
    """The newsroom, or the server that holds its store."""
    from rag.errors import StoreBusyError
    from rag.settings import Settings
    from rag.web.served import ServedNewsroom

    with ExitStack() as stack:
        newsroom: Newsroom | ServedNewsroom
        try:
            newsroom = stack.enter_context(_newsroom(home))
        except StoreBusyError:
            served = ServedNewsroom.holding(Settings.load(home=home))
            if served is None:
                raise
            newsroom = stack.enter_context(served)
            typer.echo(f"Asking the server at {served.url}, which holds the articles.", err=True)
        yield newsroom


def _filters(
    publishers: list[str] | None, since: datetime.datetime | None, until: datetime.datetime | None
) -> Filters | None:
    from rag.retrieval.hits import Filters

    filters = Filters(
        published_from=since.date() if since else None,
        published_to=until.date() if until else None,
        publishers=tuple(publishers or ()),
    )
    return filters or None


def _print(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")


@app.command(epilog="Example: groundwire ingest articles/ https://example.org/feed.xml --prune")
def ingest(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders, web pages and feeds of articles.")
    ],
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles whose files or pages are gone.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Bring articles in (docs/formats.md says which kinds); unchanged ones cost nothing."""
    with _newsroom(home) as newsroom:
        report = newsroom.ingest(paths, prune=prune)
    for failure in report.failed:
        _complain(failure)
    if as_json:
        _print(report.as_dict())
    else:
        typer.echo(
            f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
            f"{report.removed} removed, {len(report.failed)} failed; "
            f"{report.passages} passages in {report.seconds:.1f} s"
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

    with _newsroom(home) as newsroom:
        try:
            typer.echo(f"Watching {', '.join(sources)} (Ctrl-C stops it)", err=True)
            watch_sources(newsroom, sources, say, prune=prune, interval_s=60 * minutes)
        except KeyboardInterrupt:
            typer.echo("Stopped.", err=True)


@app.command(epilog="Example: groundwire ask 'How many were destroyed?' --from 2016-10-01 --json")
def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    publisher: Publishers = None,
    since: Since = None,
    until: Until = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with citations, or say that the articles do not answer it."""
    with _asked(home) as newsroom:
        answer = newsroom.ask(question, filters=_filters(publisher, since, until))
    if as_json:
        _print(answer.model_dump(mode="json"))
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
    from rag.retrieval.runnable import document

    with _asked(home) as newsroom:
        hits = newsroom.search(question, k, _filters(publisher, since, until))
    if as_json:
        _print([{"text": hit.passage.text, **document(hit).metadata} for hit in hits])
        return
    for number, hit in enumerate(hits, start=1):
        typer.echo(inert(f"{number}. {hit.article.title}  ({hit.score:.2f})"))
        typer.echo(inert(f"   {' '.join(hit.passage.text.split())}"))


@app.command(epilog="Example: groundwire articles --json")
def articles(home: Home = None, as_json: AsJson = False) -> None:
    """List the articles that answers come from."""
    from dataclasses import asdict

    with _asked(home) as newsroom:
        summaries = newsroom.articles()
    if as_json:
        _print([asdict(summary) for summary in summaries])
        return
    for summary in summaries:
        facts = [summary.publisher, summary.published_at, f"{summary.passages} passages"]
        known = ", ".join(str(fact) for fact in facts if fact)
        typer.echo(inert(f"{summary.article_id}  {summary.title}  ({known})"))


@app.command(epilog="Example: groundwire remove 0123456789abcdef")
def remove(
    article_id: Annotated[str, typer.Argument(help="An id as `groundwire articles` shows it.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Remove one article."""
    with _newsroom(home) as newsroom:
        article = newsroom.article(article_id)
        newsroom.remove(article_id)
    if as_json:
        _print({"removed": article_id, "title": article.title})
    else:
        typer.echo(inert(f"Removed “{article.title}”."))


@app.command(epilog="Example: groundwire check draft.txt")
def check(
    file: Annotated[Path, typer.Argument(help="A text file with your draft; - for stdin.")],
    publisher: Publishers = None,
    since: Since = None,
    until: Until = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Check each sentence of a draft: supported, contradicted or not found."""
    from rag.errors import InputError

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}", fix="Give a UTF-8 text file.") from None
    with _newsroom(home) as newsroom:
        checked = newsroom.check(text, _filters(publisher, since, until))
    if as_json:
        _print(checked.model_dump(mode="json"))
        return
    width, colour = width_and_colour()
    for claim in checked.claims:
        markers = "".join(f" [{number}]" for number in claim.citations)
        typer.echo(inert(f"{claim.verdict.replace('_', ' '):>12}  {claim.text}{markers}"))
    typer.echo("\n".join(["", *footnotes(checked.citations, width, colour=colour)]))


@app.command(
    epilog="Example: groundwire ask 'Who?' --json > answer.json; groundwire verify answer.json"
)
def verify(
    file: Annotated[Path, typer.Argument(help="An answer as `ask --json` prints it.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Check every citation of an answer file against the articles, without a model."""
    from rag.answering.replay import read_answer, replay

    answer = read_answer(file)
    with _newsroom(home) as newsroom:
        problems = replay(answer, newsroom.article)
    if as_json:
        _print({"citations": len(answer.citations), "problems": list(problems)})
    else:
        for problem in problems:
            typer.echo(problem)
        if not problems:
            typer.echo(f"All {len(answer.citations)} citations stand word for word.")
    if problems:
        raise typer.Exit(1)


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
        typer.echo(f"Rebuilt the indexes of {count} passages.", err=True)
    findings = (*health.check(settings), health.check_model(settings))
    if as_json:
        _print([_pasteable(asdict(finding)) for finding in findings])
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
    home = str(Path.home())
    return {
        name: value.replace(home, "~") if isinstance(value, str) and len(home) > 1 else value
        for name, value in finding.items()
    }


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
    _say_backup(made, f"Saved {made.articles:,} articles in {made.file}.", as_json)


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
    _say_backup(made, f"Put {made.articles:,} articles back.", as_json)


def _say_backup(made: Backup, sentence: str, as_json: bool) -> None:
    if as_json:
        _print(
            {
                "file": made.file,
                "taken_at": made.taken_at.isoformat(timespec="seconds"),
                "articles": made.articles,
                "passages": made.passages,
            }
        )
    else:
        typer.echo(sentence)


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
        _complain(unreadable)
    if export:
        count = write_candidates(noted.kept, export)
        typer.echo(f"{count} questions written to {export}; add what the right answers are.")
    elif as_json:
        _print([one.model_dump(mode="json") for one in noted.kept])
    else:
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
        _print([asdict(one) for one in found])
        return
    wide = max(len(one.name) for one in found)
    for one in found:
        typer.echo(inert(f"{one.name:<{wide}}  {one.value}  ({one.origin})"))
    there = "" if CONFIG_FILE.exists() else " (not there)"
    typer.echo(f"Configuration file: {CONFIG_FILE}{there}", err=True)


@app.command(epilog="Example: groundwire serve --port 8080")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    home: Home = None,
) -> None:
    """Open the chat and the HTTP API on one port."""
    from rag.settings import Settings
    from rag.web.server import serve as serve_forever

    serve_forever(Settings.load(home=home, host=host, port=port))


@app.command(epilog="Example: groundwire mcp --home articles.store")
def mcp(home: Home = None) -> None:
    """Offer ask, search, check and articles as MCP tools on stdin and stdout."""
    from rag.settings import Settings
    from rag.web.mcp_tools import serve_stdio

    serve_stdio(Settings.load(home=home))
