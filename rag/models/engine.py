"""The embedded engine: a child process that serves the model on loopback, kept alive.

Invariant: at most one child per Engine; it listens on loopback only, asks for a random key, and
is gone when this process is gone, however it went. `ensure` brings it back when it died.
"""

from __future__ import annotations

import atexit
import http.client
import json
import logging
import logging.handlers
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from rag.errors import EngineError
from rag.models.weights import Progress

START_TIMEOUT_S = 120.0
HEALTH_TIMEOUT_S = 5.0
HEALTH_TRIES = 3
START_TRIES = 2
LOG_BYTES = 1 << 20
CACHE_RAM_MIB = 512  # finished prompts kept to be read only once; 4,096 tokens take 112 MiB
VERBOSITY = 2  # warnings and errors: no prompt ever reaches the log
FIX = "Start again; when it stays, see {log} or choose a model server with OPENAI_BASE_URL."

_CHILD = Path(__file__).with_name("engine_process.py")


def default_threads() -> int:
    """Threads to generate with: the free cores, one of them left alone when there are many."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return cores if cores <= 2 else cores - 1


class Engine:
    """A model server of our own; use as a context manager, or `start` and `close`.

    `context_tokens` are for each of the `parallel` requests it serves at once.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        context_tokens: int,
        threads: int | None = None,
        parallel: int = 1,
        log_path: Path | None = None,
    ) -> None:
        self.model_path = model_path
        self.api_key = secrets.token_urlsafe(32)
        self.threads = threads or default_threads()
        self.context_tokens = context_tokens
        self.parallel = parallel
        self.log_path = log_path
        self.restarts = 0
        self._lock = threading.RLock()
        self._child: _Child | None = None
        self._closed = False

    def __repr__(self) -> str:
        return f"Engine({self.model_path.name!r}, threads={self.threads})"

    def start(self, progress: Progress | None = None) -> None:
        """Load the model and wait until it answers. Raises EngineError."""
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
        return child.process.pid if child else None

    def ensure(self) -> None:
        """Return once the engine answers, starting it again when it died. Raises EngineError."""
        with self._lock:
            if self._closed or self._child is None:
                self.start()
                return
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

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, progress: Progress | None) -> None:
        if progress:
            progress(f"Loading {self.model_path.name}", 0, 1)
        problem = ""
        for _ in range(START_TRIES):
            child = _Child(self._order(), self.log_path)
            try:
                child.wait_until_listening()
            except EngineError as error:
                child.stop()
                problem = error.problem
                continue
            self._child = child
            atexit.register(self.close)
            if progress:
                progress(f"Loading {self.model_path.name}", 1, 1)
            return
        raise EngineError(problem, fix=FIX.format(log=self.log_path or "the messages above"))

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def _healthy(self) -> bool:
        child = self._child
        if child is None:
            return False
        for _ in range(HEALTH_TRIES):
            if child.process.poll() is not None:
                return False
            if child.answers():
                return True
            time.sleep(0.2)
        return False

    def _order(self) -> dict[str, object]:
        return {
            "model_path": str(self.model_path),
            "alias": self.model_path.stem,
            "context_tokens": self.context_tokens,
            "parallel": self.parallel,
            "threads": self.threads,
            "api_key": self.api_key,
            "cache_ram_mib": CACHE_RAM_MIB,
            "verbosity": VERBOSITY,
        }


class _Child:
    """One run of the child process, from its start to its end.

    A thread of its own starts it and stays until it ended: the kernel ends the child together
    with the thread that started it, and ours may be started from a short-lived one.
    """

    def __init__(self, order: dict[str, object], log_path: Path | None) -> None:
        self.address = ""
        self.process: subprocess.Popen[bytes]
        self.last_lines: deque[str] = deque(maxlen=20)
        self._problem = ""
        self._log_path = log_path
        self._order = order
        self._spawned = threading.Event()
        self._listening = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="engine-keeper", daemon=True)
        self._keeper.start()
        self._spawned.wait()

    def wait_until_listening(self) -> None:
        if not self._listening.wait(START_TIMEOUT_S):
            raise EngineError(f"The engine did not start within {START_TIMEOUT_S:.0f} s", fix="")
        if not self.address:
            last = self.last_lines[-1] if self.last_lines else "it ended without a word"
            raise EngineError(f"The engine does not start: {self._problem or last}", fix="")

    def answers(self) -> bool:
        """True when the server says that it is well."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=HEALTH_TIMEOUT_S
        )
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        if hasattr(self, "process"):
            self.process.kill()  # it holds nothing that needs saving
        self._keeper.join(timeout=10)

    def _keep(self) -> None:
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own file, no shell
                [sys.executable, "-P", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for us to handle
            )
        except OSError as error:
            self._problem = str(error)
            self._spawned.set()
            self._listening.set()
            return
        self._spawned.set()
        greeting = threading.Thread(target=self._greet, daemon=True)
        with self.process:
            greeting.start()
            self._drain_log()
            self.process.wait()
            greeting.join()

    def _greet(self) -> None:
        """Send the order, keep stdin open, and read where the child listens."""
        assert self.process.stdin is not None  # noqa: S101 - opened as a pipe
        assert self.process.stdout is not None  # noqa: S101 - opened as a pipe
        try:
            self.process.stdin.write(json.dumps(self._order).encode() + b"\n")
            self.process.stdin.flush()
            reply = json.loads(self.process.stdout.readline() or b"{}")
            self._problem = reply.get("error", "")
            self.address = reply.get("address", "")
        except (OSError, ValueError) as error:
            self._problem = str(error)
        self._listening.set()

    def _drain_log(self) -> None:
        """Copy stderr to a file that never grows beyond two times LOG_BYTES."""
        assert self.process.stderr is not None  # noqa: S101 - opened as a pipe
        handler: logging.Handler = logging.NullHandler()
        if self._log_path is not None:
            self._log_path.parent.mkdir(parents=True, exist_ok=True)
            handler = logging.handlers.RotatingFileHandler(
                self._log_path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
            )
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        with handler.lock or threading.RLock():
            pass
        for raw in self.process.stderr:
            line = raw.decode(errors="replace").rstrip()
            if line:
                self.last_lines.append(line)
                handler.handle(logging.makeLogRecord({"msg": line.replace("%", "%%")}))
        handler.close()


def _environment() -> dict[str, str]:
    """Ours, without the keys that the child has no business with."""
    secret = ("OPENAI_", "GROUNDWIRE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(secret)}
