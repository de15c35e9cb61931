"""The folder of a run: every answer is on disk before the next question is asked.

Invariant: an answer is found again only for the same system (code, models, articles) and the same
question with the same talk before it. A kill at any moment loses at most the answer in the making;
a line that was cut off is asked again. Failures are not kept.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout
from pydantic import ValidationError

from evals.cache import cache_key
from evals.datasets.example import Example
from evals.systems.response import Response
from rag.closing import Closing
from rag.errors import StoreBusyError


def answer_key(fingerprint: str, example: Example, variant: str) -> str:
    """Under which an answer is kept."""
    return cache_key(
        fingerprint, variant, str(example.withheld), *example.history, example.question
    )


def owned(path: Path, lock: Path) -> FileLock:
    """The lock, taken, of what only one process at a time may write. Raises StoreBusyError."""
    taken = FileLock(lock)
    try:
        taken.acquire(timeout=0)
    except Timeout:
        raise StoreBusyError(
            f"Another run is writing to {path}", fix="Wait for it, or choose another --out."
        ) from None
    return taken


class RunFolder(Closing):
    """Answers of one or more systems in `answers.jsonl`. One process at a time owns it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock = owned(path, path / ".lock")
        self._answers = path / "answers.jsonl"
        self._known = self._read()
        self._out: IO[bytes] = self._answers.open("ab")

    def known(self, key: str) -> Response | None:
        """The answer kept under `key`."""
        return self._known.get(key)

    def keep(self, key: str, response: Response) -> None:
        """Put an answer on disk; one that failed is not kept."""
        if response.error:
            return
        line = json.dumps(
            {"key": key, "response": response.model_dump(mode="json")}, ensure_ascii=False
        )
        self._out.write(line.encode("utf-8", "replace") + b"\n")
        self._out.flush()
        os.fsync(self._out.fileno())
        self._known[key] = response

    def close(self) -> None:
        """Let another process have the folder."""
        self._out.close()
        self._lock.release()

    def _read(self) -> dict[str, Response]:
        if not self._answers.is_file():
            return {}
        data = self._answers.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):  # the tail of a killed run: no later line may stick to it
            with self._answers.open("r+b") as file:
                file.truncate(len(whole))
        found = {}
        for line in whole.splitlines():
            try:
                row = json.loads(line)
                found[str(row["key"])] = Response.model_validate(row["response"])
            except (ValueError, KeyError, TypeError, ValidationError):
                continue  # written by another version: asked again
        return found
