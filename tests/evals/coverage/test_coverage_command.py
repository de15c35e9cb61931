"""`python -m evals coverage`, from questions to figures, and again from the file of answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evals.cli import main
from tests.evals.coverage.small_set import QUESTIONS, WHY, write_set
from tests.evals.scripted_model import ScriptedModel
from tests.fake_endpoint import FakeEndpoint, Reply

Coverage = Callable[..., tuple[int, str, str]]


@pytest.fixture
def coverage(capsys: pytest.CaptureFixture[str]) -> Coverage:
    def call(*words: object) -> tuple[int, str, str]:
        code: Any = 0
        try:
            main(["coverage", *map(str, words)])
        except SystemExit as stop:
            code = stop.code or 0
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_set(tmp_path / "small")


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEndpoint]:
    with FakeEndpoint(reply=ScriptedModel(ignorant_of=("owns", "paid"))) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "k")
        yield endpoint


def test_two_floors_are_measured_and_compared(
    coverage: Coverage, small: Path, tmp_path: Path
) -> None:
    systems = ("--system", "floor-3", "--system", "floor-1")
    code, out, _ = coverage(small, *systems, "--out", tmp_path / "out")
    assert code == 0
    assert f"small, floor-3: {len(QUESTIONS)} questions" in out
    assert "vital nuggets stated: 80 % [" in out
    assert "small, vital nuggets, floor-3 minus floor-1: " in out
    assert "seconds to the first sentence: mean" in out
    rows = (tmp_path / "out" / "small" / "floor-3.jsonl").read_text("utf-8").splitlines()
    assert [set(json.loads(row)) for row in rows] == [{"id", "s", "answer"}] * len(QUESTIONS)


def test_a_file_of_answers_is_scored_again_and_its_run_goes_on(
    coverage: Coverage, small: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = coverage(small, "--system", "floor-1", "--out", out, "--limit", 3)[1]
    path = out / "small" / "floor-1.jsonl"
    kept = path.read_text("utf-8")
    assert len(kept.splitlines()) == 3
    _, again, _ = coverage(small, "--answers", path)
    assert f"{path}: 3 of {len(QUESTIONS)} questions" in again
    assert again.splitlines()[2:] == first.splitlines()[2:]
    coverage(small, "--system", "floor-1", "--out", out)
    assert path.read_text("utf-8").startswith(kept)
    assert len(path.read_text("utf-8").splitlines()) == len(QUESTIONS)


def test_groundwire_and_the_plain_chain_are_asked_alike(
    coverage: Coverage, small: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    systems = ("--system", "groundwire", "--system", "plain-chain", "--out", tmp_path / "out")
    code, out, err = coverage(small, *systems, "--json")
    assert code == 0, err
    (figures,) = json.loads(out)
    assert {*figures["systems"]} == {"groundwire", "plain-chain"}
    assert {*figures["differences"]} == {"plain-chain"}
    ours = figures["systems"]["groundwire"]
    assert ours["vital"]["value"] > 0
    assert ours["rightly_declined"]["value"] == 1.0
    assert ours["first_sentence_s"]["median"]["value"] > 0
    text = (tmp_path / "out" / "small" / "groundwire.jsonl").read_text("utf-8")
    answers = {row["id"]: row["answer"] for row in map(json.loads, text.splitlines())}
    assert answers["ferry-why"]["schema"] == 2
    assert WHY in answers["ferry-follow"]["searched_for"]  # asked in its talk

    asked = len(endpoint.chats)
    assert coverage(small, *systems)[0] == 0
    assert len(endpoint.chats) == asked


def test_a_question_that_fails_is_told_as_failed_and_asked_again(
    coverage: Coverage, small: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    endpoint.reply = None  # every chat gets a 500
    words = (small, "--only", "yes_no", "--out", tmp_path / "out")
    code, out, _ = coverage(*words)
    assert code == 0
    assert "answerable declined: 1 of 1" in out
    assert "failed, and counted as declined: 2 (ferry-yes, market-unsaid)" in out
    endpoint.reply = lambda body: Reply(yes=0.95)
    again = coverage(*words)[1]
    assert "answerable declined: 0 of 1" in again
    assert "failed" not in again


def test_several_sets_are_measured_each_and_together(coverage: Coverage, tmp_path: Path) -> None:
    sets = [write_set(tmp_path / name) for name in ("one", "two")]
    systems = ("--system", "floor-3", "--system", "floor-1", "--json")
    found = json.loads(coverage(*sets, *systems, "--out", tmp_path / "out")[1])
    assert [one["name"] for one in found] == ["one", "two", "all sets together"]
    counts = [one["systems"]["floor-3"]["vital"]["n"] for one in found]
    assert counts[2] == counts[0] + counts[1]
    assert [one["differences"]["floor-1"]["estimate"]["n"] for one in found] == counts
    assert found[2]["systems"]["floor-3"]["vital"]["clusters"] == 10


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--system", "oracle"), 1, "There is no system 'oracle'"),
        (("--only", "riddle"), 1, "There is no kind of question 'riddle'"),
        (("--only", "timeline"), 1, "has no question of the kind timeline"),
        (("--answers", "gone.jsonl"), 1, "cannot be read"),
        (("--answers", "a.jsonl", "--system", "floor-1"), 2, "without --system"),
        (("--limit", "0"), 2, "--limit"),
    ],
)
def test_a_mistake_is_one_clear_line(
    coverage: Coverage, small: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    found, _, err = coverage(small, *words)
    assert found == code
    assert said in " ".join(err.split())
