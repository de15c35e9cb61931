"""Lists: as many sentences as have items, never declined; of speakers one sentence each."""

from __future__ import annotations

from rag.answering.answerers.lists import MOST_SPEAKERS
from rag.answering.task import Decline
from tests.answering.room import Room, is_exact
from tests.answering.scripted import Scripted


def test_who_is_quoted_is_told_by_each_speaker_without_a_model(room: Room) -> None:
    shows = room.shows("Who is quoted on the tram line in Varnholt?")
    assert [show.group for show in shows] == ["Lena Brandt", "Piet Oster"]
    assert len(shows) <= MOST_SPEAKERS
    assert all(is_exact(show) for show in shows)


def test_what_is_to_be_named_is_no_name(room: Room) -> None:
    question = "Name the towns mentioned in the article on the ferry Selma"
    shows = room.shows(question, kind="list")
    assert any(show.group == "Ostrey" for show in shows)
    assert not any(show.group == "Ruth Ellery" for show in shows)


def test_a_list_shows_what_is_nearest_also_where_the_model_finds_nothing(room: Room) -> None:
    model = Scripted(None)
    steps = room.steps("List the animals that were seen in Varnholt", model=model)
    shows = room.shows("List the animals that were seen in Varnholt", model=model)
    assert shows
    assert not any(isinstance(step, Decline) for step in steps)


def test_the_sentence_with_the_items_comes_first(room: Room) -> None:
    model = Scripted("14 stops")
    shows = room.shows("List the things that the tram line will have", model=model)
    assert shows[0].text == "The line will have 14 stops, two bridges and a depot at Kell Street."
    assert len(shows) <= 6
