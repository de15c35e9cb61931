"""What kind of thing a question asks for."""

from __future__ import annotations

import pytest

from rag.answering.questions import answers_kind, counts_other_things, kind


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
        "When a hull fills with water, what is the weight in it called?",
    ],
)
def test_when_within_another_question_asks_for_no_time(question: str) -> None:
    assert kind(question) == "other"
    assert answers_kind(question, "Ann Holm held the weights in the hull to be ballast.")


@pytest.mark.parametrize(
    "text",
    [
        "The town held out for almost a month.",
        "It lasted the whole day.",
        "The strike went on for weeks.",
        "The ferries lay still until spring.",
    ],
)
def test_a_while_without_a_number_says_how_long(text: str) -> None:
    assert answers_kind("How long did it last?", text)
    assert not answers_kind("How many ferries were there?", text)
    assert not answers_kind("How long did it last?", "It was a hard fight.")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("The yard had some 60,000 tons of steel.", False),
        ("It has 2 million visitors.", False),
        ("The yard was built in 1905.", True),
        ("It opens at 8.", True),
    ],
)
def test_only_a_number_that_may_be_a_time_says_when(text: str, answers: bool) -> None:
    assert answers_kind("When was the yard built?", text) is answers


def test_unanimity_says_how_many() -> None:
    question = "How many councillors must agree to a new pier?"

    assert answers_kind(question, "A vote for a new pier must be unanimous.")
    assert not answers_kind(question, "The councillors vote for a new pier.")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("By 1985 a car went 17.4 miles on a gallon, from 13.5 in 1970.", False),
        ("A barrel sold at $3 in 1970.", True),
        ("In 1970 it was 12 shillings.", True),
        ("A barrel was NOK 21 then.", True),
    ],
)
def test_a_price_is_in_money(text: str, answers: bool) -> None:
    assert answers_kind("What was the price of a barrel in 1970?", text) is answers
    assert answers_kind("How much did a barrel cost then?", text) is answers
    assert answers_kind("How much oil did a car need?", text)


def test_the_end_of_something_is_a_time() -> None:
    assert answers_kind("When did the pier burn down?", "At the end of the war it burned down.")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many divers searched the wreck of the Alma?", "The Alma carried nine crew."),
        ("How much powder was saved at Oban?", "Oban has 8,000 inhabitants."),
        ("How many people were injured at Oban?", "At least nine people died at Oban."),
        ("How many sailors drowned off Oban?", "Two sailors were hurt off Oban."),
    ],
)
def test_an_amount_of_other_things_is_told(question: str, text: str) -> None:
    assert counts_other_things(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many divers searched the wreck of the Alma?", "Three divers went down to the Alma."),
        ("How far is Oban from Mull?", "Oban lies 20 km from Mull."),
        ("How old was Ann Holm when she won?", "Ann Holm, 38, led the Alma to victory."),
        ("Who searched the wreck of the Alma?", "The Alma carried nine crew."),
    ],
)
def test_an_amount_of_what_is_asked_passes(question: str, text: str) -> None:
    assert not counts_other_things(question, text)


@pytest.mark.parametrize(
    "question",
    ["Why did the ferry turn back?", "Explain why it sank.", "What was the reason that it sank?"],
)
def test_a_question_for_a_reason_wants_one(question: str) -> None:
    assert kind(question) == "reason"
    assert not answers_kind(question, "The ferry left Oban in the morning, heavily laden.")
    assert answers_kind(question, "The captain turned round to pick up a lost passenger.")


def test_why_within_another_question_asks_for_no_reason() -> None:
    assert kind("Who was the engineer that knew why the ferry sank?") == "other"
