"""The command line of the evals: one clear line per mistake, and exit codes that CI can use."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evals.cli import main
from evals.results import RunResult
from tests.evals.datasets.test_drafting import NEWS
from tests.evals.report.test_compare import result
from tests.evals.toy import BAD, GOOD, write_articles, write_questions

COMMANDS = (
    "run",
    "compare",
    "coverage",
    "judge",
    "fit",
    "pairs",
    "fit-evidence",
    "fit-locator",
    "fit-reranker",
    "new",
    "bench",
)


@pytest.fixture
def evals(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*words: object) -> tuple[int, str, str]:
        code: Any = 0
        try:
            main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code or 0
        return code, *capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folders of a good and of a bad run."""
    folder = tmp_path_factory.mktemp("runs")
    for name, says in (("good", GOOD), ("bad", BAD)):
        result(folder / name, dict(says)).save(folder / name / "result.json")
    return folder / "good", folder / "bad"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(evals: Any, command: str) -> None:
    code, out, _ = evals(command, "--help")
    assert code == 0
    assert "Options:" in out
    if command not in ("bench", "fit"):
        assert re.search(rf"Examples?:\n\s+python -m evals {command}", out)


def test_compare_ends_with_three_only_for_a_sure_loss(
    evals: Any, runs: tuple[Path, Path], tmp_path: Path
) -> None:
    good, bad = runs
    code, out, _ = evals("compare", good, bad, "--out", tmp_path / "page.html")
    assert code == 3
    assert "worse" in out
    assert "Only 12 passengers lived." in out
    assert "Only 12 passengers lived." in (tmp_path / "page.html").read_text("utf-8")
    assert evals("compare", bad, good)[0] == 0


def test_compare_as_json_is_json_alone(evals: Any, runs: tuple[Path, Path]) -> None:
    code, out, _ = evals("compare", *runs, "--json")
    data = json.loads(out)
    assert code == 3
    assert data["lost"] is True
    assert data["paired"] == 18
    assert {"id", "question", "base", "new"} == set(data["answers"][0])


def test_what_two_judges_said_is_not_compared(
    evals: Any, runs: tuple[Path, Path], tmp_path: Path
) -> None:
    good, bad = runs
    loaded = RunResult.load(bad)
    (run,) = loaded.runs
    judge = run.judge.model_copy(update={"name": "another"})
    other = loaded.model_copy(update={"runs": (run.model_copy(update={"judge": judge}),)})
    other.save(tmp_path / "result.json")
    _, out, _ = evals("compare", good, tmp_path)
    assert "Two judges" in out
    data = json.loads(evals("compare", good, tmp_path, "--json")[1])
    lost = {one["name"] for one in data["changes"] if one["significant_loss"]}
    assert "correctness" in lost
    assert not {"faithfulness", "citation_recall"} & lost


def test_new_writes_questions_and_says_how_to_go_on(evals: Any, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in NEWS.items():
        (folder / name).write_text(text, "utf-8")
    out_file = tmp_path / "q.jsonl"
    code, out, _ = evals("new", folder, "--out", out_file, "--count", 3, "--withheld", 1)
    assert code == 0
    assert f"--questions {out_file}" in out
    assert len(out_file.read_text("utf-8").splitlines()) >= 2
    code, _, err = evals("new", folder, "--out", out_file)
    assert code == 1
    assert err.startswith("evals: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("run", "--suite", "beauty"), 2, "no suite 'beauty'"),
        (("run", "--limit", "0"), 2, "--limit"),
        (("run", "--gate", "faithfulness"), 1, "no gate"),
        (("run", "--questions", "gone.jsonl"), 1, "cannot be read"),
        (("run", "--articles", "gone"), 1, "no questions"),
        (("run", "--data", "gone"), 1, "cannot be read"),
        (("run", "--suite", "retrieval", "--system", "oracle"), 1, "no system 'oracle'"),
        (("compare", "gone", "gone"), 1, "cannot be read"),
        (("new", "gone"), 1, "There is no gone"),
        (("judge", "gone.jsonl"), 1, "cannot be read"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    evals: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ended, _, err = evals(*words)
    assert ended == code
    assert said in " ".join(err.split())
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("change", "said"),
    [({"quote": "It sank in June."}, "does not stand in"), ({"article": "gone.md"}, "no article")],
)
def test_a_gold_quote_that_nobody_can_find_is_told_before_anything_is_asked(
    evals: Any, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    folder = write_articles(tmp_path / "news")
    path = write_questions(tmp_path / "q.jsonl")
    first, *rest = path.read_text("utf-8").splitlines()
    row = json.loads(first)
    row["gold"][0] |= change
    path.write_text("\n".join([json.dumps(row), *rest]), "utf-8")
    code, _, err = evals("run", "--articles", folder, "--questions", path, "--out", tmp_path / "o")
    assert code == 1
    assert said in err
