"""What to ask next is answered by the cited articles, was not asked before, and needs no model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.follow_ups import MOST, follow_ups
from rag.articles.article import Article, normalise
from tests.answering.room import Room

TEXT = (
    "“All are safe,” said Ada Holm, the mayor. “I slept,” said Ben Rook, 40. "
    "Nine people were treated for cold. At least 14 boats were damaged in the storm."
)
FERRY = Article("a", TEXT, "Ferry aground")
OTHER = Article("b", "Two men were rescued from the pier.", "Pier burns")


def test_speakers_counts_and_the_article_itself_are_asked_for() -> None:
    assert follow_ups([FERRY], []) == (
        "What does Ada Holm say?",
        "How many people were treated for cold?",
        "Summarise “Ferry aground”.",
    )


def test_the_articles_take_turns() -> None:
    assert follow_ups([FERRY, OTHER], []) == (
        "What does Ada Holm say?",
        "How many men were rescued from the pier?",
        "How many people were treated for cold?",
    )


@pytest.mark.parametrize(
    "asked", ["What does Ada Holm say?", "what does ada holm say", " What does Ada Holm  say ? "]
)
def test_what_was_asked_is_not_offered_however_it_is_typed(asked: str) -> None:
    assert "What does Ada Holm say?" not in follow_ups([FERRY], [asked])
    assert len(follow_ups([FERRY], [asked])) == MOST


def test_of_no_article_nothing_is_offered() -> None:
    assert follow_ups([], []) == ()


@pytest.mark.parametrize(
    "question",
    [
        "hello",
        "How many articles are there?",
        "Summarise the tram line",
        "Give me an overview",
        "How many stops will the tram line have?",
        "Give me a timeline of the ferry Selma",
        "What does Ruth Ellery say?",
    ],
)
def test_what_is_offered_is_answered_and_leads_on(room: Room, question: str) -> None:
    answer = room.ask(question)
    assert 1 <= len(answer.follow_ups) <= MOST
    assert question not in answer.follow_ups
    cited = {it.article_id for it in answer.citations}
    for offered in answer.follow_ups:
        following = room.ask(offered, history=[answer])  # a model that starts fails the test
        assert following.status == "answered"
        assert not cited or {it.article_id for it in following.citations} & cited
        assert not {question, offered} & set(following.follow_ups)


@given(st.lists(st.text(max_size=80), max_size=4), st.lists(st.text(max_size=30), max_size=3))
def test_no_text_breaks_it(written: list[str], asked: list[str]) -> None:
    articles = [Article(str(n), normalise(text), f"Title {n}") for n, text in enumerate(written)]
    found = follow_ups(articles, asked)
    assert len(set(found)) == len(found) <= MOST
