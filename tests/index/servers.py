"""Real servers for tests, started on loopback and ended with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """The URL of `chroma run`; skips the test where there is no such command."""
    beside = str(Path(sys.executable).parent)
    program = shutil.which("chroma", path=beside) or shutil.which("chroma")
    if program is None:
        pytest.skip("needs the chroma command")
    port = free_port()
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """The URL of an empty database; skips the test where PostgreSQL or its driver is missing."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        pytest.skip("needs PostgreSQL (Debian: apt-get install postgresql)")
    # ImportError: the package alone, without PostgreSQL's own library, cannot be imported.
    pytest.importorskip("psycopg", reason="needs psycopg and libpq", exc_type=ImportError)
    account = _account()
    data, port = folder / "postgresql", free_port()
    data.mkdir()
    if account is not None:
        shutil.chown(data, account)
        for parent in data.parents[:-1]:
            if parent.stat().st_uid == os.getuid() and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
    there = programs[-1].parent
    options = {"user": account} if account is not None else {}
    subprocess.run(
        [
            there / "initdb",
            "-D",
            data,
            "-U",
            "groundwire",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        cwd="/",
        **options,
    )
    with subprocess.Popen(
        [there / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", ""],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **options,
    ) as server:
        try:
            _wait_for(port)
            yield f"postgresql://groundwire@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()


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


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")
