"""A question about two things at once is asked of each, and no other question is taken apart."""

from __future__ import annotations

import pytest

from rag.answering.compound import parts, plain, setting


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "Who led the raid, and when did it begin?",
            ("Who led the raid", "when did it begin?"),
        ),
        (
            "Who led it? How many came?",
            ("Who led it?", "How many came?"),
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
        (
            "How long are the bridges of Rusk and Nolden?",
            ("How long are the bridges of Rusk?", "How long are the bridges of Nolden?"),
        ),
        (
            "When did the march in Rusk begin, how many people came and who led it?",
            ("When did the march in Rusk begin", "how many people came", "who led it?"),
        ),
        (
            "I write about the harbour. 1) Who owns it? 2) What does a berth cost?",
            ("Who owns it?", "What does a berth cost?"),
        ),
        ("- who won\n- when was it", ("who won", "when was it")),
        (
            "summarise the article on the flood, give me a timeline and compare the two reports",
            ("summarise the article on the flood", "give me a timeline", "compare the two reports"),
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
        "According to the report, why do ferries often return to port?",
        "When many boats are lost, what is done?",
        "What was taught at the school of St. Brannoc Abbey?",
        "Which towns were hit? list them pls",
        "Compare what the papers say about who was hurt and when it began",
        "Who is the man, once a clerk, who is now on trial?",
        "How and when did it reach Rusk?",
    ],
)
def test_what_is_one_question_stays_one(question: str) -> None:
    assert parts(question) == (question,)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("WHO OWNS THE FERRY LINE", "Who owns the ferry line"),
        ("**Who** owns `it`?", "Who owns it?"),
        ("> who owns it?", "who owns it?"),
        ("who owns it? 🚢⚓️", "who owns it?"),
        ("Is NATO in IS?", "Is NATO in IS?"),
    ],
)
def test_marks_and_capitals_are_not_read_as_words(typed: str, meant: str) -> None:
    assert plain(typed) == meant


def test_what_is_told_before_the_question_is_its_setting() -> None:
    assert setting("The dam at Rusk broke.\nWas anyone hurt?") == "The dam at Rusk broke."
    assert not setting("Was anyone hurt when the dam broke?")
