"""The Dockerfile, step by step without Docker: what it copies is enough, and its commands work.

What only Docker can show (the base image, the build itself) is not tested here.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint
from tests.shipped import ROOT
from tests.web.conftest import wait_until

FILE = ROOT / "docs" / "Dockerfile"
# A busy machine takes its time to import Gradio.
PATIENCE_S = 240.0
KNOWN = set("FROM ARG RUN WORKDIR COPY USER VOLUME ENV EXPOSE HEALTHCHECK CMD".split())


def instructions() -> list[tuple[str, str]]:
    """Each instruction with what follows it, continued lines joined."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    parts = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(name, rest.strip()) for name, rest in parts]


def every(name: str) -> list[str]:
    return [rest for given, rest in instructions() if given == name]


def command(name: str) -> list[str]:
    """The words of CMD, or of the command of HEALTHCHECK, with this Python for theirs."""
    [rest] = every(name)
    first, *others = json.loads(rest[rest.index("[") :])
    assert first in ("python", "groundwire")
    return [sys.executable, *(("-m", "rag") if first == "groundwire" else ()), *others]


def answers(port: str) -> bool:
    """True once the server answers at all; whether in good health is for the check to say."""
    try:
        return bool(httpx2.get(f"http://127.0.0.1:{port}/", timeout=2).status_code)
    except httpx2.HTTPError:
        return False


def held(port: str) -> list[str]:
    """The sources of the articles that are stored, without folder and suffix."""
    key = {"Authorization": "Bearer choose-one"}
    listed = httpx2.get(f"http://127.0.0.1:{port}/v1/articles", headers=key, timeout=60)
    return [Path(one["source"]).stem for one in listed.json()["articles"]]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in every("ENV") for pair in rest.split())


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder that holds what the Dockerfile copies, as its ignore file lets it through."""
    let_in = (ROOT / "docs" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    made = tmp_path / "app"
    made.mkdir()
    for rest in every("COPY"):
        *sources, target = rest.split()
        assert {f"!{source}" for source in sources} <= set(let_in)
        for source in sources:
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, made / target, ignore=ignored)
            else:
                shutil.copy(ROOT / source, made / target)
    return made


def test_every_instruction_is_one_that_docker_knows() -> None:
    names = [name for name, _ in instructions()]

    assert set(names) <= KNOWN
    assert names[0] == "FROM"
    # The user comes after all that only root may do, and before the command.
    assert names.index("USER") > max(i for i, name in enumerate(names) if name == "RUN")
    assert names[-1] == "CMD"


def test_the_settings_and_the_port_are_those_of_the_program() -> None:
    fields = {f"GROUNDWIRE_{name.upper()}" for name in Settings.model_fields}

    assert set(environment()) <= fields
    assert every("EXPOSE") == [str(Settings.model_fields["port"].default)]
    assert f":{Settings.model_fields['port'].default}/" in every("HEALTHCHECK")[0]


@pytest.fixture
def installed(image: Path, tmp_path: Path) -> Path:
    """The folder into which the last `pip install` of the file puts what was copied."""
    [words] = [rest.split() for rest in every("RUN") if rest.endswith(" .")]
    assert words[:2] == ["pip", "install"]
    folder = tmp_path / "installed"
    command = [sys.executable, "-m", *words[:-1], "--target", str(folder), str(image)]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    return folder


@pytest.mark.slow
def test_the_copied_files_serve_and_pass_the_health_check(
    installed: Path, tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "quay.md").write_text("The quay of Sarn was mended in June.")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    env = {
        "PATH": os.environ["PATH"],
        **{name: value.replace("/data", str(tmp_path)) for name, value in environment().items()},
        "GROUNDWIRE_API_KEY": "choose-one",
        "GROUNDWIRE_PORT": port,
        "OPENAI_BASE_URL": endpoint.base_url,
        "OPENAI_API_KEY": "none",
        "PYTHONPATH": str(installed),
    }
    check = [word.replace(":7860", f":{port}") for word in command("HEALTHCHECK")]
    serve = [word.replace("/articles", str(articles)) for word in command("CMD")]
    with subprocess.Popen(serve, cwd=tmp_path, env=env) as server:
        try:
            wait_until(lambda: server.poll() is not None or answers(port), PATIENCE_S)
            subprocess.run(check, env=env, check=True)
            wait_until(lambda: held(port) == ["quay"], PATIENCE_S)
        finally:
            server.terminate()
    assert (tmp_path / "home").is_dir()
