from __future__ import annotations

import pytest

from rag.answer import Abstention, Answer, Provenance, Timings
from rag.answering.conversation import MOST_CHARS, MOST_TURNS, after_talk, is_of_another

BOMBS = "How many bombs were sent to Bartella?"
DESTROYED = "And how many of them were destroyed?"
BY_WHOM = "By whom was it done?"


def turn(question: str, searched_for: str | None = None) -> Answer:
    return Answer(
        id="1",
        question=question,
        searched_for=searched_for or question,
        status="abstained",
        abstention=Abstention(reason="none"),
        provenance=Provenance(
            model="m", embedding_model="e", index="i", prompt_version="1", version="0"
        ),
        timings_s=Timings(retrieve=0.0, total=0.0),
    )


def test_a_follow_up_is_asked_after_what_it_leans_on() -> None:
    assert after_talk([turn(BOMBS)], DESTROYED) == f"{BOMBS} {DESTROYED}"


def test_a_talk_reaches_back_to_the_question_that_stood_alone() -> None:
    talk = [turn("Who is the mayor?"), turn(BOMBS), turn(DESTROYED, f"{BOMBS} {DESTROYED}")]
    assert after_talk(talk, BY_WHOM) == f"{BOMBS} {DESTROYED} {BY_WHOM}"


def test_a_long_talk_is_cut() -> None:
    leaning = [turn(f"And what about them in {year}?", "something") for year in range(2000, 2020)]
    found = after_talk(leaning, DESTROYED)
    assert found.count("?") == MOST_TURNS + 1
    assert found.endswith(f"in 2019? {DESTROYED}")
    wordy = turn(f"{'Very ' * MOST_CHARS}long, is it?")
    assert after_talk([wordy], DESTROYED) == DESTROYED


def test_a_change_of_topic_drags_nothing_along() -> None:
    question = "Who commands the Counter Terrorism Service?"
    assert after_talk([turn(BOMBS)], question) == question
    assert after_talk([], DESTROYED) == DESTROYED


TALK = "What did Ann Holm say in Oban? The mayor, Ann Holm, said that the pier stays."


@pytest.mark.parametrize(
    "text",
    [
        "Ruth Ellery, the harbour master, said that Mull is safe.",
        "The council heard from Jean Calvet that the ferry is late.",
    ],
)
def test_what_another_person_said_is_told_from_what_she_said(text: str) -> None:
    assert is_of_another("And what did she say about Mull?", TALK, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("And what did she say about Mull?", "Ms Holm told Ruth Ellery that Mull is safe."),
        ("And what did she say about Mull?", "“Mull is safe,” she told Ruth Ellery."),
        ("And what did she say about Mull?", "Mull is safe."),
        ("And what was said about Mull?", "Ruth Ellery, the harbour master, said it is safe."),
    ],
)
def test_what_may_be_hers_passes(question: str, text: str) -> None:
    assert not is_of_another(question, TALK, text)
