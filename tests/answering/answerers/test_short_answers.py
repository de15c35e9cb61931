"""A sentence that leaves no doubt is shown at once; else the model is asked, once, where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.answerers import ANSWERERS
from rag.answering.answerers.short_answers import SURE, is_sure
from rag.answering.pipeline import retrieve
from rag.answering.related import NOT_STATED
from rag.answering.scoring import Scored
from rag.answering.task import Show, Spent, Task
from rag.events import Progress
from rag.prompts import LOCATE, STATED
from tests.answering.room import Room, declined, is_exact, opened, texts
from tests.answering.scripted import Scripted

DOUBTFUL = "How many were aboard the sunken vessel?"
UNANSWERED = "Who paid for the wreck of the lighthouse?"


@pytest.mark.parametrize(
    ("question", "sentence", "marked"),
    [
        (
            "How many stops will the tram line have?",
            "The line will have 14 stops, two bridges and a depot at Kell Street.",
            ["14", "two"],
        ),
        (
            "When did the ferry Selma sink off Ostrey?",
            "The ferry Selma sank off Ostrey on Tuesday evening.",
            ["Tuesday evening"],
        ),
        (
            "Why does work on the tram begin in June?",
            "Work begins in June because the state pays half of the cost.",
            [],
        ),
    ],
)
def test_a_sure_sentence_is_shown_without_the_model(
    room: Room, question: str, sentence: str, marked: list[str]
) -> None:
    shows = room.shows(question)  # a model that starts fails the test
    assert shows[0].text == sentence
    assert [span.of(it.article.text) for it, span in shows[0].highlights] == marked
    assert all(is_exact(show) for show in shows)


def test_asked_when_a_yesterday_has_the_day_that_it_means(tmp_path: Path) -> None:
    text = "The lock of Tange burst yesterday. Nobody had seen the crack in its gate."
    head = "---\ntitle: The lock\npublished_at: 2031-06-23\n---\n"
    with opened(tmp_path, {"lock.md": f"{head}{text}\n"}) as found:
        show, *_ = found.shows(
            "When did the lock of Tange burst?", model=Scripted("burst yesterday")
        )
        assert (show.text, show.when) == (
            "The lock of Tange burst yesterday.",
            "yesterday (22 June 2031)",
        )
        what = found.shows("What burst in Tange?", model=Scripted("burst"))
        assert what[0].when is None


@pytest.mark.parametrize(("locates", "task"), [(True, LOCATE), (False, STATED)])
def test_a_doubtful_question_asks_the_model_exactly_once(
    room: Room, locates: bool, task: str
) -> None:
    model = Scripted("198 passengers", locates=locates)
    steps = room.steps(DOUBTFUL, model=model)
    assert [asked.endswith(f"Question: {DOUBTFUL}\n{task}") for asked in model.asked] == [True]
    assert f"{198 if locates else 212} passengers" in texts(steps)[0]  # what it names, else ours
    assert [type(step) for step in steps[:2]] == [Progress, Spent]


def test_only_kinds_with_several_points_read_on_and_only_from_an_answer(tmp_path: Path) -> None:
    lines = [f"Report {n} on the mill of Oban tells why it matters to the town." for n in range(12)]
    why = "Why does the mill matter to Oban?"
    with opened(tmp_path, {"mill.md": "# Mill\n\n" + "\n\n".join(lines) + "\n"}) as found:
        for question, named, looks in (
            (why, "Report", 2),
            (why, None, 1),
            ("What tells why the mill of Oban matters?", "Report", 1),
        ):
            model = Scripted(named)
            found.steps(question, model=model)
            assert [asked.endswith(LOCATE) for asked in model.asked] == [True] * looks, question


def test_the_first_is_shown_before_more_is_read(tmp_path: Path) -> None:
    said = "pays 40 wages, grinds wheat, warms schools, draws painters, owns meadows, feeds horses"
    more = "lights streets, trains apprentices, sells flour, floods never, hires cooks, lends carts"
    lines = [f"The mill matters, for it {one}." for one in f"{said}, {more}".split(", ")]
    with opened(tmp_path, {"mill.md": "# Mill\n\n" + "\n\n".join(lines) + "\n"}) as found:
        model = Scripted("for it")
        task = found.task("Why does the mill matter to Oban?", model=model)
        steps = ANSWERERS[task.question.kind](task)
        looks = [len(model.asked) for step in steps if isinstance(step, Show)]
    assert looks[0] == 1
    assert looks[1:] == [2] * len(looks[1:]) != []


def test_the_sentence_that_the_model_names_comes_first(room: Room) -> None:
    for words in ("212 passengers", "198 passengers"):
        assert words in texts(room.steps(DOUBTFUL, model=Scripted(words)))[0]


def test_what_the_model_does_not_find_is_declined_with_what_is_said_on_the_subject(
    room: Room,
) -> None:
    model = Scripted(None)
    steps = room.steps(UNANSWERED, model=model)
    decline = declined(steps)
    assert decline.reason == NOT_STATED
    assert 1 <= len(decline.related) <= 3
    assert all(is_exact(show) for show in decline.related)
    assert not any(isinstance(step, Show) for step in steps)


def test_who_is_meant_by_its_first_word_comes_before_a_sentence(room: Room) -> None:
    (show,) = room.shows("How many clocks are made of wood?")
    assert [it.text for it in show.sources] == [
        "The museum of clocks in Selmouth opened again after a fire.",
        "It has 400 clocks, three of them made of wood.",
    ]
    assert all(it is show.sources[-1] for it, _ in show.highlights)


def test_a_follow_up_is_asked_after_what_it_leans_on(room: Room) -> None:
    first = room.ask("When did the ferry Selma sink off Ostrey?")
    model = Scripted("wants an inquiry")
    room.steps("And who is blamed for it?", history=[first], model=model)
    [asked] = model.asked
    assert "Asked before: When did the ferry Selma sink off Ostrey?\n" in asked


def test_a_part_that_points_at_nothing_before_it_is_asked_alone(room: Room) -> None:
    both = "How many passengers travelled on the Selma? {}"
    for second, is_alone in (
        ("Who gave the order for the search at night?", True),
        ("Who gave it the order for the search?", False),
    ):
        model = Scripted("wants an inquiry")
        task = retrieve(room.inquiry(both.format(second), model=model)).tasks[1]
        assert task.question.before == "How many passengers travelled on the Selma?"
        list(ANSWERERS[task.question.kind](task))
        assert ["Asked before: " in asked for asked in model.asked] == [not is_alone]


def test_nothing_found_shows_nothing(room: Room) -> None:
    task = room.task(DOUBTFUL)
    empty = Task(task.question, task.library, task.model)
    assert list(ANSWERERS["count"](empty)) == []


def test_sure_is_a_high_score(room: Room) -> None:
    first = room.task(DOUBTFUL).evidence[0]

    def ranked(*scores: float) -> list[Scored]:
        return [Scored(first.source, score, first.vector, {}) for score in scores]

    assert is_sure(ranked(SURE, SURE))
    assert not is_sure(ranked(SURE - 0.1, -3.0))
    assert not is_sure(ranked(-3.0))
