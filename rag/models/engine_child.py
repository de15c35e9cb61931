"""One run of the engine's child process: started, watched, logged, ended.

Invariant: the child dies with this process. Three things see to that, each where the others
cannot: `stop`, the kernel's parent-death signal, and the end of its stdin.
"""

from __future__ import annotations

import http.client
import json
import logging
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from rag.errors import EngineError, WeightsError

START_TIMEOUT_S = 120.0
HEALTH_TIMEOUT_S = 5.0
LOG_BYTES = 1 << 20
UNLOADABLE = "error loading model:"  # what llama.cpp writes before its reason

_PROGRAM = Path(__file__).with_name("engine_process.py")


class EngineChild:
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
        self._unloadable = ""
        self._problem = ""
        self._spawned = threading.Event()
        self._answered = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="engine-keeper", daemon=True)
        self._keeper.start()

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def wait_until_listening(self) -> None:
        """Return once it serves. Raises WeightsError or EngineError that says why it does not."""
        log = self._log_path or "its messages"
        fix = f"See {log}, or choose a model server with OPENAI_BASE_URL."
        if not self._answered.wait(START_TIMEOUT_S):
            raise EngineError(f"The engine did not start in {START_TIMEOUT_S:.0f} s", fix=fix)
        if self.address:
            return
        self._keeper.join(timeout=5)  # until the last words and the exit code are there
        if self._unloadable:
            model = self._order["model_path"]
            raise WeightsError(
                f"{model} cannot be loaded: {self._unloadable}",
                fix="Get the file again, or unset GROUNDWIRE_MODEL_PATH to use the packaged model.",
            )
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
                [sys.executable, "-P", str(_PROGRAM)],
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
            # What it never read is still in the buffer, and cannot be written any more.
            with suppress(OSError):
                if process.stdin is not None:
                    process.stdin.close()

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
                    self._unloadable = self._unloadable or line.partition(UNLOADABLE)[2].strip()
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

    OpenMP's threads wait by spinning, and take the cores from those they wait for as soon as
    another process is busy: writing fell from 20 and more tokens a second to 1 to 4. Going to
    sleep soon keeps the 20, and the full speed of an idle machine, 30.
    """
    secret = ("OPENAI_", "GROUNDWIRE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
    return {"GOMP_SPINCOUNT": "1000", **kept}
