"""From import to exit nobody but this machine is called, and nobody else can read what is kept."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import platformdirs
import pytest

from tests.evals.toy import write_articles, write_questions
from tests.faults.size import size
from tests.faults.tally import Tally
from tests.hostile.attack import DOUBTFUL, KEY, ORDINARY, QUESTION
from tests.models.tiny_gguf import write_tiny_model
from tests.web.conftest import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
OURSELVES = re.compile(r"127\.0\.0\.1|::1|localhost|^/|^b?'?\\x00|^None$")
FAMILY = r"(?:connect|sendto|sendmsg)\(.*sa_family=AF_INET6?,.*?"
CONNECT = re.compile(FAMILY + r"(?:inet_addr\(\"([^\"]+)|inet_pton\(AF_INET6, \"([^\"]+))")

# Libraries that report to their makers gather what they send: for 15 s, the one that did.
LINGER_S = size(20, 120)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]


class Watched:
    """Starts our programs so that every call of theirs, and of their children, is noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.noted = folder / "calls.jsonl"
        self.trace = folder / "trace"
        self.home = folder / "home"
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        for name, text in ORDINARY.items():
            (self.corpus / name).write_text(text, encoding="utf-8")
        self.model = write_tiny_model(folder / "tiny.gguf")
        self.env = {
            **{n: v for n, v in os.environ.items() if not n.startswith(("OPENAI_", "GROUNDWIRE_"))},
            "CALLS_NOTED": str(self.noted),
            "PYTHONPATH": f"{Path(__file__).parent / 'guard'}{os.pathsep}{ROOT}",
            "GROUNDWIRE_HOME": str(self.home),
            "GROUNDWIRE_CORPUS": str(self.corpus),
            "GROUNDWIRE_MODEL_PATH": str(self.model),
            "GROUNDWIRE_CACHE": str(folder / "cache"),
            "GROUNDWIRE_TIMEOUT_S": "20",
        }
        tracer = shutil.which("strace")
        self.before = (
            [tracer, "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(self.trace)]
            if tracer
            else []
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self.before, sys.executable, *arguments],
            env=self.env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=600)
        return said

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The address of a watched server, which has ended afterwards and said no key."""
        server = self.start("-m", "rag", "serve", "--port", "0")
        try:
            assert server.stdout is not None
            lines = iter(server.stdout.readline, "")
            url = next(line for line in lines if "Groundwire is at" in line).split()[3]
            wait_until(
                lambda: httpx2.get(f"{url}/v1/ready", timeout=120).status_code == 200, timeout_s=300
            )
            yield url
        finally:
            os.killpg(server.pid, signal.SIGINT)
            said, _ = server.communicate(timeout=60)
        assert KEY not in said

    def strangers(self) -> list[str]:
        """Every call to somebody else."""
        lines = self.noted.read_text().splitlines() if self.noted.exists() else []
        found = [f"{event} {whom}" for event, _, whom in map(json.loads, lines)]
        called = [one for one in found if not OURSELVES.search(one.partition(" ")[2].strip("('\""))]
        if self.trace.exists():
            for match in CONNECT.finditer(self.trace.read_text(errors="replace")):
                address = match[1] or match[2]
                if not (address.startswith("127.") or address == "::1"):
                    called.append(f"system call to {address}")
        return called


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_guard_notices_a_call(watched: Watched) -> None:
    """So that its silence below means something."""
    call = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
    watched.run("-c", call + "s.connect(('192.0.2.1', 9))")
    assert any("192.0.2.1" in one for one in watched.strangers())


def test_the_command_line_calls_nobody(watched: Watched, tally: Tally) -> None:
    with tally.count("program watched for calls elsewhere"):
        assert "3 added" in watched.run("-m", "rag", "ingest", str(watched.corpus))
        for command in (["search", QUESTION], ["ask", DOUBTFUL], ["doctor"], ["articles"]):
            said = watched.run("-m", "rag", *command)
            assert "Traceback" not in said
        watched.run("-m", "rag", "backup", str(watched.folder / "kept.backup"))
        assert watched.strangers() == []
        assert not readable_by_others(watched.home, watched.folder / "kept.backup")


def test_the_server_calls_nobody(watched: Watched, tally: Tally) -> None:
    watched.env["GROUNDWIRE_API_KEY"] = KEY
    with tally.count("program watched for calls elsewhere"):
        headers = {"Authorization": f"Bearer {KEY}"}
        with (
            watched.serving() as url,
            httpx2.Client(base_url=url, headers=headers, timeout=120) as client,
        ):
            assert client.get("/").status_code in {200, 401}
            assert client.post("/v1/search", json={"question": QUESTION}).json()
            client.post("/v1/answers", json={"question": DOUBTFUL})
            assert client.get("/metrics").status_code == 200
            time.sleep(LINGER_S)
        assert watched.strangers() == []
        assert not readable_by_others(watched.home)


@pytest.mark.browser
def test_a_chat_in_the_page_calls_nobody(watched: Watched, page: Page, tally: Tally) -> None:
    """The page itself may ask its own server only: `page` fails on any other request."""
    with tally.count("program watched for calls elsewhere"):
        with watched.serving() as url:
            page.goto(url)
            page.get_by_label("Your question").fill(DOUBTFUL)
            page.keyboard.press("Enter")
            finished = page.locator(".gw-turn.gw-finished")
            # What gets lost on the way the page asks three times, of a server that is traced.
            for _ in range(300):
                page.wait_for_timeout(1_000)
                if finished.count():
                    break
            else:
                pytest.fail(f"no answer came: {page.locator('body').inner_text()}")
            time.sleep(LINGER_S)
        assert watched.strangers() == []


def measured(watched: Watched) -> None:
    """A judge without a model is measured, and one question asked of the model and judged."""
    labelled = watched.folder / "labelled.jsonl"
    with labelled.open("w", encoding="utf-8") as file:
        for number, (claim, label) in enumerate((("It rained.", 1), ("It snowed.", 0)) * 4):
            row = {"id": str(number), "dataset": "made", "context": f"It rained {number} days."}
            file.write(json.dumps({**row, "claim": claim, "label": label}) + "\n")
    said = watched.run("-m", "evals", "judge", str(labelled), "--judge", "signals")
    assert "Traceback" not in said
    assert "AUROC" in said
    out = watched.folder / "out"
    articles = write_articles(watched.folder / "toy")
    questions = write_questions(watched.folder / "questions.jsonl")
    asked = ["--articles", articles, "--questions", questions, "--limit", "1", "--out", out]
    said = watched.run("-m", "evals", "run", *map(str, asked), "--judge", "signals")
    assert (out / "report.html").is_file(), said


def test_the_evals_call_nobody(watched: Watched, tally: Tally) -> None:
    with tally.count("program watched for calls elsewhere"):
        measured(watched)
        assert watched.strangers() == []


@pytest.mark.model
def test_the_pinned_model_calls_nobody(watched: Watched, tally: Tally) -> None:
    """The same with the model that is put together from packages, and from nowhere else."""
    del watched.env["GROUNDWIRE_MODEL_PATH"]
    # 1.1 GB: assembled once, not for each run.
    watched.env["GROUNDWIRE_CACHE"] = str(platformdirs.user_cache_path("groundwire"))
    watched.env["GROUNDWIRE_TIMEOUT_S"] = "600"
    with tally.count("program watched for calls elsewhere"):
        watched.run("-m", "rag", "ingest", str(watched.corpus))
        assert "[1]" in watched.run("-m", "rag", "ask", DOUBTFUL)
        measured(watched)
        assert watched.strangers() == []


def readable_by_others(*roots: Path) -> list[Path]:
    """Files that others on this machine may read, by their own mode."""
    files = [f for root in roots for f in ([root] if root.is_file() else root.rglob("*"))]
    return [f for f in files if f.is_file() and stat.S_IMODE(f.stat().st_mode) & 0o077]
