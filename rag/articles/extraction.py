"""Bytes that strangers wrote to text, in a child process that is bounded in time and memory.

Invariant: whatever a file does to its parser (endless work, memory, a crash), the caller gets the
text or an ArticleError within `limits.seconds_for` its size, and the next file is read by a sound
process. One child serves all files, one after the other, and goes when there was nothing to read
for a while.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.articles.limits import Limits
from rag.errors import ArticleError

IDLE_S = 20.0
_MAX_OUTCOME_BYTES = 100_000_000
_ROOT = Path(__file__).resolve().parents[2]


def extract(
    kind: str,
    content: bytes,
    *,
    where: str,
    limits: Limits,
    charset: str | None = None,
    address: str | None = None,
) -> dict[str, Any]:
    """What the extractor of `kind` finds: `text` and fields. Raises ArticleError naming `where`."""
    order = {
        "kind": kind,
        "size": len(content),
        "limits": asdict(limits),
        "charset": charset,
        "address": address,
    }
    with _lock:
        outcome = _order(order, content, limits.seconds_for(len(content)))
    if "found" in outcome:
        found: dict[str, Any] = outcome["found"]
        return found
    raise ArticleError(f"{where} cannot be read: {outcome['problem']}", fix=outcome["fix"])


class _Child:
    """One child process and the pipes to it."""

    def __init__(self) -> None:
        paths = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "rag.articles.extraction_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_environment(), "PYTHONPATH": paths},
            start_new_session=True,  # Ctrl-C in the terminal is for us to handle
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # as above
        )
        self.late = False

    def ask(self, order: dict[str, Any], content: bytes, limit_s: float) -> bytes:
        """The line that comes back; nothing when the child ended or was ended."""
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe
        clock = threading.Timer(limit_s, self._end_late)
        clock.daemon = True
        clock.start()
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n" + content)
            self._process.stdin.flush()
            line = self._process.stdout.readline(_MAX_OUTCOME_BYTES)
        except OSError:
            return b""
        finally:
            clock.cancel()
        return line if line.endswith(b"\n") else b""

    def _end_late(self) -> None:
        self.late = True
        self._process.kill()

    def stop(self) -> None:
        self._process.kill()
        with suppress(OSError):
            self._process.communicate()


_lock = threading.RLock()
_child: _Child | None = None
_idle: threading.Timer | None = None


def _order(order: dict[str, Any], content: bytes, limit_s: float) -> dict[str, Any]:
    global _idle
    if _idle is not None:
        _idle.cancel()
    for fresh in (_child is None, True):
        try:
            child = _started()
        except OSError as error:
            return {"problem": f"no process can be started ({error})", "fix": "Try again."}
        line = child.ask(order, content, limit_s)
        if line:
            _idle = threading.Timer(IDLE_S, close)
            _idle.daemon = True
            _idle.start()
            outcome: dict[str, Any] = json.loads(line)
            return outcome
        close()
        if child.late:
            return _TOO_LATE
        if fresh:
            break  # an older one may have been ended by something else than this file
    return _CRASHED


def _started() -> _Child:
    global _child
    if _child is None:
        _child = _Child()
    return _child


_TOO_LATE = {
    "problem": "reading it takes too long",
    "fix": "Split it, or raise GROUNDWIRE_PARSE_TIMEOUT_S.",
}
_CRASHED = {
    "problem": "it breaks the program that reads it",
    "fix": "Save it anew or in another form.",
}


def close() -> None:
    """End the child process, if there is one; the next file starts another."""
    global _child
    with _lock:
        if _child is not None:
            _child.stop()
            _child = None


def _environment() -> dict[str, str]:
    """Ours, without the keys that the child has no business with."""
    secret = ("OPENAI_", "GROUNDWIRE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(secret)}


atexit.register(close)
