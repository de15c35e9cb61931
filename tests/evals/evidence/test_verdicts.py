"""Yes, no or not said: weights for what the model answers, and figures on stories unseen."""

from __future__ import annotations

import numpy as np
import pytest

from evals.evidence.found import Found
from evals.evidence.labelled import LabelledQuestion, OfSentences
from evals.evidence.look_features import LookFeatures
from evals.evidence.verdicts import fit_verdicts
from rag.answer import YesNoVerdict
from rag.models.yesno import Whether

ANSWERS: dict[YesNoVerdict, Whether] = {
    "yes": Whether(-0.1, -3.0, -4.0),
    "no": Whether(-3.0, -0.1, -4.0),
    "not_said": Whether(-3.0, -3.5, -0.1),
}


def seen_of(
    story: int,
    verdict: YesNoVerdict | None,
    whether: Whether | None,
    held: Whether | None = None,
) -> LookFeatures:
    question = LabelledQuestion(
        id=f"{story}-{verdict}",
        text="Did it sink?",
        history=(),
        answerable=verdict != "not_said",
        key=OfSentences(()),
        story=str(story),
        verdict=verdict,
    )
    nothing = np.zeros((0, 0))
    found = Found("boats", 1.0, question, str(story), (), (), nothing, np.zeros(0, dtype=np.int64))
    rows = np.zeros(0, dtype=np.int64)
    return LookFeatures(found, rows, nothing, nothing, whether, held or whether)


@pytest.fixture
def kept() -> list[LookFeatures]:
    return [
        seen_of(story, verdict, whether)
        for story in range(10)
        for verdict, whether in ANSWERS.items()
    ]


def test_what_the_model_answers_rightly_is_told_rightly(kept: list[LookFeatures]) -> None:
    weights, (figures,) = fit_verdicts([*kept, seen_of(1, None, None)])

    assert set(weights) == {"said", "polarity"}
    assert weights["said"]["said"] > 0
    assert weights["polarity"]["replied"] > 0
    assert (figures.name, figures.questions) == ("boats", 30)
    assert (figures.right, figures.wrong) == (1.0, 0.0)


def test_an_answer_that_is_not_stated_is_wrong_and_one_left_open_is_not(
    kept: list[LookFeatures],
) -> None:
    invented = [seen_of(story, "not_said", ANSWERS["yes"]) for story in range(10, 12)]
    silent = [seen_of(story, "yes", ANSWERS["not_said"]) for story in range(12, 14)]
    _, (figures,) = fit_verdicts([*kept, *invented, *silent])

    assert figures.questions == 34
    assert 0 < figures.wrong < 1 - figures.right


def test_without_answers_nothing_is_fitted() -> None:
    assert fit_verdicts([seen_of(1, "yes", None)]) == ({}, [])


def test_what_is_said_of_the_statement_counts_where_the_question_is_answered_wrongly() -> None:
    misled = [
        seen_of(story, verdict, ANSWERS["yes"], held)
        for story in range(10)
        for verdict, held in ANSWERS.items()
    ]
    weights, (figures,) = fit_verdicts(misled)

    assert weights["polarity"]["replied_as_statement"] > 0
    assert (figures.right, figures.wrong) == (1.0, 0.0)
