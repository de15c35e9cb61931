from __future__ import annotations

from pathlib import Path

import pytest

from evals.datasets.example import Verdict
from evals.folder import RunFolder
from evals.judges.calibration import Card
from evals.judges.judge import Judgement, SignalsJudge
from evals.results import SUITES, SystemRun
from evals.runner import Plan, chosen, run_system
from evals.systems.response import Response
from rag.errors import EndpointAuthError, StoreBusyError
from tests.evals.toy import BAD, GOOD, QUESTIONS, ToySystem

CARD = Card("signals", ("made",), ((9, 1, 8, 2), (8, 2, 9, 1)))


class BrokenJudge:
    """Never says anything usable."""

    name = "broken"
    model = "broken"

    def judge(self, claim: str, evidence: str) -> Judgement:
        return Judgement(Verdict.UNSCORED, why="timed out")


def run(path: Path, system: ToySystem, workers: int = 1, card: Card | None = None) -> SystemRun:
    plan = Plan(QUESTIONS, SUITES, workers=workers, card=card)
    with RunFolder(path) as folder:
        return run_system(system, SignalsJudge(), plan, folder)


def value(result: SystemRun, name: str) -> float | None:
    measure = result.measure(name)
    assert measure is not None, name
    return measure.estimate.value


def test_a_good_system_gets_what_it_deserves(tmp_path: Path) -> None:
    result = run(tmp_path, ToySystem())
    assert value(result, "faithfulness") == 1.0
    assert value(result, "citation_recall") == 1.0
    assert value(result, "citation_precision") == 1.0
    assert value(result, "invalid_citations") == 0.0
    assert value(result, "correctness") == 1.0
    assert value(result, "abstains_rightly") == 1.0
    assert value(result, "answers_rightly") == 1.0
    assert value(result, "recall_at_5") == 1.0
    assert value(result, "paraphrased") == 1.0
    assert value(result, "total_s") == pytest.approx((4 * 1.0 + 2 * 0.5) / 6)


def test_a_system_that_makes_things_up_scores_lower_everywhere(tmp_path: Path) -> None:
    good, bad = run(tmp_path / "a", ToySystem()), run(tmp_path / "b", ToySystem(BAD, "Bad"))
    for name in ("faithfulness", "citation_recall", "correctness", "abstains_rightly"):
        better, worse = value(good, name), value(bad, name)
        assert better is not None
        assert worse is not None
        assert worse < better, name


def test_the_same_run_gives_the_same_figures_twice_whatever_the_workers(tmp_path: Path) -> None:
    first = run(tmp_path / "a", ToySystem(), card=CARD)
    again = run(tmp_path / "a", ToySystem(), card=CARD)
    side_by_side = run(tmp_path / "b", ToySystem(), workers=4, card=CARD)
    one, *others = [run.model_dump(exclude={"spent"}) for run in (first, again, side_by_side)]
    assert all(one == other for other in others)


def test_a_second_run_asks_nothing_again_and_another_system_everything(tmp_path: Path) -> None:
    run(tmp_path, ToySystem())
    again, other = ToySystem(), ToySystem(name="Other")
    run(tmp_path, again)
    run(tmp_path, other)
    assert again.asked == []
    assert sorted(other.asked) == sorted(example.id for example in QUESTIONS)


def test_a_failed_question_is_unscored_and_asked_again(tmp_path: Path) -> None:
    system = ToySystem()
    system.fails = {"lived"}
    failed = run(tmp_path, system)
    assert failed.errors == 1
    assert failed.unscored_share is not None
    assert failed.unscored_share > 0.02
    correctness = failed.measure("correctness")
    assert correctness is not None
    assert "lived" not in correctness.values
    mended = ToySystem()
    assert run(tmp_path, mended).errors == 0
    assert mended.asked == ["lived"]


def test_a_refused_key_ends_the_run_and_keeps_what_was_answered(tmp_path: Path) -> None:
    system = ToySystem()
    system.fails, system.raises = {"cost"}, EndpointAuthError("Wrong key", fix="Mend it.")
    with pytest.raises(EndpointAuthError):
        run(tmp_path, system)
    rest = ToySystem()
    run(tmp_path, rest)
    assert "sank" not in rest.asked
    assert "cost" in rest.asked


