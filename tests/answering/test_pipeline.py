"""Question to Answer: every kind by its answerer, cited exactly; what stays open is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer import KINDS, Answer, Kind
from rag.answering.answerers import ANSWERERS
from rag.answering.pipeline import MOST_QUESTIONS, TOO_MANY
from rag.answering.task import Decline, Show
from rag.articles.article import Article
from rag.check.replay import replay
from rag.events import Done, Lead, Progress, Sentence, Sources
from rag.filters import NONE_ALLOWED, Filters
from tests.answering.room import GAZETTE, POST, Room, is_exact, opened
from tests.answering.scripted import Scripted

ASKED = (
    "How many passengers did the ferry Selma carry?",
    "Who is the curator of the museum of clocks?",
    "Did the Selma pass a safety check?",
    "What does Ruth Ellery say about the bow door?",
    "Compare the two reports about the ferry Selma",
    "Give me a timeline of the ferry Selma",
    "List the things that the tram line will have",
    "Why does work begin in June?",
    "the museum of clocks",
    "What are the articles about?",
)
MODELS = (Scripted(None), Scripted("passengers"), Scripted("curator", locates=False))


def article(room: Room, article_id: str) -> Article:
    found = room.store.catalogue.article(article_id)
    assert found is not None
    return found


def assert_stands(room: Room, answer: Answer) -> None:
    """Every citation is an exact span, numbered in order, and a replay finds no problem."""
    for it in answer.citations:
        text = article(room, it.article_id).text
        assert text[it.start : it.end] == it.quote
    assert [it.number for it in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert len({(it.article_id, it.start) for it in answer.citations}) == len(answer.citations)
    assert replay(answer, lambda one: article(room, one), answer.text) == ()


def test_every_kind_has_an_answerer() -> None:
    assert set(ANSWERERS) == set(KINDS)


@settings(max_examples=20)
@given(st.sampled_from(ASKED), st.none() | st.sampled_from(KINDS), st.sampled_from(MODELS))
def test_whatever_is_asked_as_whatever_kind_every_sentence_is_an_exact_span(
    room: Room, question: str, kind: Kind | None, model: Scripted
) -> None:
    for step in room.steps(question, kind=kind, model=model):
        shows = [step] if isinstance(step, Show) else []
        shows += list(step.related) if isinstance(step, Decline) else []
        assert all(is_exact(show) for show in shows)
        assert all(show.sources for show in shows)


@pytest.mark.parametrize("kind", [None, *KINDS])
@pytest.mark.parametrize("question", ASKED[:3])
def test_an_answer_of_any_kind_stands_when_it_is_checked_again(
    room: Room, question: str, kind: Kind | None
) -> None:
    answer = room.ask(question, kind=kind, model=Scripted("passengers", verdict=0.9))
    assert kind in (None, answer.kind)
    assert_stands(room, answer)
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


@settings(max_examples=10)
@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_no_text_breaks_it(room: Room, text: str) -> None:
    answer = room.ask(text, model=Scripted(None))
    assert answer.question == text
    assert_stands(room, answer)


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_program_says_is_told_when_it_is_known(room: Room, kind: Kind) -> None:
    asked = "What happened to the ferry?"
    events = room.events(asked, kind=kind, model=Scripted("passengers", verdict=0.9))
    *told, done = [event for event in events if not isinstance(event, Progress)]
    assert isinstance(done, Done)
    leads = [event for event in told if isinstance(event, Lead)]
    assert " ".join(it.text for it in leads if it.text) == (done.answer.lead or "")
    assert done.answer.verdict == (leads[-1].verdict if leads else None)
    if leads and done.answer.claims:
        assert isinstance(told[1], Lead)


def test_events_come_in_order(room: Room) -> None:
    events = room.events("How many were aboard the sunken vessel?", model=Scripted("212"))
    kinds = [type(event) for event in events]
    assert kinds[0] is Sources
    assert kinds.index(Progress) < kinds.index(Sentence)
    done = events[-1]
    assert isinstance(done, Done)
    assert tuple(it.claim for it in events if isinstance(it, Sentence)) == done.answer.claims
    assert done.answer.timings_s.first_sentence is not None
    assert done.answer.usage.prompt_tokens == 90


def test_a_misspelt_name_is_searched_for_as_the_articles_spell_it(room: Room) -> None:
    model = Scripted("14 stops")
    answer = room.ask("How many stops will the tram line of Varnhult have?", model=model)
    assert answer.question == "How many stops will the tram line of Varnhult have?"
    assert answer.searched_for == "How many stops will the tram line of Varnholt have?"
    assert answer.status == "answered"


def test_other_reports_with_another_value_stand_beside_the_answer(room: Room) -> None:
    # The Post of 6 March says 212, the Gazette of the day after 198.
    answer = room.ask(ASKED[0], model=Scripted("198 passengers"))
    (conflict,) = answer.conflicts
    assert conflict.about == ASKED[0]
    said = {answer.citation(it.citations[0]).publisher: it for it in conflict.positions}
    assert {GAZETTE, POST} == set(said)
    assert "212" in said[POST].text
    assert (said[GAZETTE].later, said[POST].later) == (True, False)
    assert_stands(room, answer)


def test_of_two_parts_one_may_stay_open_by_name(room: Room) -> None:
    question = "How many stops will the tram line have, and who composed the opera?"
    answer = room.ask(question, model=Scripted(None))
    assert answer.status == "partial"
    assert answer.abstention is not None
    assert answer.abstention.reason == "The articles do not say: who composed the opera?"
    assert answer.abstention.related == ()  # beside an answer it would confuse
    assert "14 stops" in answer.text


def test_one_sentence_may_answer_two_parts(room: Room) -> None:
    answer = room.ask("How many stops will the tram line have, and how many bridges will it have?")
    assert (answer.status, answer.abstention) == ("answered", None)
    assert sum("14 stops" in claim.text for claim in answer.claims) == 1


def test_filters_that_let_nothing_through_are_named_as_the_reason(room: Room) -> None:
    nobody = Filters(publishers=("Nobody’s News",))
    for question in (
        ASKED[0],
        "Summarise everything",
        "Compare the reports on the ferry",
        f"{ASKED[0]} And who composed the opera?",
    ):
        answer = room.ask(question, filters=nobody)
        assert (answer.status, answer.citations) == ("abstained", ())
        assert answer.abstention is not None
        assert answer.abstention.reason == NONE_ALLOWED
        assert answer.scope is not None
        assert answer.scope.named_by == "user"


def test_coverage_counts_what_was_looked_at_and_what_is_cited(room: Room) -> None:
    answer = room.ask("What do both articles on the ferry Selma say?")
    assert answer.coverage is not None
    assert (answer.coverage.used, answer.coverage.origins) == (2, 2)
    assert answer.coverage.articles >= 2
    assert all(claim.origin_count == 2 for claim in answer.claims)


def test_reprints_count_as_one_origin(tmp_path: Path) -> None:
    text = "The heron of Kellmouth was seen at noon. Nine children fed it bread from the bridge."
    both = {"a.md": f"# Heron\n\n{text}", "b.md": f"# Heron again\n\n{text}"}
    with opened(tmp_path, both) as made:
        answer = made.ask("How many children fed the heron?", model=Scripted("Nine"))
    assert answer.coverage is not None
    assert (answer.coverage.used, answer.coverage.origins) == (1, 1)
    assert answer.citations[0].also_in
    assert answer.conflicts == ()


def test_questions_too_many_for_one_answer_are_named_as_open(room: Room) -> None:
    parts = [f"and who is the curator of the museum number {n}" for n in range(MOST_QUESTIONS)]
    text = f"Who is the curator of the museum of clocks, {', '.join(parts)}?"
    answer = room.ask(text, model=Scripted(None))
    assert answer.abstention is not None
    unsaid, unasked = answer.abstention.reason.split(f". {TOO_MANY} Ask again: ")
    assert f"museum number {MOST_QUESTIONS - 1}" in unasked
    assert unsaid.startswith("The articles do not say: ")
    assert f"museum number {MOST_QUESTIONS - 1}" not in unsaid
