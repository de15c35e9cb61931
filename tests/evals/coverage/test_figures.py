"""The figures of a set say of what they are, and which answers failed."""

from __future__ import annotations

import pytest

from evals.coverage.figures import measures, paired, vital_difference
from evals.coverage.scoring import score
from tests.evals.coverage.small_set import cited, nugget, question, told, yes_no

FILLER = "The harbour was quiet."


def test_the_figures_of_a_set() -> None:
    two = question("why", nugget("a", "rock"), nugget("b", "fog", vital=False))
    found = measures(
        [
            score(two, cited("A rock.", "In fog.", FILLER)),
            score(two, told("", status="abstained")),
            score(question("unanswerable", answerable=False), told("It is not stated.")),
            score(question("unanswerable", answerable=False), cited("Ann owns it.")),
            yes_no("not_said", "not_said"),
            yes_no("yes", "no"),
            score(question("small_talk"), told("Hello!")),
            score(question("about_corpus", nugget("n", "three")), told("Two articles.")),
        ]
    )
    assert found.questions == 8
    assert (found.vital.value, found.vital.n) == (0.5, 2)
    assert (found.every.value, found.every.n) == (0.5, 4)
    assert found.to_the_point.value == pytest.approx(2 / 3)
    assert (found.declined.value, found.declined.n) == (pytest.approx(1 / 3), 3)
    assert (found.rightly_declined.value, found.rightly_declined.n) == (pytest.approx(2 / 3), 3)
    assert (found.right_verdicts.value, found.false_verdicts.value) == (0.5, 0.5)
    assert (found.helped.value, found.helped.n) == (0.5, 2)
    assert found.seconds.median.value == 0.5
    assert found.first_sentence_s.median.value is None
    assert found.vital.low is not None
    row = found.by_kind["why"]
    assert (row.questions, row.vital, row.declined, row.sentences) == (2, 0.5, 1, 1.5)
    assert found.by_kind["small_talk"].vital is None


def test_an_answer_that_failed_is_named_and_counts_as_declined() -> None:
    asked = question("why", nugget("n", "rock"), id="ferry-why")
    found = measures([score(asked, told("", status="error"))])
    assert found.failed == ("ferry-why",)
    assert (found.declined.value, found.vital.value) == (1.0, 0.0)


def test_nothing_measured_has_no_figure() -> None:
    found = measures([score(question("small_talk"), told("Hello!"))])
    assert found.vital.value is None
    assert found.right_verdicts.value is None


def test_two_systems_are_compared_on_the_questions_that_both_were_asked() -> None:
    asked = [question("why", nugget("n", "rock"), id=f"q{n}") for n in range(12)]
    good = [score(one, cited("A rock.")) for one in asked]
    bad = [score(one, cited(FILLER)) for one in asked[:10]]
    found = vital_difference(paired(bad, good))
    assert (found.estimate.value, found.estimate.n, found.better) == (1.0, 10, 10)
    assert found.significant_gain
    assert vital_difference([]).estimate.value is None
