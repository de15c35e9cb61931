"""A turn shows what has happened so far, and nothing that was not checked."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import get_args

import pytest

from rag.answer import Scope
from rag.check.rules import Reason
from rag.errors import EndpointTimeoutError
from rag.events import Sentence
from rag.web.turn import REASONS, Turn
from tests.answers import SAMPLES
from tests.web.scripted_newsroom import (
    ABOARD,
    ABOARD_COUNT,
    AGENCY,
    ASHORE,
    BLAME,
    COLD,
    COURSE,
    FERRY,
    INJURED,
    NEAR,
    OUTCOMES,
    SAFE,
    SANK,
    SPOKEN,
    UNKNOWN,
    Line,
    Script,
    ScriptedNewsroom,
)


def play(question: str, newsroom: ScriptedNewsroom | None = None) -> tuple[Turn, list[dict]]:
    newsroom = newsroom or ScriptedNewsroom()
    turn = Turn("t1", question, lambda: newsroom)
    views = []
    for event in newsroom.stream(question):
        turn.apply(event)
        views.append(turn.view())
    return turn, views


def test_sentences_come_with_the_sources_they_cite() -> None:
    _, views = play(SAFE)

    assert [len(view["sentences"]) for view in views][-1] == 2
    for view in views:
        numbers = {source["number"] for source in view["sources"]}
        assert {n for sentence in view["sentences"] for n in sentence["citations"]} <= numbers


def test_the_end_agrees_with_what_was_shown_before() -> None:
    _, views = play(SAFE)

    assert views[-1]["phase"] == "answered"
    assert views[-1]["sentences"] == views[-2]["sentences"]
    assert views[-1]["removed"] == [
        {"text": "The ferry was built in 1990.", "reason": "a number in it is not in the source"}
    ]
    assert views[-1]["answer"]["question"] == SAFE


def test_sentences_in_a_conflict_are_marked_as_disputed() -> None:
    _, views = play(COLD)

    assert [sentence["disputed"] for sentence in views[-1]["sentences"]] == [True]


def test_origins_scope_and_the_latest_day_are_said() -> None:
    newsroom = ScriptedNewsroom()
    newsroom.scripts[SAFE] = Script(
        lines=(
            Line(ASHORE, ((FERRY, ASHORE), (AGENCY, ASHORE)), origin_count=2),
            Line(ABOARD, ((FERRY, ABOARD),)),
        ),
        scope=Scope(
            named_by="question",
            publishers=("Harbour Times",),
            published_to=datetime.date(2024, 3, 9),
        ),
    )
    _, views = play(SAFE, newsroom)

    assert [one["origins"] for one in views[-1]["sentences"]] == ["2 independent origins", ""]
    assert views[-1]["preferred"] == "until 9 March 2024 · Harbour Times"
    assert views[-1]["as_of"] == "9 March 2024"


def test_a_scope_that_the_reader_chose_is_no_preference() -> None:
    newsroom = ScriptedNewsroom()
    newsroom.scripts[SAFE] = Script(
        lines=(Line(ABOARD, ((FERRY, ABOARD),)),),
        scope=Scope(named_by="user", publishers=("Harbour Times",)),
    )
    _, views = play(SAFE, newsroom)

    assert views[-1]["preferred"] == ""


def test_one_origin_in_several_articles_is_said() -> None:
    _, views = play(SAFE)

    assert [one["origins"] for one in views[-1]["sentences"]] == ["", "1 origin, 2 articles"]


def test_an_abstention_carries_its_reason_and_its_nearest_passages() -> None:
    _, views = play(UNKNOWN)

    assert views[-1]["phase"] == "abstained"
    assert views[-1]["abstention"]["nearest"] == [1]
    assert views[-1]["sources"][0]["number"] == 1


def test_a_verdict_is_not_said_again_in_the_lead() -> None:
    said = {
        question: (views[-1]["verdict"]["text"], views[-1]["lead"])
        for question in (INJURED, SANK, BLAME)
        if (views := play(question)[1])
    }

    assert said == {
        INJURED: ("No", ""),
        SANK: ("Yes", "Both articles say so."),
        BLAME: ("The articles do not say", ""),
    }


def test_a_lead_that_only_begins_like_the_verdict_stays_whole() -> None:
    newsroom = ScriptedNewsroom()
    newsroom.scripts[INJURED] = replace(newsroom.scripts[INJURED], lead="Nobody was.")
    _, views = play(INJURED, newsroom)

    assert views[-1]["lead"] == "Nobody was."


@pytest.mark.parametrize(
    ("lead", "shown"),
    [
        (None, "3 sentences."),
        ("3 outcomes, from both articles.", "3 outcomes, from both articles."),
        ("From 2 reports.", "From 2 reports. 3 sentences."),
    ],
)
def test_a_list_says_how_many_sentences_it_has(lead: str | None, shown: str) -> None:
    newsroom = ScriptedNewsroom()
    newsroom.scripts[OUTCOMES] = replace(newsroom.scripts[OUTCOMES], lead=lead)
    _, views = play(OUTCOMES, newsroom)

    assert views[-1]["lead"] == shown


def test_a_day_is_written_as_readers_write_it_or_as_the_article_says_it() -> None:
    _, views = play(COURSE)

    days = [sentence["when"] for sentence in views[-1]["sentences"]]
    assert days == ["8 March 2024", "Friday evening", "Friday evening", "Monday"]


def test_answering_words_are_marked_where_the_sentence_is_the_quote() -> None:
    _, views = play(ABOARD_COUNT)

    marked = ["A ferry with ", "214 people", " on board ran aground off Lowick on Friday evening."]
    assert views[-1]["sentences"][0]["runs"] == marked
    assert views[-1]["sources"][0]["runs"] == marked
    assert views[-2]["sources"] == views[-1]["sources"]


def test_a_reworded_sentence_has_its_answering_words_in_the_quote_alone() -> None:
    newsroom = ScriptedNewsroom()
    line = Line("Some 214 were aboard.", ((FERRY, ABOARD),), key="214 people")
    newsroom.scripts[SAFE] = Script(lines=(line,))
    _, views = play(SAFE, newsroom)

    assert views[-1]["sentences"][0]["runs"] == ["Some 214 were aboard."]
    assert views[-1]["sources"][0]["runs"][1] == "214 people"


def test_words_marked_in_what_is_only_related_are_marked_too() -> None:
    _, views = play(NEAR)

    related = views[-1]["abstention"]["related"]
    assert [sentence["citations"] for sentence in related] == [[1], [2]]
    assert related[0]["runs"][1] == views[-1]["sources"][0]["runs"][1] == "three hours"


def test_kind_coverage_and_follow_ups_come_with_the_answer() -> None:
    _, views = play(INJURED)

    assert views[0]["kind"] is None
    assert views[-1]["kind"] == "yes_no"
    assert views[-1]["coverage"] == {"articles": 5, "used": 2, "origins": 2}
    assert views[-1]["follow_ups"] == [COLD, SPOKEN]


@pytest.mark.parametrize(
    ("question", "verdict", "lead"),
    [
        (SANK, {"name": "yes", "text": "Yes"}, "Both articles say so."),
        (COURSE, None, "From 2 reports."),
    ],
)
def test_lead_and_verdict_are_there_before_the_sentences(
    question: str, verdict: dict[str, str] | None, lead: str
) -> None:
    _, views = play(question)

    first = next(view for view in views if view["lead"])
    assert (first["sentences"], first["phase"]) == ([], "running")
    assert (first["verdict"], first["lead"]) == (verdict, lead)
    assert (views[-1]["verdict"], views[-1]["lead"]) == (verdict, lead)


def test_that_nothing_is_said_is_told_with_its_reason() -> None:
    newsroom = ScriptedNewsroom(answers={SAFE: SAMPLES["not said"]})
    _, views = play(SAFE, newsroom)

    assert {view["verdict"] and view["verdict"]["name"] for view in views[:-1]} == {None}
    assert views[-1]["verdict"]["name"] == "not_said"


def test_an_error_keeps_the_sentences_that_were_already_shown() -> None:
    newsroom = ScriptedNewsroom()
    turn = Turn("t1", SAFE, lambda: newsroom)
    for event in newsroom.stream(SAFE):
        turn.apply(event)
        if isinstance(event, Sentence):
            break
    turn.fail(EndpointTimeoutError("Too slow", fix="Wait."))

    view = turn.view()
    assert view["phase"] == "failed"
    assert len(view["sentences"]) == 1
    assert view["error"] == {
        "problem": "Too slow",
        "fix": "Wait.",
        "code": "endpoint_timeout",
        "retryable": True,
    }


def test_every_reason_for_removing_a_sentence_is_said_in_words() -> None:
    assert set(REASONS) == set(get_args(Reason))


def test_steps_are_timed() -> None:
    ticks = iter(range(100))
    newsroom = ScriptedNewsroom()
    turn = Turn("t1", UNKNOWN, lambda: newsroom, clock=lambda: float(next(ticks)))
    for event in newsroom.stream(UNKNOWN):
        turn.apply(event)

    steps = turn.view()["steps"]
    assert [step["step"] for step in steps] == ["searching", "reading"]
    assert all(step["took"] > 0 for step in steps)
