from __future__ import annotations

from pathlib import Path

import pytest

from evals.folder import RunFolder
from evals.judges.judge import SignalsJudge
from evals.report.compare import compare, page_of
from evals.report.page import html_report
from evals.results import SUITES, RunResult
from evals.runner import Plan, run_system
from evals.systems.response import Response
from rag.errors import InputError
from tests.evals.toy import BAD, GOOD, QUESTIONS, ToySystem

MANY = tuple(
    example.model_copy(
        update={
            "id": f"{example.id}-{n}",
            "question": f"{example.question} ({n})",
            "paraphrase_of": None,
        }
    )
    for n in range(3)
    for example in QUESTIONS
)


class Repeating(ToySystem):
    """Asked every question three times in other words."""

    def __init__(self, says: dict[str, Response], name: str) -> None:
        super().__init__(says, name)
        self._ids = {one.question: one.id.rpartition("-")[0] for one in MANY}


def result(folder: Path, says: dict[str, Response], name: str = "Toy") -> RunResult:
    with RunFolder(folder) as kept:
        run = run_system(Repeating(says, name), SignalsJudge(), Plan(MANY, SUITES), kept)
    return RunResult(questions="made", asked=len(MANY), suites=SUITES, runs=(run,))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return result(tmp_path_factory.mktemp("good"), dict(GOOD))


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return result(tmp_path_factory.mktemp("bad"), dict(BAD), "Bad")


def test_another_verdict_alone_is_another_outcome(tmp_path: Path) -> None:
    other = GOOD["fog"].model_copy(update={"status": "answered", "verdict": "yes"})
    turned = other.model_copy(update={"verdict": "no"})
    first = result(tmp_path / "first", {**GOOD, "fog": other})
    second = result(tmp_path / "second", {**GOOD, "fog": turned})
    changed = {one.new.example.id for one in compare(first, second).answers}
    assert changed == {"fog-0", "fog-1", "fog-2"}


def test_a_run_against_itself_loses_nothing(good: RunResult) -> None:
    same = compare(good, good)
    assert not same.lost
    assert same.answers == ()
    assert {change.difference.value for change in same.figures.changes} == {0.0}


def test_a_sure_loss_is_named_and_the_answers_that_differ_are_shown(
    good: RunResult, bad: RunResult
) -> None:
    worse = compare(good, bad)
    assert worse.lost
    lost = {change.name for change in worse.figures.changes if change.significant_loss}
    assert "correctness" in lost
    assert {one.new.example.id.rpartition("-")[0] for one in worse.answers} == {
        *("lived", "cost", "owner")
    }
    gained = {
        change.name for change in compare(bad, good).figures.changes if change.significant_gain
    }
    assert "correctness" in gained
    assert not compare(bad, good).lost


def test_where_less_is_better_a_rise_is_a_loss(good: RunResult, tmp_path: Path) -> None:
    broken = {
        key: one.model_copy(
            update={
                "citations": tuple(c.model_copy(update={"valid": False}) for c in one.citations)
            }
        )
        for key, one in GOOD.items()
    }
    change = next(
        one
        for one in compare(good, result(tmp_path, broken)).figures.changes
        if one.name == "invalid_citations"
    )
    assert (change.base, change.new, change.difference.value) == (0.0, 1.0, -1.0)
    assert change.significant_loss


def test_slower_is_shown_and_no_reason_to_fail(good: RunResult, tmp_path: Path) -> None:
    slow = {key: one.model_copy(update={"total_s": 90.0}) for key, one in GOOD.items()}
    comparison = compare(good, result(tmp_path, slow))
    change = next(one for one in comparison.figures.changes if one.name == "total_s")
    assert (change.difference.value or 0) < -80
    assert not comparison.lost


def test_an_answer_that_became_a_failure_is_shown(good: RunResult, tmp_path: Path) -> None:
    failing = {**GOOD, "lived": Response(error="it was late")}
    comparison = compare(good, result(tmp_path, failing))
    assert {one.new_text for one in comparison.answers} == {"(failed: it was late)"}


def test_only_questions_of_the_same_wording_are_paired(good: RunResult) -> None:
    (run,) = good.runs
    edited = [
        asked.model_copy(
            update={"example": asked.example.model_copy(update={"question": "Another?"})}
        )
        if asked.example.id == "sank-0"
        else asked
        for asked in run.questions
    ]
    other = good.model_copy(update={"runs": (run.model_copy(update={"questions": tuple(edited)}),)})
    assert compare(good, other).figures.paired == len(MANY) - 1
    none = good.model_copy(update={"runs": (run.model_copy(update={"questions": ()}),)})
    with pytest.raises(InputError, match="share no question"):
        compare(good, none)
    with pytest.raises(InputError, match="No system like"):
        compare(good, good, "peer")


def test_nothing_comparable_is_a_loss(good: RunResult) -> None:
    bare = good.model_copy(update={"runs": (good.runs[0].model_copy(update={"measures": ()}),)})
    assert compare(good, bare).lost


def test_both_runs_stand_side_by_side_on_one_page(good: RunResult, bad: RunResult) -> None:
    comparison = compare(good, bad)
    page = html_report(page_of(comparison, good, bad))
    assert page.count('data-system="0"') == page.count('data-system="1"') == len(MANY)
    assert "better than Toy by" in page
