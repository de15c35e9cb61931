"""Summaries: the main sentences of what is meant, no point twice, word for word, no model."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.answerers.summary import MOST
from rag.answering.related import NOT_STATED
from rag.filters import Filters
from tests.answering.room import GAZETTE, POST, Room, declined, is_exact, opened, texts


def test_one_article_is_told_by_its_own_sentences_in_its_order(room: Room) -> None:
    shows = room.shows("Summarise the article about the tram line")
    assert {show.sources[0].article.title for show in shows} == {"Varnholt votes for a tram line"}
    assert [show.group for show in shows] == [None] * len(shows)
    starts = [show.sources[0].span.start for show in shows]
    assert starts == sorted(starts)
    assert 3 <= len(shows) <= MOST
    assert "The council of Varnholt voted for a tram line by 31 votes to 12." in texts(shows)


def test_of_two_reports_of_one_story_each_point_is_told_once_under_its_report(room: Room) -> None:
    steps = room.steps("Summarise the story of the ferry Selma")
    shows = room.shows("Summarise the story of the ferry Selma")
    assert {show.group for show in shows} == {POST, GAZETTE}
    assert room.lead("Summarise the story of the ferry Selma") == "From 2 reports."
    assert sum("saved all passengers" in text for text in texts(steps)) == 1


@pytest.mark.parametrize("question", ["Summarise everything", "Give me an overview"])
def test_of_all_articles_each_has_its_first_point_under_its_title(
    room: Room, question: str
) -> None:
    assert room.lead(question) == "4 articles:"
    shows = room.shows(question)
    assert [show.group for show in shows] == [it.title for it in room.store.catalogue.articles()]


def test_of_more_articles_than_are_shown_the_lead_says_so(tmp_path: Path) -> None:
    places = "Aldum Berrow Corve Dunlin Eskby Farrow Garth Hexley Ilmer Jarrow".split()
    many = {f"{it}.md": f"# {it}\n\nThe mill of {it} burned down on a Sunday." for it in places}
    with opened(tmp_path, many) as made:
        assert made.lead("Give me an overview") == "10 articles, the first 8 of them:"
        assert len(made.shows("Give me an overview")) == 8


def test_a_filter_keeps_a_summary_of_everything_to_what_it_lets_through(room: Room) -> None:
    answer = room.ask("Summarise everything", filters=Filters(publishers=(POST,)))
    assert {it.publisher for it in answer.citations} == {POST}


def test_asked_for_more_what_was_shown_is_not_shown_again(room: Room) -> None:
    first = room.ask("Give me a summary of the story of the ferry Selma")
    more = room.ask("Tell me more", history=[first])
    assert more.claims
    assert not {claim.text for claim in first.claims} & {claim.text for claim in more.claims}


@pytest.mark.parametrize("topic", ["news from Kellmouth", "summarise the election in Brazil"])
def test_a_topic_that_nothing_is_said_of_is_declined_without_the_model(
    room: Room, topic: str
) -> None:
    decline = declined(room.steps(topic, kind="summary"))
    assert decline.reason == NOT_STATED
    assert all(is_exact(show) for show in decline.related)


def test_an_article_of_boilerplate_alone_breaks_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, {"a.md": "---\ntitle: Herons\n---\nAdvertisement"}) as made:
        assert made.ask("Summarise the article on herons").status == "abstained"
        assert made.ask("Give me an overview").claims == ()


def test_every_sentence_shown_is_exact(room: Room) -> None:
    assert all(is_exact(show) for show in room.shows("Summarise everything"))
