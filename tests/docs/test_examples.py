"""Every script of docs/examples does what its text says, on the shipped articles."""

from __future__ import annotations

import csv
import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.answering.answerers.short_answers import NOT_STATED
from tests.fake_endpoint import FakeEndpoint
from tests.shipped import BOMBS, POPULATION, ROOT, SENTENCE
from tests.web.conftest import Served

EXAMPLES = ROOT / "docs" / "examples"
CORPUS = ROOT / "corpus"
Script = Callable[..., str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all of them: each opens it, finds the articles unchanged and closes it."""
    return tmp_path_factory.mktemp("examples") / "home"


@pytest.fixture
def script(
    home: Path,
    endpoint: FakeEndpoint,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Script]:
    """`script(name, *arguments)` runs one and gives what it printed."""
    monkeypatch.setenv("GROUNDWIRE_HOME", str(home))
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    def run(name: str, *arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out

    return run


def test_asking_from_a_script(script: Script) -> None:
    printed = script("ask.py", CORPUS, BOMBS)

    assert printed.startswith(f"{SENTENCE}\n  [1] “{SENTENCE}”")
    assert script("ask.py", CORPUS, POPULATION) == f"{NOT_STATED}\n"


def test_a_csv_of_questions_becomes_a_csv_of_cited_answers(script: Script, tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.csv", tmp_path / "answers.csv"
    with questions.open("w", newline="") as file:
        csv.writer(file).writerows([["question"], [BOMBS], [POPULATION], [" "]])

    script("batch.py", CORPUS, questions, answers)

    with answers.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["answered", "abstained", "error"]
    assert SENTENCE in rows[0]["sources"]
    assert rows[1]["problem"]
    assert rows[2]["problem"] == "The question is empty. Type a question."


def test_the_openai_package_asks_it_as_a_model(script: Script, site: Served) -> None:
    printed = script("openai_client.py", f"{site.url}/v1", BOMBS)

    assert printed.startswith(f"{SENTENCE} [1]")
    assert f"{site.url}/v1/articles/" in printed
    assert f": “{SENTENCE}”" in printed


def test_a_langchain_chain_takes_it_as_a_step(script: Script) -> None:
    printed = script("langchain_chain.py", CORPUS, BOMBS, POPULATION)

    assert printed.count("## ") == 2
    assert "[^1]: “Against this column" in printed


def test_a_draft_is_checked_and_a_contradiction_ends_with_1(
    script: Script, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text(f"{SENTENCE} {SENTENCE.replace('nine', 'seven')}")

    with pytest.raises(SystemExit) as stop:
        script("check_draft.py", CORPUS, draft)

    assert stop.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[0] == "supported"
    assert any(line.split()[0] == "contradicted" for line in lines)


@pytest.mark.slow  # what the script is made of: tests/test_watching.py
def test_a_standing_question_is_answered_anew_when_a_folder_changes(
    home: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "rain.md").write_text("It rained all night in Lowick.")
    command = [sys.executable, EXAMPLES / "watch_folder.py", folder, BOMBS]
    env = os.environ | {
        "GROUNDWIRE_HOME": str(home.with_name("watched")),
        "OPENAI_BASE_URL": endpoint.base_url,
        "OPENAI_API_KEY": "none",
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            assert running.stdout.readline() == f"{folder}: 1 added\n"
            assert running.stdout.readline() == f"{NOT_STATED}\n"
            [report] = CORPUS.glob("*bartella*")
            shutil.copy(report, folder)
            assert running.stdout.readline() == f"{folder / report.name}: 1 added\n"
            assert running.stdout.readline().startswith(SENTENCE)
            running.send_signal(signal.SIGINT)
            assert running.wait(60) == 0
        finally:
            running.kill()


def test_every_example_has_a_test() -> None:
    here = Path(__file__).read_text("utf-8")
    assert [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in here] == []
