"""The look for known advisories says what it found and what it could not know."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
KNOWN = "CVE-2026-45829"
NEW = {"id": "PYSEC-2031-1", "aliases": ["CVE-2031-77777"], "summary": "It lets anyone in"}
Page = Callable[[str], Any]


@contextmanager
def index(page: Page) -> Iterator[str]:
    """A package index on loopback: `page` gives what stands at a path, None for nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = page(self.path)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(404 if said is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def audit(url: str, *names: str) -> tuple[int, str]:
    command = [sys.executable, ROOT / ".ci" / "audit", "--index", url, *names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.returncode, done.stdout


def locked(name: str) -> str:
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    found = re.search(rf"^{name}==([^\s;\\]+)", lock, re.MULTILINE)
    assert found
    return found[1]


def release(version: str, *advisories: dict[str, Any]) -> dict[str, Any]:
    return {"info": {"version": version}, "vulnerabilities": list(advisories)}


def test_a_new_advisory_is_named_and_one_that_is_explained_is_only_counted() -> None:
    gone = {"id": "CVE-2031-3", "withdrawn": "2031-01-01T00:00:00Z"}
    pages = {
        f"/pypi/chromadb/{locked('chromadb')}/json": release("9", {"id": "X", "aliases": [KNOWN]}),
        f"/pypi/gradio/{locked('gradio')}/json": release("9", NEW, gone),
    }
    with index(pages.get) as url:
        code, said = audit(url, "chromadb", "Gradio")
        assert code == 1
        assert said.startswith(f"gradio {locked('gradio')}: CVE-2031-77777, PYSEC-2031-1: It lets")
        assert KNOWN not in said
        assert "CVE-2031-3" not in said
        assert "2 of 2 releases looked up: 1 new advisories, 1 that" in said
        assert audit(url, "chromadb")[0] == 0


def test_where_only_the_newest_release_is_told_of_a_pin_that_is_not_is_named_as_unknown() -> None:
    pages = {
        "/pypi/chromadb/json": release(locked("chromadb"), NEW),
        "/pypi/gradio/json": release("99.0", NEW),
    }
    with index(pages.get) as url:
        code, said = audit(url, "chromadb", "gradio")
    assert code == 1
    assert "chromadb" in said.partition("\n")[0]
    assert f"nothing of: gradio {locked('gradio')}" in said
    assert "1 of 2 releases looked up" in said


@pytest.mark.parametrize(
    "page", [b"<html>", [], {"info": {}}, b"\xff"], ids=["a page", "a list", "empty", "noise"]
)
def test_what_is_no_index_is_said_to_be_out_of_reach_and_fails_nothing(page: Any) -> None:
    with index(lambda _path: page) as url:
        code, said = audit(url, "chromadb")
    assert (code, said.count("\n")) == (0, 1)
    assert "audit: not reachable" in said


def test_nobody_there_is_out_of_reach_too() -> None:
    code, said = audit("http://127.0.0.1:9/simple", "chromadb")
    assert code == 0
    assert "audit: not reachable" in said
