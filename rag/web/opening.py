"""How a server's desk comes by its newsroom: opened, filled where it is new, its model started.

Whoever waits is told each step. Invariant: a store that another process holds is never opened.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rag.errors import GroundwireError, StoreBusyError
from rag.settings import SHIPPED_CORPUS, Settings
from rag.terminal import inert
from rag.web.desk import Desk, Report, Step

if TYPE_CHECKING:
    from rag.newsroom import AnyNewsroom, Newsroom

# An endpoint of one's own answers several questions at once; the embedded model only one.
ENDPOINT_WRITERS = 4


def open_desk(
    settings: Settings,
    *,
    index_corpus: bool = False,
    samples: bool = False,
    url: str | None = None,
    or_served: bool = False,
) -> Desk:
    """A desk (not yet open) whose newsroom is that of the settings, served at `url`.

    The corpus folder of the settings is read into a store that never held anything, or whenever
    `index_corpus` says so; where the settings name none, `samples` has the sample articles take its
    place. Nothing else is read, so that a store of one's own holds what one put there. With
    `or_served`, a store that another server holds is asked through that server; nothing may then
    be changed.
    """

    def opener(report: Report) -> AnyNewsroom:
        from rag.web.served import ServedNewsroom

        try:
            return own(report)
        except StoreBusyError:
            served = ServedNewsroom.holding(settings) if or_served else None
            if served is None:
                raise
            report("Asking the server that holds the articles", served.url)
            return served

    def own(report: Report) -> Newsroom:
        from rag.newsroom import Newsroom

        def progress(step: str, done: int, total: int) -> None:
            report(step, amount(done, total))

        report("Opening the store", "")
        newsroom = Newsroom.open(settings=settings, progress=progress)
        try:
            if url is not None:
                newsroom.announce(url)
            folder = settings.corpus or (SHIPPED_CORPUS if samples else None)
            is_new = newsroom.corpus_card().indexed_at is None
            if folder is not None and (index_corpus or is_new):
                read = newsroom.ingest([folder], progress=progress)
                for error in read.failed:
                    print(inert(f"Left out: {error}"), file=sys.stderr, flush=True)
                if read.failed and not newsroom.article_count():
                    raise read.failed[0]
            card = newsroom.corpus_card()
        except BaseException:
            newsroom.close()  # or a second try would find the store taken
            raise
        report("Articles are ready", f"{card.articles:,} with {card.passages:,} passages")
        return newsroom

    def prepare(newsroom: AnyNewsroom, report: Report) -> None:
        if not settings.uses_embedded_model:
            report("Reaching the model", "")
        newsroom.warm_up(lambda step, done, total: report(step, amount(done, total)))

    writers = 1 if settings.uses_embedded_model else ENDPOINT_WRITERS
    return Desk(opener, prepare, writers=writers, echo=StartLog(), complain=say_error)


def amount(done: int, total: int) -> str:
    """Progress in words; totals of ten million and more are bytes.

    >>> amount(3, 12), amount(412_000_000, 1_117_320_768), amount(0, 1)
    ('3 of 12', '0.4 of 1.1 GB', '')
    """
    if total >= 10_000_000:
        return f"{done / 1e9:.1f} of {total / 1e9:.1f} GB"
    return f"{done:,} of {total:,}" if total > 1 else ""


def say_error(error: GroundwireError) -> None:
    """Say on stderr, in one line, what stopped the start."""
    print(inert(f"groundwire: {error}"), file=sys.stderr, flush=True)


class StartLog:
    """Says on stderr how the start goes: a line per step, redrawn in place on a terminal."""

    def __init__(self) -> None:
        self._step = ""

    def __call__(self, step: Step) -> None:
        """Say one state of one step."""
        terminal = sys.stderr.isatty()
        before, end = ("\r\x1b[K", "") if terminal else ("", "\n")
        text = " ".join(part for part in (step.name, step.detail) if part)
        if step.seconds is not None:
            print(f"{before}{text} ({step.seconds:.1f} s)", file=sys.stderr, flush=True)
        elif terminal or step.name != self._step:
            print(f"{before}{text} …", end=end, file=sys.stderr, flush=True)
        self._step = step.name
