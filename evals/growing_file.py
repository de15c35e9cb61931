"""A file of JSON lines to which a long run adds, and from which it goes on after a stop.

Invariant: one process at a time owns the file, and a line is on disk before the next is made. A
kill at any moment loses at most the line in the making: what was cut off is left out, and no later
line sticks to it.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from rag.closing import Closing
from rag.errors import StoreBusyError


def whole_lines(path: Path) -> list[bytes]:
    """The lines of a file that were written to their end. Raises OSError."""
    return path.read_bytes().split(b"\n")[:-1]


class GrowingFile(Closing):
    """`path`, or the `file` in that folder. Raises StoreBusyError where another process owns it.

    `option` is where a user named it.
    """

    option = "--out"

    def __init__(self, path: Path, file: Path | None = None, lock: Path | None = None) -> None:
        self.path, file = path, file or path
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(lock or path.with_suffix(".lock"))
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StoreBusyError(
                f"Another run is writing to {path}",
                fix=f"Wait for it, or choose another {self.option}.",
            ) from None
        try:
            self._take(whole_lines(file) if file.is_file() else [])
            self._out: IO[bytes] = file.open("ab")
            self._out.truncate(file.read_bytes().rfind(b"\n") + 1)
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Let another process have the file."""
        self._out.close()
        self._lock.release()

    @abstractmethod
    def _take(self, lines: Sequence[bytes]) -> None:
        """Read the lines that are there, before the file is touched."""

    def _add(self, line: str) -> None:
        """Put a line on disk."""
        self._out.write(line.encode("utf-8", "replace") + b"\n")
        self._out.flush()
        os.fsync(self._out.fileno())
