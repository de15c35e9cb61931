"""Real servers for tests, started on loopback and ended with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rag.closing import Closing


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Server(Closing):
    """A program that listens on a port of its own; it may be killed and started again."""

    command: Sequence[str | Path]
    port: int
    url: str
    user: str | None = None
    is_ready: Sequence[str | Path] = ()
    """A command that succeeds once the program answers; without one, listening is enough."""
    own: Path | None = None
    """A folder that goes with it."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        for _ in range(600):
            if self._process is None or self._process.poll() is not None:
                # After a kill PostgreSQL refuses to start until its orphaned helpers are gone.
                self._process = self._launched()
            if _listens(self.port) and self._answers():
                return
            time.sleep(0.1)
        raise TimeoutError(f"nothing answers on port {self.port}")

    def _launched(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=self.user,
        )

    def _answers(self) -> bool:
        if not self.is_ready:
            return True
        return subprocess.run(self.is_ready, capture_output=True).returncode == 0

    def kill(self) -> None:
        """End it as a power failure does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill it and start it on what it left."""
        self.kill()
        self.start()

    def close(self) -> None:
        self._end(signal.SIGINT)  # PostgreSQL waits for its clients to go at a gentler one
        if self.own is not None:
            shutil.rmtree(self.own, ignore_errors=True)

    def _end(self, sign: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(sign)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def chroma(folder: Path) -> Server:
    """`chroma run`, not yet started; skips the test where there is no such command."""
    beside = str(Path(sys.executable).parent)
    program = shutil.which("chroma", path=beside) or shutil.which("chroma")
    if program is None:
        pytest.skip("needs the chroma command")
    port = free_port()
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    return Server(command, port, f"http://127.0.0.1:{port}")


def postgresql() -> Server:
    """PostgreSQL with an empty database, not yet started; skips the test where it or its driver is
    missing.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        pytest.skip("needs PostgreSQL (Debian: apt-get install postgresql)")
    # ImportError: the package alone, without PostgreSQL's own library, cannot be imported.
    pytest.importorskip("psycopg", reason="needs psycopg and libpq", exc_type=ImportError)
    account, port = _account(), free_port()
    # Not in pytest's own folder, which another run closes to other accounts.
    data = Path(tempfile.mkdtemp(prefix="groundwire-postgresql-"))
    if account is not None:
        shutil.chown(data, account)
        for parent in data.parents[:-1]:  # a temporary folder of our own may be entered by nobody
            if parent.stat().st_uid == os.getuid() and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
    there = programs[-1].parent
    made = [there / "initdb", "-D", data, "-U", "groundwire", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*made, "--no-sync"], check=True, capture_output=True, cwd="/", user=account)
    # -F: what a killed process had written is kept by the system, and waiting for the disk is slow.
    here = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-F"]
    command = [there / "postgres", "-D", data, *here]
    url = f"postgresql://groundwire@127.0.0.1:{port}/postgres"
    return Server(command, port, url, account, [there / "pg_isready", "-d", url], data)


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """The URL of a Chroma server that runs."""
    with chroma(folder) as server:
        server.start()
        yield server.url


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of an empty database on a server that runs."""
    with postgresql() as server:
        server.start()
        yield server.url


def _account() -> str | None:
    """PostgreSQL refuses to run as root: whom to run it as instead, None where that is us."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("PostgreSQL needs an account that is not root")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
