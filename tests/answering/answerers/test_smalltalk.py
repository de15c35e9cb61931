"""Greetings need no model and no search, and say what there is to ask about."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.events import Sentence, Sources
from rag.kinds import TRAITS
from tests.answering.room import Room, opened


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("hello", "Hello. There are 4 articles here, published 2024-03-06 to 2024-05-14. Ask who,"),
        ("Thanks a lot!", "You are welcome. There are 4 articles here"),
        ("ok, thank you", "You are welcome."),
        ("great, thanks!", "You are welcome."),
        ("bye", "Goodbye."),
        ("hi, how are you?", "I answer questions from 4 articles"),
        ("can you help me?", "I answer questions from 4 articles"),
        ("what can you do?", "I answer questions from 4 articles here, published 2024-03-06"),
        ("who are you", "I answer questions from 4 articles"),
        ("help", "I answer questions from 4 articles"),
    ],
)
def test_a_line_that_fits_is_said_without_a_model_or_a_search(
    room: Room, said: str, reply: str
) -> None:
    events = room.events(said)
    answer = room.ask(said)

    assert (answer.kind, answer.status) == ("small_talk", "answered")
    assert not TRAITS["small_talk"].searches
    assert answer.lead is not None
    assert answer.lead.startswith(reply)
    assert [event.hits for event in events if isinstance(event, Sources)] == [()]
    assert not any(isinstance(event, Sentence) for event in events)
    assert (answer.claims, answer.citations, answer.coverage) == ((), (), None)
    assert answer.provenance.model == "none"


def test_questions_to_begin_with_are_offered(room: Room) -> None:
    assert room.ask("hello").follow_ups


def test_one_article_without_a_date_is_spoken_of_as_one(tmp_path: Path) -> None:
    with opened(tmp_path, {"only.md": "A heron stood in the pond of Kellmouth."}) as one:
        assert one.lead("hi").startswith("Hello. There is 1 article here. Ask")
