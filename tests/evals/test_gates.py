from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from evals.calibration import Card
from evals.folder import RunFolder
from evals.gates import Condition, check_gates
from evals.judge import Judge, SignalsJudge
from evals.junit import junit_xml
from evals.results import Measure, RunResult, SystemRun
from evals.runner import Plan, run_system
from evals.stats import NOTHING, Estimate
from evals.systems.response import Response
from rag.errors import InputError
from tests.evals.test_runner import SUITES, BrokenJudge
from tests.evals.toy import BAD, QUESTIONS, ToySystem


def run(path: Path, system: ToySystem | None = None, judge: Judge | None = None) -> SystemRun:
    plan = Plan(QUESTIONS, SUITES, card=Card("j", ("made",), ((9, 1, 9, 1),) * 5))
    with RunFolder(path) as folder:
        return run_system(system or ToySystem(), judge or SignalsJudge(), plan, folder)


def passed(system: SystemRun, *conditions: str) -> bool:
    gates = check_gates(system, [Condition.parse(text) for text in conditions])
    return all(gate.passed for gate in gates)


def empty(system: SystemRun) -> SystemRun:
    return system.model_copy(update={"questions": (), "claims": (), "verdicts": {}})


def test_a_good_run_passes(tmp_path: Path) -> None:
    assert passed(run(tmp_path), "faithfulness>=0.9", "invalid_citations<=0.01")


def test_a_bad_run_fails_the_same_gate(tmp_path: Path) -> None:
    assert not passed(run(tmp_path, ToySystem(BAD, "Bad")), "faithfulness>=0.9")


def test_no_items_never_pass(tmp_path: Path) -> None:
    gates = check_gates(empty(run(tmp_path)), ())
    assert [gate.passed for gate in gates] == [False, False]


def test_a_judge_that_fails_closes_the_gate(tmp_path: Path) -> None:
    assert not passed(run(tmp_path, judge=BrokenJudge()))


def test_more_than_two_per_cent_unscored_close_the_gate(tmp_path: Path) -> None:
    system = ToySystem()
    system.fails = {"owner"}
    failed = run(tmp_path, system)
    assert failed.unscored_share is not None
    assert failed.unscored_share > 0.02
    assert not passed(failed)


@pytest.mark.parametrize(
    "estimate",
    [NOTHING, Estimate(1.0, None, None, 1, 1), Estimate(None, None, None, 5, 5)],
    ids=["nothing", "no interval", "no value"],
)
def test_a_figure_without_an_interval_never_passes(tmp_path: Path, estimate: Estimate) -> None:
    measure = Measure(name="odd", suite="faithfulness", title="Odd", estimate=estimate)
    system = run(tmp_path).model_copy(update={"measures": (measure,)})
    assert not passed(system, "odd>=0")
    assert not passed(system, "odd<=1")


def test_a_measure_that_was_not_taken_never_passes(tmp_path: Path) -> None:
    assert not passed(run(tmp_path), "beauty>=0")


def test_the_gate_looks_at_the_sure_end_of_the_interval(tmp_path: Path) -> None:
    estimate = Estimate(0.9, 0.8, 0.95, 50, 50)
    measure = Measure(name="odd", suite="faithfulness", title="Odd", estimate=estimate)
    system = run(tmp_path).model_copy(update={"measures": (measure,)})
    assert passed(system, "odd>=0.8")
    assert not passed(system, "odd>=0.85")
    assert not passed(system, "odd<=0.92")


@pytest.mark.parametrize(
    "text", ["", "faithfulness", "a>=b", "a>0.5", "a>=nan", "a>=1..2", "a>=inf"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no gate"):
        Condition.parse(text)


def result(system: SystemRun, *conditions: str) -> RunResult:
    return RunResult(
        questions="made",
        asked=len(system.questions),
        suites=SUITES,
        runs=(system,),
        gates=check_gates(system, [Condition.parse(text) for text in conditions]),
    )


def test_junit_counts_failed_gates_and_failed_questions(tmp_path: Path) -> None:
    system = ToySystem()
    system.fails = {"lived"}
    root = fromstring(junit_xml(result(run(tmp_path, system), "faithfulness>=2")))  # noqa: S314 - our own
    gates, questions = root.findall("testsuite")
    assert (gates.get("tests"), gates.get("failures")) == ("3", "2")
    assert questions.get("errors") == "1"


def test_junit_of_a_run_without_gates_fails(tmp_path: Path) -> None:
    bare = result(run(tmp_path)).model_copy(update={"gates": ()})
    assert not bare.passed
    assert 'failures="1"' in junit_xml(bare)


def test_junit_holds_any_text(tmp_path: Path) -> None:
    system = run(tmp_path)
    hostile = system.questions[0].model_copy(
        update={"response": Response(error='\x00<b>&"]]>\ud800\ufffe')}
    )
    text = junit_xml(result(system.model_copy(update={"questions": (hostile,)})))
    error = fromstring(text.encode()).find(".//error")  # noqa: S314 - our own
    assert error is not None
    assert '<b>&"]]>' in str(error.get("message"))


def test_a_result_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    saved = result(run(tmp_path / "run"), "faithfulness>=0.5")
    saved.save(tmp_path / "result.json")
    assert RunResult.load(tmp_path) == saved


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"questions": 1}'])
def test_what_is_no_result_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "result.json").write_bytes(content)
    with pytest.raises(InputError, match="no result"):
        RunResult.load(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        RunResult.load(tmp_path / "gone")
