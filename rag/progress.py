"""Progress on the terminal: steps with sizes on stderr, a bar for what takes a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str, int, int], None]
# A step shorter than this says nothing.
QUIET_S = 0.5


@contextmanager
def terminal_progress() -> Iterator[Report]:
    """A callback `(label, done, total)`; a total of 0 means that none is known.

    On a terminal it draws bars; elsewhere each step is one line, so that logs stay readable.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {}

        def report(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total or None)
            bars.update(tasks[label], completed=done, total=total or None)
            if total and done >= total:
                bars.remove_task(tasks.pop(label))

        yield report


class _Lines:
    """One line for each step that is still going on after a moment."""

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}
        self._said: set[str] = set()

    def __call__(self, label: str, done: int, total: int) -> None:
        begun = self._begun.setdefault(label, time.monotonic())
        if label not in self._said and time.monotonic() - begun >= QUIET_S:
            self._said.add(label)
            sys.stderr.write(f"{label} …\n")
            sys.stderr.flush()
