"""The commands of the deployment page, run as they stand there but for paths, ports and names.

Chroma's server, PostgreSQL and two processes of Groundwire are real; only the model is played.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from rag.models.weights import ENTAILMENT, LOCATOR
from tests.fake_endpoint import FakeEndpoint
from tests.fake_reader import reader
from tests.index.servers import chroma_server, free_port, postgresql_server
from tests.shipped import ROOT
from tests.web.conftest import wait_until

PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
PATIENCE_S = 240.0
# The account that the page makes; the test's own server has one of that name already.
ACCOUNT = "newsdesk"


def commands(heading: str) -> list[list[str]]:
    """The words of each command under a heading, in order."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```\n(.*?)```", section, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.strip()]


def exported(given: list[list[str]]) -> dict[str, str]:
    words = [word for command in given if command[0] == "export" for word in command[1:]]
    return dict(word.split("=", 1) for word in words)


@contextmanager
def started(command: list[str], env: Mapping[str, str], home: Path) -> Iterator[str]:
    """A process of Groundwire on a port of its own, once it is ready; gives its address."""
    assert command[0] == "groundwire"
    port = free_port()
    own = {"PATH": os.environ["PATH"], "GROUNDWIRE_HOME": str(home), "GROUNDWIRE_PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "rag", *command[1:]]
    with subprocess.Popen(words, cwd=ROOT, env={**own, **env}) as server:
        try:
            wait_until(lambda: server.poll() is not None or is_ready(url), PATIENCE_S)
            yield url
        finally:
            server.terminate()


def with_samples(home: Path) -> None:
    """The sample articles in a store that is new."""
    env = {"PATH": os.environ["PATH"], "GROUNDWIRE_HOME": str(home)}
    ingest = [sys.executable, "-m", "rag", "ingest", "--samples"]
    subprocess.run(ingest, cwd=ROOT, env=env, capture_output=True, check=True, timeout=PATIENCE_S)


def is_ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/v1/ready", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


@pytest.mark.slow
def test_processes_on_shared_servers_answer_from_what_one_of_them_takes_in(
    tmp_path: Path,
) -> None:
    given = commands("Past one machine")
    [chroma] = [command for command in given if command[0] == "chroma"]
    # What the fixture starts is what the page says, but for the folder and the port.
    assert [word for word in chroma if not word.startswith("/") and not word.isdecimal()] == (
        "chroma run --path --host 127.0.0.1 --port".split()
    )
    statements = [command[-1] for command in given if "psql" in command]
    [serve] = [command for command in given if command[0] == "groundwire"]
    with ExitStack() as servers:
        model = FakeEndpoint(reply=reader("The ferry Saint Anna sank off Lowick."))
        endpoint = servers.enter_context(model)
        database = servers.enter_context(postgresql_server())
        address = re.search(r"127\.0\.0\.1:\d+", database)
        assert address
        create(statements, database)
        env = exported(given)
        env["GROUNDWIRE_DATABASE_URL"] = (
            env["GROUNDWIRE_DATABASE_URL"]
            .replace("127.0.0.1", address[0])
            .replace("groundwire", ACCOUNT)
        )
        env["GROUNDWIRE_CHROMA_URL"] = servers.enter_context(chroma_server(tmp_path / "chroma"))
        env["OPENAI_BASE_URL"] = endpoint.base_url
        one, other = (
            servers.enter_context(started(serve, env, tmp_path / name)) for name in ("a", "b")
        )
        files = [("files", ("ferry.md", b"The ferry Saint Anna sank at dawn off Lowick."))]
        added = httpx2.post(f"{one}/v1/articles", files=files, timeout=60).json()
        asked = {"question": "Which ferry sank off Lowick?"}
        answer = httpx2.post(f"{other}/v1/answers", json=asked, timeout=60).json()

    assert (added["added"], added["failed"]) == (1, [])
    assert answer["status"] == "answered"
    assert [cited["quote"] for cited in answer["citations"]] == [
        "The ferry Saint Anna sank at dawn off Lowick."
    ]


def create(statements: list[str], url: str) -> None:
    """Run what the page has typed into psql, under another account's name."""
    import psycopg

    assert len(statements) == 2
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.replace("groundwire", ACCOUNT).encode())


@pytest.mark.slow
def test_a_model_server_of_your_own_takes_the_place_of_the_embedded_model(
    tmp_path: Path,
) -> None:
    vllm, (*settings, program, command) = commands("A model server of your own")
    env = dict(word.split("=", 1) for word in settings)
    assert f":{vllm[-1]}/" in env["OPENAI_BASE_URL"]
    said = reader("Bartella is some 12 miles from Mosul.")
    with FakeEndpoint(reply=said, models=(vllm[2],)) as endpoint:
        env["OPENAI_BASE_URL"] = endpoint.base_url
        home = tmp_path / "home"
        with_samples(home)
        with started([program, command], env, home) as url:
            asked = {"question": "How far is Bartella from Mosul?"}
            answer = httpx2.post(f"{url}/v1/answers", json=asked, timeout=60).json()

    assert answer["status"] == "answered"
    assert answer["provenance"]["model"] == vllm[2]


@pytest.mark.slow
def test_the_model_and_the_adapters_for_a_server_of_your_own_are_found(tmp_path: Path) -> None:
    (program, *find), (_, *server) = commands("A llama.cpp server that names sentences")
    env = {"PATH": os.environ["PATH"], "GROUNDWIRE_CACHE": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, *find], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )

    model, *adapters = map(Path, said.stdout.split())
    assert program == "python"
    assert (model.parent, model.suffix) == (tmp_path, ".gguf")
    assert adapters == [LOCATOR, ENTAILMENT]
    assert all(model.stat().st_size > adapter.stat().st_size > 0 for adapter in adapters)
    assert server[:6] == ["--model", "MODEL", "--lora", "LOCATOR", "--lora", "ENTAILMENT"]
    assert "--lora-init-without-apply" in server
