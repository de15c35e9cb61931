from __future__ import annotations

from pathlib import Path
from statistics import fmean
from xml.etree.ElementTree import fromstring

import pytest

from evals.datasets.example import Verdict
from evals.folder import RunFolder
from evals.judges.calibration import Card
from evals.judges.canaries import FALSIFY, MUTATIONS, Mutation, other_evidence
from evals.judges.judge import Judge, Judgement, SignalsJudge
from evals.report.gates import Condition, check_gates
from evals.report.junit import junit_xml
from evals.results import SUITES, Measure, RunResult, SystemRun
from evals.runner import Plan, run_system
from evals.scorers.stats import NOTHING, Estimate
from evals.systems.response import Cited, Response, Statement
from rag.errors import InputError
from tests.evals.test_runner import BrokenJudge
from tests.evals.toy import BAD, GOOD, QUESTIONS, ToySystem


class BlindJudge:
    """Supports whatever it is shown."""

    name = "blind"
    model = "blind"

    def judge(self, claim: str, evidence: str) -> Judgement:
        return Judgement(Verdict.SUPPORTED, probability=0.99)


def run(path: Path, system: ToySystem | None = None, judge: Judge | None = None) -> SystemRun:
    plan = Plan(QUESTIONS, SUITES, card=Card("j", ("made",), ((9, 1, 9, 1),) * 5))
    with RunFolder(path) as folder:
        return run_system(system or ToySystem(), judge or SignalsJudge(), plan, folder)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> SystemRun:
    """The run of a system that deserves to pass."""
    return run(tmp_path_factory.mktemp("good"))


def passed(system: SystemRun, *conditions: str) -> bool:
    gates = check_gates(system, [Condition.parse(text) for text in conditions])
    return all(gate.passed for gate in gates)


def empty(system: SystemRun) -> SystemRun:
    return system.model_copy(update={"questions": (), "claims": (), "verdicts": {}})


def test_a_good_run_passes(good: SystemRun) -> None:
    assert passed(good, "faithfulness>=0.35", "invalid_citations<=0.65")


def test_a_bad_run_fails_the_same_gate(tmp_path: Path) -> None:
    assert not passed(run(tmp_path, ToySystem(BAD, "Bad")), "faithfulness>=0.35")


def test_a_handful_of_right_answers_is_no_proof(good: SystemRun) -> None:
    measure = good.measure("faithfulness")
    assert measure is not None
    assert measure.estimate.value == 1.0
    assert not passed(good, "faithfulness>=0.9")


def test_a_judge_that_minds_no_falsified_claim_closes_the_gate(
    good: SystemRun, tmp_path: Path
) -> None:
    assert passed(good)
    assert not passed(run(tmp_path / "b", judge=BlindJudge()))


def falsified(mutation: Mutation) -> ToySystem:
    """The good system with every statement falsified; what cannot be is left out."""
    says = {}
    evidence = [cited.evidence for response in GOOD.values() for cited in response.citations]
    for key, good in GOOD.items():
        statements: list[Statement] = []
        citations: list[Cited] = []
        for one in good.statements:
            text, cited = one.text, good.citations[one.citations[0]]
            if mutation == "citations_shuffled":
                wrong = other_evidence(text, evidence)
                cited = cited.model_copy(update={"quote": wrong, "title": ""})
            else:
                text = FALSIFY[mutation](text) or ""
            if text:
                statements.append(
                    one.model_copy(update={"text": text, "citations": (len(citations),)})
                )
                citations.append(cited)
        says[key] = good.model_copy(
            update={"statements": tuple(statements), "citations": tuple(citations)}
        )
    return ToySystem(says, mutation)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_answers_falsified_on_purpose_are_believed_less(
    good: SystemRun, tmp_path: Path, mutation: Mutation
) -> None:
    bad = run(tmp_path / "b", falsified(mutation))

    def belief(system: SystemRun) -> float:
        return fmean(one.probability for one in system.claims if one.probability is not None)

    assert bad.claims
    assert belief(bad) < belief(good)


@pytest.mark.parametrize("mutation", ["number_changed", "citations_shuffled"])
def test_answers_falsified_on_purpose_close_the_gate(
    good: SystemRun, tmp_path: Path, mutation: Mutation
) -> None:
    assert passed(good, "faithfulness>=0.35")
    assert not passed(run(tmp_path / "b", falsified(mutation)), "faithfulness>=0.35")


def test_no_items_never_pass(good: SystemRun) -> None:
    gates = check_gates(empty(good), ())
    assert [gate.passed for gate in gates[:2]] == [False, False]


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
def test_a_figure_without_an_interval_never_passes(good: SystemRun, estimate: Estimate) -> None:
    measure = Measure(name="odd", suite="faithfulness", title="Odd", estimate=estimate)
    system = good.model_copy(update={"measures": (measure,)})
    assert not passed(system, "odd>=0")
    assert not passed(system, "odd<=1")


def test_a_measure_that_was_not_taken_never_passes(good: SystemRun) -> None:
    assert not passed(good, "beauty>=0")


def test_the_gate_looks_at_the_sure_end_of_the_interval(good: SystemRun) -> None:
    estimate = Estimate(0.9, 0.8, 0.95, 50, 50)
    measure = Measure(name="odd", suite="faithfulness", title="Odd", estimate=estimate)
    system = good.model_copy(update={"measures": (measure,)})
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
    assert (gates.get("tests"), gates.get("failures")) == ("4", "2")
    assert questions.get("errors") == "1"


def test_junit_of_a_run_without_gates_fails(good: SystemRun) -> None:
    bare = result(good).model_copy(update={"gates": ()})
    assert not bare.passed
    assert 'failures="1"' in junit_xml(bare)


def test_junit_holds_any_text(good: SystemRun) -> None:
    hostile = good.questions[0].model_copy(
        update={"response": Response(error='\x00<b>&"]]>\ud800\ufffe')}
    )
    text = junit_xml(result(good.model_copy(update={"questions": (hostile,)})))
    error = fromstring(text.encode()).find(".//error")  # noqa: S314 - our own
    assert error is not None
    assert '<b>&"]]>' in str(error.get("message"))


def test_a_result_comes_back_as_it_was_saved(good: SystemRun, tmp_path: Path) -> None:
    saved = result(good, "faithfulness>=0.5")
    saved.save(tmp_path / "result.json")
    assert RunResult.load(tmp_path) == saved


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"questions": 1}'])
def test_what_is_no_result_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "result.json").write_bytes(content)
    with pytest.raises(InputError, match="no result"):
        RunResult.load(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        RunResult.load(tmp_path / "gone")
