"""`python -m evals run` from the command line to its files, over a real wire and a real store."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from evals.cli import main
from evals.datasets.example import Example, Gold
from evals.results import RunResult
from tests.evals.scripted_model import ScriptedModel
from tests.evals.toy import QUESTIONS, write_articles, write_questions
from tests.fake_endpoint import FakeEndpoint, Reply

ROOT = Path(__file__).resolve().parents[2]
LATER = (
    "A second ferry, the Berta, left Port Reed at noon. Officials said that 38 passengers lived."
)
EXTRA = (
    Example(
        id="disputed",
        kind="conflicting",
        question="How many passengers lived, as officials said?",
        answerable=True,
        answers=(("40",), ("38",)),
        gold=(
            Gold(article="ferry.md", quote="All 40 passengers lived."),
            Gold(article="later.md", quote="Officials said that 38 passengers lived."),
        ),
    ),
    Example(
        id="disputed-2",
        kind="conflicting",
        question="What number of passengers lived?",
        answerable=True,
        answers=(("40",), ("38",)),
        gold=(Gold(article="ferry.md", quote="All 40 passengers lived."),),
    ),
    Example(
        id="then-cost",
        kind="follow_up",
        history=("When did the new bridge open?",),
        question="How many euros did the new bridge cost?",
        answerable=True,
        answers=(("12 million",),),
        gold=(Gold(article="bridge.md", quote="It cost 12 million euros."),),
    ),
    Example(
        id="cost-withheld",
        kind="absent",
        question="How many million euros did it cost?",
        answerable=False,
        gold=(Gold(article="bridge.md", quote="It cost 12 million euros."),),
        withheld=True,
    ),
)
SYSTEMS = ("--system", "groundwire", "--system", "plain-chain")
MODEL = ScriptedModel(ignorant_of=("owns", "fog", "How many million"))


@dataclass(frozen=True)
class Ran:
    """One run with what the endpoint was asked for it."""

    code: int
    out: Path
    asked: int
    stdout: str
    stderr: str

    @property
    def result(self) -> RunResult:
        return RunResult.load(self.out)


class Desk:
    """Articles, questions and an endpoint; runs the command line in this process."""

    def __init__(self, folder: Path, endpoint: FakeEndpoint, capsys: Any = None) -> None:
        self.endpoint = endpoint
        self.articles = write_articles(folder / "articles")
        (self.articles / "later.md").write_text(LATER, "utf-8")
        self.questions = write_questions(folder / "questions.jsonl", [*QUESTIONS, *EXTRA])
        self.environment = {
            "OPENAI_BASE_URL": endpoint.base_url,
            "OPENAI_API_KEY": "k",
            "GROUNDWIRE_HOME": str(folder / "home"),
            "GROUNDWIRE_CACHE": str(folder / "cache"),
        }

    def words(self, out: Path, *options: str) -> list[str]:
        return [
            *("run", "--articles", str(self.articles), "--questions", str(self.questions)),
            *("--out", str(out), *options),
        ]

    def run(self, capsys: pytest.CaptureFixture[str], out: Path, *options: str) -> Ran:
        before = len(self.endpoint.chats)
        capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            code: Any = 0
            try:
                main(self.words(out, *options))
            except SystemExit as stop:
                code = stop.code or 0
        said = capsys.readouterr()
        return Ran(code, out, len(self.endpoint.chats) - before, said.out, said.err)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with FakeEndpoint(reply=MODEL) as endpoint:
        yield Desk(tmp_path_factory.mktemp("desk"), endpoint)


@pytest.fixture(scope="module")
def both(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunResult, Path]:
    """Groundwire and the plain chain on every question, all suites."""
    out = tmp_path_factory.mktemp("both")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        for name, value in desk.environment.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as stop:
            main(desk.words(out, *SYSTEMS, "--price", "1", "2", "--json"))
    assert not stop.value.code
    return RunResult.load(out), out


def figures(result: RunResult) -> Any:
    """Everything but how long this time took."""
    data = result.model_dump(exclude={"wall_s", "gates"})
    for run in data["runs"]:
        run.pop("spent")
    return data


def test_every_suite_gives_figures_with_intervals(both: tuple[RunResult, Path]) -> None:
    run = both[0].runs[0]
    found = {m.suite for m in run.measures if m.estimate.value is not None}
    assert found == set(both[0].suites)
    sure = {m.suite for m in run.measures if m.estimate.low is not None}
    assert sure == set(both[0].suites)


def test_both_systems_are_judged_alike_and_compared_question_by_question(
    both: tuple[RunResult, Path],
) -> None:
    result = both[0]
    ours, plain = result.runs
    assert ours.judge.name == plain.judge.name
    (pair,) = result.side_by_side
    assert (pair.base, pair.new, pair.paired) == (plain.system, ours.system, result.asked)
    compared = {change.name for change in pair.changes}
    assert {"faithfulness", "correctness", "abstains_rightly", "answers_rightly"} <= compared
    assert all(change.difference.n > 0 for change in pair.changes)


def test_a_follow_up_is_asked_in_its_talk_and_a_withheld_quote_is_not_there(
    both: tuple[RunResult, Path],
) -> None:
    asked = {one.example.id: one.response for one in both[0].runs[0].questions if not one.variant}
    assert "12 million" in asked["then-cost"].text
    assert asked["cost-withheld"].status == "abstained"
    assert not any("12 million" in context.text for context in asked["cost-withheld"].contexts)
    assert any("12 million" in context.text for context in asked["cost"].contexts)


def test_tokens_cost_and_the_judges_own_calls_are_counted(both: tuple[RunResult, Path]) -> None:
    run = both[0].runs[0]
    assert run.prompt_tokens > 0
    assert run.spent.judge_calls > 0
    assert run.spent.judge_prompt_tokens == 100 * run.spent.judge_calls
    cost = run.measure("cost")
    assert cost is not None
    assert cost.unit == "US dollars"
    assert (cost.estimate.value or 0) > 0


def test_the_files_of_a_run_are_there_and_readable(both: tuple[RunResult, Path]) -> None:
    result, out = both
    suites = fromstring((out / "junit.xml").read_text("utf-8")).findall("testsuite")  # noqa: S314 - our own
    assert [suite.get("name") for suite in suites] == ["gates", *(r.system for r in result.runs)]
    page = (out / "report.html").read_text("utf-8")
    assert all(run.system in page for run in result.runs)
    assert "judge never measured" in page


def test_the_same_run_again_asks_nothing_finds_the_same_and_fails_a_stricter_gate(
    desk: Desk, both: tuple[RunResult, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    first, out = both
    again = desk.run(capsys, out, *SYSTEMS, "--price", "1", "2", "--gate", "correctness>=0.99")
    assert again.asked == 0
    assert figures(again.result) == figures(first)
    assert again.code == 3
    assert "correctness >= 0.99" in again.stdout
    assert "report: file://" in again.stdout
    assert 'failures="1"' in (out / "junit.xml").read_text("utf-8")


def test_retrieval_alone_asks_no_model(
    desk: Desk, both: tuple[RunResult, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    ran = desk.run(capsys, both[1], "--suite", "retrieval", "--json")
    assert (ran.code, ran.asked) == (0, 0)
    (run,) = json.loads(ran.stdout)["runs"]
    assert {measure["name"] for measure in run["measures"]} >= {"recall_at_5", "ndcg_at_10", "mrr"}
    assert run["model"] == "no model"


@pytest.mark.slow
def test_a_run_killed_while_the_second_system_answers_repeats_nothing(
    desk: Desk, both: tuple[RunResult, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.environment["GROUNDWIRE_CACHE"] = str(tmp_path / "cache")
    options = ("--suite", "faithfulness", *SYSTEMS)
    begun, asked_plainly = len(desk.endpoint.chats), 0
    words = [sys.executable, "-m", "evals", *desk.words(tmp_path / "out", *options)]
    process = subprocess.Popen(
        words, cwd=ROOT, env=os.environ | desk.environment, stderr=subprocess.DEVNULL
    )

    def reply(body: dict[str, Any]) -> Reply:
        nonlocal asked_plainly
        asked_plainly += "\n\nContext: " in body["messages"][-1]["content"]
        if asked_plainly == 4:
            os.kill(process.pid, signal.SIGKILL)
        return MODEL(body)

    desk.endpoint.reply = reply
    try:
        assert process.wait(240) == -signal.SIGKILL
    finally:
        desk.endpoint.reply = MODEL
    killed_after = len(desk.endpoint.chats)
    done = desk.run(capsys, tmp_path / "out", *options)
    texts = [request.text for request in desk.endpoint.chats[begun:]]
    assert killed_after - begun > 20
    assert len(texts) - len(set(texts)) == 1  # the answer in the making
    assert done.code == 0
    for whole, resumed in zip(both[0].runs, done.result.runs, strict=True):
        assert resumed.measure("faithfulness") == whole.measure("faithfulness")
