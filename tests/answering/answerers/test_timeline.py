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
    assert (
        "Captain Jon Marsh denied that the door was open. "
        "He was taken to hospital at 9 p.m. on Tuesday."
    ) in told
    assert not any("Friday" in text or "Monday" in text for text in told)


def test_what_an_entry_of_a_live_page_tells_stands_under_the_moment_of_its_entry(
    tmp_path: Path,
) -> None:
    told = (
        (7, "15:10", "The railway says that trains run again past Kellmouth."),
        (7, "11:45", "The grid company of Kellmouth says that repairs began yesterday."),
        (6, "21:05", "The roof of the school of Kellmouth is blown off by the storm."),
    )
    entries = "".join(
        f"<section><time datetime='2024-03-0{day}T{time}'>{time}</time><p>{said}</p></section>"
        for day, time, said in told
    )
    page = (
        "<html><head><meta property='article:published_time' content='2024-03-06T20:00:00Z'></head>"
        f"<h1>Storm over Kellmouth, as it happens</h1><main>{entries}</main></html>"
    )
    with opened(tmp_path, {"a.html": page}) as made:
        answer = made.ask("Give me a timeline of the storm over Kellmouth")
    assert [(claim.when, claim.text) for claim in answer.claims] == [
        ("yesterday (6 March 2024)", told[1][2]),
        ("6 March 2024, 21:05", told[2][2]),
        ("7 March 2024, 15:10", told[0][2]),
    ]
    assert {str(it.published_at) for it in answer.citations} == {"2024-03-06", "2024-03-07"}


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
