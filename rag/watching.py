"""Folders and feeds followed as they change: what is new comes in, and what is gone goes.

Invariant: nothing that goes wrong with one file or page ends the watch. What could not be taken in
for want of the store or the embedding model is tried again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.articles.addresses import is_web_address
from rag.articles.article import lies_in
from rag.articles.files import belongs
from rag.errors import GroundwireError, InputError
from rag.index.report import report_lines

if TYPE_CHECKING:
    from rag.index.ingest import IngestReport
    from rag.newsroom import AnyNewsroom

# More changed files than this are taken in by reading their folders once.
MANY_FILES = 50
TICK_S = 0.5
RETRY_S = 10.0


@dataclass(frozen=True)
class Change:
    """What became of one file, folder or address. Counts are of articles."""

    source: str
    added: int = 0
    updated: int = 0
    removed: int = 0
    failed: tuple[GroundwireError, ...] = ()
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: str, report: IngestReport) -> Change:
        """The change that an ingest of `source` made."""
        remarks = report_lines(report)
        return cls(source, report.added, report.updated, report.removed, report.failed, remarks)

    def __bool__(self) -> bool:
        counts = self.added or self.updated or self.removed
        return bool(counts or self.failed or self.remarks)

    def __str__(self) -> str:
        counts = {"added": self.added, "updated": self.updated, "removed": self.removed}
        done = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        lines = [f"{self.source}: {done}"] * bool(done) + [str(error) for error in self.failed]
        lines += self.remarks
        # A file's name may hold what would steer the terminal.
        return "\n".join("".join(c if c.isprintable() else "�" for c in line) for line in lines)

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON can hold it."""
        failed = [{"problem": error.problem, "fix": error.fix} for error in self.failed]
        counts = {"added": self.added, "updated": self.updated, "removed": self.removed}
        return {"source": self.source, **counts, "failed": failed, "remarks": list(self.remarks)}


def watch(
    newsroom: AnyNewsroom,
    sources: Sequence[str],
    say: Callable[[Change], None],
    *,
    prune: bool = False,
    interval_s: float = 900.0,
    stop: threading.Event | None = None,
) -> None:
    """Take in `sources`, then whatever changes in them, until `stop` is set or Ctrl-C.

    Folders and files are followed as they change, web addresses are asked every `interval_s`.
    `say` is told of each change. Raises InputError for a path that does not exist.
    """
    stop = stop or threading.Event()
    addresses = [source for source in sources if is_web_address(source)]
    paths = existing(sources)
    intake = _Intake(newsroom, say, prune=prune)
    everything = [*map(str, paths), *addresses]
    asked = 0.0
    for changed in _changes(paths, stop):
        if everything:  # only now: what changes while it is read is noticed already
            intake.take(everything)
            everything, asked = [], time.monotonic()
        intake.follow(changed, paths)
        asked = intake.tick(addresses, asked, interval_s)


def existing(sources: Sequence[str]) -> list[Path]:
    """The paths among `sources`. Raises InputError for one that does not exist."""
    paths = [
        Path(os.path.normpath(Path(source).absolute()))  # links stay as they were given
        for source in sources
        if not is_web_address(source)
    ]
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist", fix="Check the path.")
    return paths


def _changes(paths: Sequence[Path], stop: threading.Event) -> Iterator[set[Path]]:
    """The paths that changed, at least every `TICK_S`, until `stop` is set."""
    if not paths:
        while not stop.is_set():
            yield set()
            stop.wait(TICK_S)
        return
    import watchfiles

    # A file is watched in its folder: one that is replaced would be lost sight of.
    folders = {path if path.is_dir() else path.parent for path in paths}
    try:
        for changes in watchfiles.watch(
            *folders,
            watch_filter=None,
            stop_event=stop,
            rust_timeout=int(TICK_S * 1_000),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            yield {Path(path) for _, path in changes}
    except OSError as error:
        raise InputError(
            f"{', '.join(map(str, folders))} cannot be watched: {error}",
            fix="Set WATCHFILES_FORCE_POLLING=true, or raise the system's limit of watches.",
        ) from None


class _Intake:
    """Takes sources in, and keeps those in mind that have to be tried again."""

    def __init__(
        self, newsroom: AnyNewsroom, say: Callable[[Change], None], *, prune: bool
    ) -> None:
        self._newsroom = newsroom
        self._say = say
        self._prune = prune
        self._again: dict[str, None] = {}
        self._tried = 0.0

    def take(self, sources: Iterable[str]) -> None:
        """Bring in each source, or drop it when it is gone and that is wanted."""
        for source in sources:
            self._again.pop(source, None)
            try:
                change = self._taken(source)
            except GroundwireError as error:  # not the file's fault
                change = Change(source, failed=(error,))
                self._again[source] = None
                self._tried = time.monotonic()
            if change:
                self._say(change)

    def follow(self, changed: set[Path], watched: Sequence[Path]) -> None:
        """Take in what changed of the paths watched."""
        ours = sorted(str(path) for path in changed if any(_concerns(path, w) for w in watched))
        if len(ours) > MANY_FILES:
            ours = [str(path) for path in watched]
        self.take(ours)

    def tick(self, addresses: Sequence[str], asked: float, interval_s: float) -> float:
        """Do what is due; when the addresses were last asked."""
        now = time.monotonic()
        if self._again and now - self._tried >= RETRY_S:
            self.take(list(self._again))
        if addresses and now - asked >= interval_s:
            self.take(addresses)
            return time.monotonic()
        return asked

    def _taken(self, source: str) -> Change:
        if is_web_address(source) or Path(source).exists():
            return Change.of(source, self._newsroom.ingest([source], prune=self._prune))
        return Change(source, removed=self._dropped(source) if self._prune else 0)

    def _dropped(self, path: str) -> int:
        """Remove the articles of a file or folder that is gone; how many there were."""
        return sum(
            self._newsroom.remove(article.article_id)
            for article in self._newsroom.articles()
            if lies_in(article.source, path)
        )


def _concerns(path: Path, watched: Path) -> bool:
    """True when a change of `path` may be one of the articles of `watched`."""
    if path == watched:
        return True
    if not path.is_relative_to(watched):
        return False
    if path.is_dir() or not path.exists():  # what is gone may have been a folder of any name
        return not any(part.startswith(".") for part in path.relative_to(watched).parts)
    return belongs(path, watched)
