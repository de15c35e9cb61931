"""What kind of thing a question asks for."""

from __future__ import annotations

import pytest

from rag.answering.questions import answers_kind, kind


@pytest.mark.parametrize(
    "question",
    [
        "When did the ferry sail?",
        "Since when has it sailed?",
        "On Monday, when did it sail?",
        "the ferry to mull when does it sail",
        "In which year did it first sail?",
    ],
)
def test_a_question_for_a_time_wants_one(question: str) -> None:
    assert kind(question) == "time"
    assert not answers_kind(question, "The ferry sailed to Craignure.")
    assert answers_kind(question, "The ferry sailed on Tuesday.")


@pytest.mark.parametrize(
    "question",
    [
        "What is meant when a skipper speaks of ballast?",
        "Who was the harbour master when the pier burned down?",
    ],
)
def test_when_within_another_question_asks_for_no_time(question: str) -> None:
    assert kind(question) == "other"
    assert answers_kind(question, "Ann Holm held the weights in the hull to be ballast.")
