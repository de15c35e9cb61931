"""Text and history become questions: what each asks, what it leans on, nothing put in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import KINDS, Answer, Kind
from rag.answering.compound import plain
from rag.answering.question import (
    MOST_CHARS,
    Question,
    leans_on_history,
    named_alone,
    talk_of,
    understand,
)
from tests.answers import NINE, answered


def turn(question: str, kind: Kind = "count") -> Answer:
    return answered(kind, NINE, question=question, searched_for=question)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Who led it, and how many came?", [("who", "Who led it"), ("count", "how many came?")]),
        ("When did it sink?", [("fact", "When did it sink?")]),
        ("Summarise it, and who led it?", [("summary", "Summarise it, and who led it?")]),
        ("hello, who are you?", [("small_talk", "hello, who are you?")]),
        ("How many articles are there?", [("about_corpus", "How many articles are there?")]),
    ],
)
def test_a_text_is_taken_apart_into_what_it_asks(text: str, asked: list[tuple[Kind, str]]) -> None:
    assert [(it.kind, it.text) for it in understand(text)] == asked


def test_a_kind_that_somebody_chose_holds_for_all_of_it() -> None:
    (only,) = understand("Who led it, and how many came?", (), "timeline")
    assert (only.kind, only.text) == ("timeline", "Who led it, and how many came?")


def test_a_later_part_leans_on_the_one_before() -> None:
    _, second = understand("How many people came, and who led them?")
    assert second.about == "How many people came? who led them?"
    _, alone = understand("Who built Ostrey Bridge, and when did the ferry Selma sink?")
    assert alone.before == ""


def test_a_follow_up_is_searched_for_after_what_it_leans_on() -> None:
    history = [turn("How many members of the council voted for it?")]
    (question,) = understand("And how many of them voted against?", history)
    assert question.about == (
        "How many members of the council voted for it? And how many of them voted against?"
    )
    assert question.previous is history[-1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("And the owner?", "positions"),
        ("What about Piet Oster?", "positions"),
        ("and in miles", "positions"),
        ("And why?", "why"),
        ("And who led them?", "who"),
    ],
)
def test_what_asks_nothing_by_itself_asks_the_same_as_before(text: str, kind: Kind) -> None:
    history = [turn("What does the mayor say about it?", "positions")]
    (question,) = understand(text, history)
    assert (question.kind, question.previous) == (kind, history[0])


def test_a_question_that_stands_alone_forgets_what_was_talked_of() -> None:
    (question,) = understand("When did the ferry Selma sink off Ostrey?", [turn("Who came?")])
    assert (question.before, question.previous) == ("", None)


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("And how many of them were destroyed?", True),
        ("Why?", True),
        ("When was that?", True),
        ("Who is he?", True),
        ("What else?", True),
        ("In miles?", True),
        ("In the old town?", True),
        ("Why did that happen to the pier and the mill?", True),
        ("Who lives there and goes to the school?", True),
        ("Was there a fire in Kellmouth?", False),
        ("How many mills are there in Kellmouth?", False),
        ("Who said that Ostrey would sink?", False),
        ("Which ferries that are in use were built of wood?", False),
        ("In which year was the pier built?", False),
        ("How many people does the UN fear are trapped in Mosul?", False),
        ("When did the ferry Selma sink?", False),
        ("Who voted for the new tram line on Monday?", False),
    ],
)
def test_whether_it_can_be_understood_alone(text: str, leans: bool) -> None:
    assert leans_on_history(text) is leans


def test_talk_goes_back_to_the_question_that_stands_alone_and_skips_small_talk() -> None:
    history = [
        turn("Who built the pier of Ostrey?"),
        turn("How many members of the council of Varnholt voted?"),
        turn("thanks", "small_talk"),
        turn("And who led them?"),
    ]
    assert talk_of(history) == (
        "How many members of the council of Varnholt voted? And who led them?"
    )
    assert talk_of([]) == ""
    assert talk_of([turn("x" * MOST_CHARS)], most_chars=10) == ""


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ("And the owner of the barge?", "the owner of the barge"),
        ("What about Piet Oster?", "Piet Oster"),
        ("or Norwold?", "Norwold"),
        ("And who led them?", None),
        ("And in miles?", None),
        ("Who led them?", None),
    ],
)
def test_who_is_named_instead(part: str, named: str | None) -> None:
    assert named_alone(part) == named


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Summarise the article about the ferry, please", "the ferry"),
        ("Give me an overview of all the articles", ""),
        ("timeline", ""),
        ("Please give me a short summary", ""),
        ("tl;dr of the tram story", "of the tram"),
        ("What happened in Ostrey?", "What in Ostrey"),
    ],
)
def test_the_subject_is_what_is_left_of_how_to_answer(text: str, subject: str) -> None:
    assert Question(text, "summary").subject == subject


def test_more_is_wanted_only_after_an_answer() -> None:
    assert Question("Tell me more", "overview", previous=turn("Who came?")).wants_more
    assert Question("Who else came?", "who", previous=turn("Who came?")).wants_more
    assert Question("Who else?", "who", previous=turn("Who came?")).wants_more
    assert not Question("Tell me more", "overview").wants_more
    assert not Question("Who came?", "who", previous=turn("Who came?")).wants_more


PIECES = ("who ", "and ", "how many ", "? ", ", ", "came", "it ")


@given(
    st.text(max_size=200) | st.lists(st.sampled_from(PIECES)).map("".join),
    st.lists(st.text(min_size=1, max_size=60).filter(str.strip).map(turn), max_size=3),
    st.none() | st.sampled_from(KINDS),
)
def test_no_text_breaks_it_and_nothing_is_put_in(
    text: str, history: list[Answer], kind: Kind | None
) -> None:
    questions = understand(text, history, kind)
    assert questions
    said = " ".join([*(it.question for it in history), text, plain(text)]).lower().split()
    for question in questions:
        assert question.kind in KINDS
        words = {word.strip("?,;.") for word in question.about.lower().split()}
        assert words <= {word.strip("?,;.") for word in said} | {"is", "was", ""}
