"""Folders, files, pages and feeds that the server follows: what changes is in the next answer.

Invariant: the watch ends before the newsroom that it feeds is closed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence

from rag.errors import GroundwireError
from rag.terminal import inert
from rag.watching import Change, watch
from rag.web.desk import Desk

LOOK_S = 0.1


def _say(told: object) -> None:
    print(inert(str(told)), file=sys.stderr, flush=True)


class Follower:
    """Feeds the desk's newsroom from `sources`, once it is open, in a thread of its own.

    `say` is told of each change, and of what ended the watch. Nothing is removed that is gone.
    """

    def __init__(
        self,
        desk: Desk,
        sources: Sequence[str],
        say: Callable[[Change | GroundwireError], None] = _say,
    ) -> None:
        self._desk = desk
        self._sources = tuple(sources)
        self._say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="following", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        if self._sources:
            self._thread.start()

    def stop(self) -> None:
        """End, once what is being read is done."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _follow(self) -> None:
        while (newsroom := self._desk.opened) is None:
            if self._stop.wait(LOOK_S):
                return
        try:
            watch(newsroom, self._sources, self._say, stop=self._stop)
        except GroundwireError as error:
            self._say(error)
