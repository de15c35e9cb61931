"""A question about two things at once is asked of each, and no other question is taken apart."""

from __future__ import annotations

import pytest

from rag.answering.compound import parts


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "Who led the raid, and when did it begin?",
            ("Who led the raid", "when did it begin?"),
        ),
        (
            "Who led it? How many came?",
            ("Who led it", "How many came?"),
        ),
        (
            "What did Ann Holm and Taleb al-Kenani each say about Oban?",
            ("What did Ann Holm say about Oban?", "What did Taleb al-Kenani say about Oban?"),
        ),
        (
            "What did the prime minister and the French president both tell the meeting?",
            (
                "What did the prime minister tell the meeting?",
                "What did the French president tell the meeting?",
            ),
        ),
        (
            "How old are the Prince of Wales and Maria de la Cruz?",
            ("How old is the Prince of Wales?", "How old is Maria de la Cruz?"),
        ),
        (
            "Where were the mayor and his wife on Monday?",
            ("Where was the mayor on Monday?", "Where was his wife on Monday?"),
        ),
    ],
)
def test_each_of_two_is_asked_about(question: str, asked: tuple[str, ...]) -> None:
    assert parts(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "How many cars and trucks were destroyed?",
        "What do Oban and Craignure have in common?",
        "How far apart are Oban and Craignure?",
        "Are Ann and Bob married?",
        "What are the UN and Iraq doing?",
        "Which bread and butter pudding won?",
        "What did each say?",
    ],
)
def test_what_is_one_question_stays_one(question: str) -> None:
    assert parts(question) == (question,)
