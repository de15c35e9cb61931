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
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
HTTP_THREADS = 64  # every waiting request holds one, and so does the question whether all is well
CACHE_RAM_MIB = 512  # finished prompts kept to be read only once; 4,096 tokens take 112 MiB
MAX_THREADS = 8
CGROUP_CPU = Path("/sys/fs/cgroup/cpu.max")
VERBOSITY = 2  # warnings and errors: no prompt ever reaches the log

_CHILD = Path(__file__).with_name("engine_process.py")


def default_threads() -> int:
    """Threads to generate with: the cores we may use, one of them left to others from three on.

    More than MAX_THREADS make a small model no faster.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # only Linux tells
        cores = os.cpu_count() or 1
    cores = min(cores, _container_cores(CGROUP_CPU) or cores)
    return max(1, min(cores if cores <= 2 else cores - 1, MAX_THREADS))


def _container_cores(quota_file: Path) -> int | None:
    """Whole cores that a container may use, which its visible cores do not tell."""
    try:
        quota, period = quota_file.read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):  # no such file, or "max": no quota
        return None


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
        self._owner = os.getpid()

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
        size = self.model_path.stat().st_size if self.model_path.exists() else 0
        if progress:
            progress(f"Loading {self.model_path.name}", 0, size)
        for attempt in range(1, START_TRIES + 1):
            child = _Child(self._order(), self.log_path)
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
            "context_tokens": self.context_tokens,
            "parallel": self.parallel,
            "threads": self.threads,
            "api_key": self.api_key,
            "http_threads": HTTP_THREADS,
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
        self.process: subprocess.Popen[bytes] | None = None
        self._order = order
        self._log_path = log_path
        self._last_line = ""
        self._problem = ""
        self._spawned = threading.Event()
        self._answered = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="engine-keeper", daemon=True)
        self._keeper.start()

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def wait_until_listening(self) -> None:
        """Return once it serves. Raises EngineError that says why it does not."""
        log = self._log_path or "its messages"
        fix = f"See {log}, or choose a model server with OPENAI_BASE_URL."
        if not self._answered.wait(START_TIMEOUT_S):
            raise EngineError(f"The engine did not start in {START_TIMEOUT_S:.0f} s", fix=fix)
        if self.address:
            return
        self._keeper.join(timeout=5)  # until the last words and the exit code are there
        why = self._problem or self._how_it_ended() or self._last_line or "no reason was given"
        if "libgomp" in why:
            fix = "Install the OpenMP runtime, on Debian: apt-get install libgomp1"
        raise EngineError(f"The engine does not start: {why}", fix=fix)

    def _how_it_ended(self) -> str:
        code = self.process.poll() if self.process else None
        if code is None or code >= 0:
            return ""
        name = signal.Signals(-code).name
        hints = {"SIGKILL": ", perhaps for want of memory", "SIGILL": ": this processor is too old"}
        return f"it was ended by {name}{hints.get(name, '')}"

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
        """End it at once: it holds nothing that needs saving."""
        self._spawned.wait()
        if self.process is not None:
            self.process.kill()
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
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # as above
            )
        except OSError as error:
            self._problem = str(error)
            self._answered.set()
            return
        finally:
            self._spawned.set()
        with self.process as process:
            greeting = threading.Thread(target=self._greet, args=(process,), daemon=True)
            greeting.start()
            self._keep_log(process)
            process.wait()
            greeting.join()

    def _greet(self, process: subprocess.Popen[bytes]) -> None:
        """Send the order and read where the child listens; stdin stays open for its life."""
        assert process.stdin is not None  # noqa: S101 - opened as a pipe
        assert process.stdout is not None  # noqa: S101 - opened as a pipe
        try:
            process.stdin.write(json.dumps(self._order).encode() + b"\n")
            process.stdin.flush()
            reply = json.loads(process.stdout.readline() or b"{}")
            self._problem = reply.get("error", "")
            self.address = reply.get("address", "")
        except (OSError, ValueError):
            pass  # it ended early: how is told by its exit code and last line
        self._answered.set()

    def _keep_log(self, process: subprocess.Popen[bytes]) -> None:
        """Copy stderr to the log file, which is turned over at LOG_BYTES, until it ends."""
        assert process.stderr is not None  # noqa: S101 - opened as a pipe
        with _bounded_log(self._log_path) as log:
            for raw in process.stderr:
                line = raw.decode(errors="replace").rstrip()
                if line:
                    self._last_line = line
                    log(line)


@contextmanager
def _bounded_log(path: Path | None) -> Iterator[Callable[[str], None]]:
    """A function that appends a line; a log that cannot be written is done without."""
    if path is None:
        yield lambda line: None
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.handleError = lambda record: None  # type: ignore[method-assign] # not worth a word
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    try:
        yield lambda line: handler.emit(logging.makeLogRecord({"msg": line}))
    finally:
        handler.close()


def _environment() -> dict[str, str]:
    """Ours, without the keys that the child has no business with.

    Threads that wait by spinning take the cores from those they wait for as soon as another
    process is busy: writing fell from 6 tokens a second to 1.3. Sleeping costs little.
    """
    secret = ("OPENAI_", "GROUNDWIRE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
    return {"OMP_WAIT_POLICY": "PASSIVE", **kept}
