"""The embedded engine: a child process that serves the model on loopback, kept alive.

Invariant: at most one child per Engine; it listens on loopback only, asks for a random key, and
is gone when this process is gone, however it went. `ensure` brings it back when it died.
"""

from __future__ import annotations

import atexit
import os
import secrets
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from rag.closing import Closing
from rag.errors import EngineError
from rag.models.cores import usable_cores
from rag.models.engine_child import EngineChild
from rag.models.weights import Progress

HEALTH_TRIES = 3
START_TRIES = 2
HTTP_THREADS = 64  # every waiting request holds one, and so does the question whether all is well
CACHE_RAM_MIB = 512  # finished prompts kept to be read only once; 4,096 tokens take 112 MiB
MAX_THREADS = 8
VERBOSITY = 2  # warnings and errors: no prompt ever reaches the log


def default_threads() -> int:
    """Threads to generate with: the usable cores, one of them left to others from three on.

    More than MAX_THREADS make a small model no faster.
    """
    cores = usable_cores()
    return min(cores if cores <= 2 else cores - 1, MAX_THREADS)


class Engine(Closing):
    """A model server of our own; use as a context manager, or `start` and `close`.

    It serves one request at a time, of up to `context_tokens`. An adapter, a GGUF file for this
    very model, changes only the replies of requests that ask for it.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        context_tokens: int,
        threads: int | None = None,
        log_path: Path | None = None,
        adapter_paths: Sequence[Path] = (),
    ) -> None:
        self.model_path = model_path
        self.api_key = secrets.token_urlsafe(32)
        self.threads = threads or default_threads()
        self.context_tokens = context_tokens
        self.log_path = log_path
        self.adapter_paths = tuple(adapter_paths)
        self.restarts = 0
        self._lock = threading.RLock()
        self._child: EngineChild | None = None
        self._closed = False
        self._owner = os.getpid()

    def __repr__(self) -> str:
        return f"Engine({self.model_path.name!r}, threads={self.threads})"

    def start(self, progress: Progress | None = None) -> None:
        """Load the model and wait until it answers. Raises WeightsError or EngineError."""
        with self._lock:
            if self._closed:
                raise EngineError("The engine was closed", fix="Open a new one.")
            if self._child is None:
                self._start(progress)

    @property
    def base_url(self) -> str:
        """Where it speaks the OpenAI API, ending in /v1. Raises EngineError before `start`."""
        child = self._child
        if child is None:
            raise EngineError("The engine is not running", fix="Call start() first.")
        return f"{child.address}/v1"

    @property
    def pid(self) -> int | None:
        """The process id of the child, while there is one."""
        child = self._child
        return child.process.pid if child and child.process else None

    def ensure(self) -> None:
        """Return once the engine answers, starting it again when it died. Raises EngineError."""
        with self._lock:
            if self._closed or self._child is None:
                self.start()
            if self._healthy():
                return
            self._stop()
            self.restarts += 1
            self._start(None)

    def close(self) -> None:
        """End the child. Safe to call twice."""
        with self._lock:
            self._closed = True
            self._stop()
            atexit.unregister(self.close)

    def __enter__(self) -> Self:
        self.start()
        return super().__enter__()

    def _start(self, progress: Progress | None) -> None:
        size = self.model_path.stat().st_size if self.model_path.exists() else 0
        if progress:
            progress(f"Loading {self.model_path.name}", 0, size)
        for attempt in range(1, START_TRIES + 1):
            child = EngineChild(self._order(), self.log_path)
            try:
                child.wait_until_listening()
            except EngineError:
                child.stop()
                if attempt == START_TRIES:
                    raise
                continue
            except BaseException:  # Ctrl-C while it loads
                child.stop()
                raise
            self._child = child
            self._owner = os.getpid()
            atexit.register(self.close)
            break
        if progress:
            progress(f"Loading {self.model_path.name}", size, size)

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():  # a fork has no claim on it
            child.stop()

    def _healthy(self) -> bool:
        child = self._child
        if child is None:
            return False
        for _ in range(HEALTH_TRIES):
            if child.ended:
                return False
            if child.answers():
                return True
            time.sleep(0.2)
        return False

    def _order(self) -> dict[str, object]:
        return {
            "model_path": str(self.model_path),
            "alias": self.model_path.stem,
            "adapter_paths": [str(path) for path in self.adapter_paths],
            "context_tokens": self.context_tokens,
            "threads": self.threads,
            "api_key": self.api_key,
            "http_threads": HTTP_THREADS,
            "cache_ram_mib": CACHE_RAM_MIB,
            "verbosity": VERBOSITY,
        }