def test_a_judge_that_never_answers_gives_no_figure(tmp_path: Path) -> None:
    plan = Plan(QUESTIONS, SUITES)
    with RunFolder(tmp_path) as folder:
        result = run_system(ToySystem(), BrokenJudge(), plan, folder)
    assert value(result, "faithfulness") is None
    assert value(result, "citation_recall") is None
    assert value(result, "coverage") == 0.0
    assert result.verdicts["unscored"] == sum(result.verdicts.values()) > 0


def test_a_claim_that_cites_nothing_is_not_supported_by_what_it_cites(tmp_path: Path) -> None:
    bare = GOOD["lived"].model_copy(
        update={
            "statements": tuple(
                one.model_copy(update={"citations": ()}) for one in GOOD["lived"].statements
            )
        }
    )
    result = run(tmp_path, ToySystem({**GOOD, "lived": bare}, "Bare"))
    claim = next(claim for claim in result.claims if claim.question_id == "lived")
    assert (claim.verdict, claim.citation_recall) == ("unsupported", False)
    assert claim.elsewhere is True
    assert value(result, "missing_citations") == pytest.approx(1 / len(result.claims))


def test_an_invalid_citation_and_a_dangling_marker_are_counted(tmp_path: Path) -> None:
    good = GOOD["sank"]
    altered = good.citations[0].model_copy(update={"valid": False})
    says = {
        **GOOD,
        "sank": good.model_copy(update={"citations": (altered,)}),
        "lived": GOOD["lived"].model_copy(update={"dangling": 1}),
    }
    measure = run(tmp_path, ToySystem(says, "Odd")).measure("invalid_citations")
    assert measure is not None
    assert measure.estimate.value == pytest.approx(2 / 6)


def test_falsified_claims_are_caught_and_counted(tmp_path: Path) -> None:
    result = run(tmp_path, ToySystem())
    assert value(result, "caught_number_changed") == 1.0
    assert value(result, "caught_citations_shuffled") == 1.0


def test_the_corrected_rate_has_an_interval_wider_than_the_judge_is_sure(tmp_path: Path) -> None:
    result = run(tmp_path, ToySystem(BAD, "Bad"), card=CARD)
    measure = result.measure("corrected_faithfulness")
    assert measure is not None
    assert measure.estimate.low is not None
    assert measure.estimate.high is not None
    assert measure.estimate.low <= (measure.estimate.value or 0) <= measure.estimate.high
    assert measure.estimate.low < measure.estimate.high


def test_a_weak_judge_corrects_nothing_and_the_note_says_so(tmp_path: Path) -> None:
    weak = Card("signals", ("made",), ((5, 5, 6, 4), (5, 5, 6, 4)))
    result = run(tmp_path, ToySystem(), card=weak)
    assert result.measure("corrected_faithfulness") is None
    assert result.judge.too_weak is True


def test_a_limit_keeps_every_kind_and_always_the_same() -> None:
    few = chosen(QUESTIONS, 5)
    assert {example.kind for example in few} == {example.kind for example in QUESTIONS}
    assert few == chosen(QUESTIONS, 5)
    assert chosen(QUESTIONS, None) == QUESTIONS


def test_a_cut_off_line_is_asked_again_and_spoils_no_later_one(tmp_path: Path) -> None:
    run(tmp_path, ToySystem())
    answers = tmp_path / "answers.jsonl"
    answers.write_bytes(answers.read_bytes()[:-40])
    system = ToySystem()
    run(tmp_path, system)
    assert len(system.asked) == 1
    after = ToySystem()
    run(tmp_path, after)
    assert after.asked == []


def test_damaged_lines_are_asked_again(tmp_path: Path) -> None:
    run(tmp_path, ToySystem())
    answers = tmp_path / "answers.jsonl"
    answers.write_bytes(
        b'{"key": "k", "response": {"status": "odd"}}\n\xff\n' + answers.read_bytes()
    )
    system = ToySystem()
    run(tmp_path, system)
    assert system.asked == []


def test_one_process_at_a_time_owns_a_folder(tmp_path: Path) -> None:
    with RunFolder(tmp_path), pytest.raises(StoreBusyError, match="Another run"):
        RunFolder(tmp_path)


def test_failures_are_not_kept(tmp_path: Path) -> None:
    with RunFolder(tmp_path) as folder:
        folder.keep("k", Response(error="late"))
        assert folder.known("k") is None
