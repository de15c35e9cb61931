"""Timelines: dated sentences of one story, the earliest first, each under its day as it says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.answerers.timeline import MOST
from tests.answering.room import Room, is_exact, opened

QUESTION = "Give me a timeline of the ferry Selma"


def test_what_happened_is_told_in_its_order_and_what_will_happen_last(room: Room) -> None:
    whens = [show.when for show in room.shows(QUESTION)]
    assert whens[0] == "2021"
    assert whens.index("Monday 4 March") < whens.index("Tuesday evening") < whens.index("midnight")
    assert whens[-1] == "Friday"  # "Divers will search the wreck on Friday."
    assert len(whens) <= MOST


def test_each_day_stands_in_its_sentence(room: Room) -> None:
    shows = room.shows(QUESTION)
    assert all(show.when and show.when in show.text for show in shows)
    assert all(is_exact(show) for show in shows)
    assert room.lead(QUESTION) == "From 2 reports."


def test_of_one_weekday_only_what_happened_then_is_told(room: Room) -> None:
    shows = room.shows("What happened on Tuesday, in order?", kind="timeline")
    told = [show.text for show in shows]
    assert "He was taken to hospital at 9 p.m. on Tuesday." in told
    assert not any("Friday" in text or "Monday" in text for text in told)


def test_without_a_dated_sentence_there_is_no_timeline(tmp_path: Path) -> None:
    with opened(tmp_path, {"a.md": "# Pond\n\nA heron stood in the pond of Kellmouth."}) as made:
        answer = made.ask("Give me a timeline of the pond")
    assert answer.status == "abstained"


@pytest.mark.parametrize("question", ["timeline", "Give me a timeline of everything"])
def test_where_nothing_is_named_the_days_of_all_articles_are_told(
    room: Room, question: str
) -> None:
    answer = room.ask(question)
    assert answer.kind == "timeline"
    assert {it.title for it in answer.citations} >= {"Ferry Selma sinks off Ostrey"}
