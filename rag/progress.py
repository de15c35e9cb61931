"""Progress on the terminal: steps with sizes on stderr, a bar for what takes a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str, int, int], None]
# A step shorter than this says nothing; a longer one says so, and then how far it is.
QUIET_S = 0.5
AGAIN_S = 30.0
COUNTED = 100_000  # more than that are bytes, and mean nothing to people


@contextmanager
def terminal_progress() -> Iterator[Report]:
    """A callback `(label, done, total)`; a total of 0 means that none is known.

    On a terminal it draws bars; elsewhere each step is a line, and another every half minute, so
    that logs stay readable.
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
            far = f" {done}/{total}" if 0 < total < COUNTED else ""
            bars.update(tasks[label], description=label + far, completed=done, total=total or None)
            if total and done >= total:
                bars.remove_task(tasks.pop(label))

        yield report


class _Lines:
    """A line for each step that is still going on after a moment, and one now and then."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}

    def __call__(self, label: str, done: int, total: int) -> None:
        now = time.monotonic()
        if label not in self._next:
            self._next[label] = now + QUIET_S
        if now < self._next[label]:
            return
        self._next[label] = now + AGAIN_S
        far = f" {done} of {total}" if done and 0 < total < COUNTED else ""
        sys.stderr.write(f"{label} …{far}\n")
        sys.stderr.flush()
