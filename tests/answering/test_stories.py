"""Which articles are meant: one, the reports of one story, or all of them."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.stories import meant, reports, same_story, worth_of_articles
from rag.answering.task import Task
from rag.filters import Filters
from tests.answering.room import GAZETTE, POST, Room
from tests.answering.scripted import Scripted


def titles(task: Task, article_ids: list[str]) -> list[str]:
    return [it.article.title for it in reports(task, article_ids)]


def test_a_subject_means_the_articles_that_are_about_it(room: Room) -> None:
    task = room.task("Summarise the article about the tram line")
    assert titles(task, meant(task)) == ["Varnholt votes for a tram line"]
    ferry = room.task("Summarise the story of the ferry Selma")
    assert set(titles(ferry, meant(ferry))) == {
        "Ferry Selma sinks off Ostrey",
        "Passengers of ferry Selma saved",
    }


def test_where_nothing_is_named_all_are_meant(room: Room) -> None:
    task = room.task("Summarise everything")
    assert meant(task) == room.library().article_ids(100)
    only = room.task("Summarise everything", filters=Filters(publishers=(POST,)))
    assert titles(only, meant(only)) == ["Ferry Selma sinks off Ostrey"]


def test_a_follow_up_that_names_nothing_means_what_was_cited(room: Room) -> None:
    model = Scripted("tram")
    question = "Who says what about the tram line in Varnholt?"
    first = room.ask(question, kind="positions", model=model)
    task = room.task("Give me a summary of it", history=[first])
    assert task.question.previous is not None
    assert titles(task, meant(task)) == ["Varnholt votes for a tram line"]


def test_a_publisher_that_the_question_names_comes_before_the_others(room: Room) -> None:
    task = room.task("Summarise the report on the ferry Selma")
    task.library.scope = Filters(publishers=(GAZETTE,))
    assert titles(task, meant(task))[0] == "Passengers of ferry Selma saved"
    assert {it.article.publisher for it in reports(task, meant(task))} == {GAZETTE}
    task.library.scope = Filters(publishers=("Nobody’s News",))
    assert len(meant(task)) == 2


def test_reports_of_one_story_go_together_and_others_do_not(room: Room) -> None:
    task = room.task("Summarise everything")
    ids = room.library().article_ids(100)
    by_title = {it.article.title: it.article.article_id for it in reports(task, ids)}
    ferry = by_title["Ferry Selma sinks off Ostrey"]
    story = same_story(task, [ferry, *(it for it in ids if it != ferry)])
    assert [it.article.title for it in story] == [
        "Ferry Selma sinks off Ostrey",
        "Passengers of ferry Selma saved",
    ]
    assert same_story(task, []) == []
    beside = same_story(task, [ferry], beside=ids)
    assert [it.article.title for it in beside] == [it.article.title for it in story]


def test_a_title_that_says_it_is_worth_more(room: Room) -> None:
    task = room.task("Who voted for a tram line?")
    worth = worth_of_articles("Varnholt tram line", task.evidence)
    (best,) = titles(task, [max(worth, key=lambda it: worth[it])])
    assert best == "Varnholt votes for a tram line"
    assert worth_of_articles("tram", []) == {}


def test_a_report_is_named_by_its_publisher_else_by_its_title(room: Room) -> None:
    task = room.task("Summarise everything")
    names = {it.name for it in reports(task, room.library().article_ids(100))}
    assert names == {POST, GAZETTE, "Museum of clocks opens again"}


def test_the_middle_of_a_report_has_unit_length_and_each_sentence_its_centrality(
    room: Room,
) -> None:
    for report in reports(room.task("Summarise everything"), room.library().article_ids(100)):
        assert np.linalg.norm(report.centre) == pytest.approx(1.0)
        assert report.centrality.shape == (len(report.sentences),)
        assert report.vectors.shape[0] == len(report.sentences)
