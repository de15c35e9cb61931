"""The line before the newsroom: bounded, first come first served, and told of its places.

Invariants: never more than `writers` are served and never more than `max_waiting` wait; whoever
leaves, frees the place.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import ServeError
from rag.events import Progress

# How long a waiting question sleeps between looks at whether its reader has gone.
LOOK_S = 0.25


class BusyError(ServeError):
    """Too many questions are waiting already."""

    code = "busy"
    retryable = True


class Line:
    """Those who are served and those who wait; safe to use from several threads.

    `closed_because` says why nobody is served yet, in words, and raises what has stopped it for
    good; it is called, and looked at again, under `change`.
    """

    def __init__(
        self,
        change: threading.Condition,
        closed_because: Callable[[], str],
        *,
        writers: int,
        max_waiting: int,
    ) -> None:
        self._change = change
        self._closed_because = closed_because
        self._writers = writers
        self._max_waiting = max_waiting
        self._waiting: deque[object] = deque()
        self._served: set[object] = set()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def busy(self) -> bool:
        """Whether anybody is served or waits for it."""
        return bool(self._waiting or self._served)

    @contextmanager
    def place(self) -> Iterator[object]:
        """A place at the end of the line. Raises BusyError where there is none."""
        place = object()
        with self._change:
            if len(self._waiting) >= self._max_waiting:
                raise BusyError(
                    f"{len(self._waiting)} questions are waiting already",
                    fix="Try again in a minute.",
                )
            self._waiting.append(place)
        try:
            yield place
        finally:
            with self._change:
                if place in self._waiting:
                    self._waiting.remove(place)
                self._served.discard(place)
                self._change.notify_all()

    def wait(self, place: object) -> Iterator[Progress]:
        """Ends when it is the place's turn; until then says what it waits for."""
        told = ""
        while True:
            with self._change:
                if self._take(place):
                    return
                detail = self._reason(place)
                if detail == told:
                    self._change.wait(LOOK_S)
                    detail = self._reason(place)
            if not detail:
                continue
            # Also when nothing changed: a yield is where a reader who has gone is noticed.
            yield Progress("waiting", detail)
            told = detail

    def _take(self, place: object) -> bool:
        """Serve the place, if it is its turn."""
        first = self._waiting[0] is place
        if self._closed_because() or not first or len(self._served) >= self._writers:
            return False
        self._waiting.popleft()
        self._served.add(place)
        self._change.notify_all()
        return True

    def _reason(self, place: object) -> str:
        """Why `place` waits, in words; empty when it is its turn."""
        if why := self._closed_because():
            return why
        before = len(self._served) + self._waiting.index(place)
        if before == 0:
            return ""
        return "1 question before yours" if before == 1 else f"{before} questions before yours"
