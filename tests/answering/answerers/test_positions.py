"""Positions: what each speaker says, in the speaker's words, under the speaker's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.answerers import ANSWERERS
from rag.answering.answerers.positions import MOST, asked_of, speakers_of
from rag.answering.pipeline import retrieve
from rag.answering.task import Show
from tests.answering.room import Room, is_exact, opened
from tests.answering.scripted import Scripted


@pytest.mark.parametrize(
    ("question", "speaker", "words"),
    [
        ("What does Ruth Ellery say about the bow door?", "Ruth Ellery", "The bow door was open"),
        ("What did the captain say about the door?", "Captain Jon Marsh", "denied"),
        ("What is the mayor’s view of the tram?", "Lena Brandt", "bring shops back"),
        ("What did Oster say about the tram?", "Piet Oster", "Nobody asked us"),
    ],
)
def test_whoever_is_asked_about_speaks_and_nobody_else(
    room: Room, question: str, speaker: str, words: str
) -> None:
    shows = room.shows(question)
    assert {show.group for show in shows} == {speaker}
    assert any(words in show.text for show in shows)
    assert all(is_exact(show) for show in shows)


def test_of_two_in_one_role_the_one_asked_about_speaks(tmp_path: Path) -> None:
    text = (
        "Two mayors met in Ulm. Bodil Aas, the mayor of Tange, wants a tunnel. "
        "“The fjord is deep, and the ferry is slow,” Aas said. There was coffee and cake for all. "
        "The mayor of Vik, Jon Myhre, wants a bridge. “A bridge is cheaper,” Myhre said."
    )
    with opened(tmp_path, {"mayors.md": f"# Two mayors\n\n{text}\n"}) as found:
        for question, speaker in (
            ("What does the mayor of Vik say?", "Jon Myhre"),
            ("quotes by the mayor of tange", "Bodil Aas"),
        ):
            assert {show.group for show in found.shows(question)} == {speaker}
        # A pronoun is whoever the question names before it.
        both = found.inquiry("Who’s Jon Myhre and what does he want?")
        wants = ANSWERERS["positions"](retrieve(both).tasks[1])
        assert {step.group for step in wants if isinstance(step, Show)} == {"Jon Myhre"}


def test_asked_what_people_say_each_of_them_says_one_thing(room: Room) -> None:
    shows = room.shows("What do people say about the tram?", model=Scripted("Nobody asked us"))
    assert shows[0].group == "Piet Oster"
    assert len(shows) <= MOST


def test_whose_words_nobody_introduces_are_those_of_the_sentence_that_the_model_names(
    room: Room,
) -> None:
    question = "What does the lady of the port say?"
    shows = room.shows(question, kind="positions", model=Scripted("The bow door was open"))
    assert shows[0].group == "Ruth Ellery"
    assert "The bow door was open" in shows[0].text
    assert {show.group for show in shows} == {"Ruth Ellery"}


def test_who_is_named_instead_in_a_follow_up_speaks_on_the_same(room: Room) -> None:
    first = room.ask("What does the mayor say about the tram?")
    second = room.ask("And Piet Oster?", history=[first])
    assert second.kind == "positions"
    assert [claim.group for claim in second.claims] == ["Piet Oster"]


def test_what_else_somebody_says_is_looked_for_where_the_answer_before_found_it(
    tmp_path: Path,
) -> None:
    lines = [
        f"“The {it} of Vik is far too dear for us,” said Bodil Aas." for it in "pier road".split()
    ]
    more = "\n\n".join(f"Aas said the {it} was old." for it in ("roof", "well", "mill", "gate"))
    other = "“I said nothing else, and she said nothing else,” said Jon Myhre, what with the noise."
    articles = {
        "vik.md": f"# Bill of Vik\n\nAnd Bodil Aas, 40, paid.\n\n{' '.join(lines)}\n\n{more}\n",
        "ulm.md": f"# Noise in Ulm\n\nJon Myhre, 40, spoke in Ulm.\n\n{other}\n",
    }
    with opened(tmp_path, articles) as found:
        first = found.ask("What did Bodil Aas say about the pier?")
        second = found.ask("What else did she say about the noise in Ulm?", history=[first])
        assert second.claims
        assert {claim.group for claim in (*first.claims, *second.claims)} == {"Bodil Aas"}


def test_what_somebody_says_whom_no_article_names_is_not_said(room: Room) -> None:
    answer = room.ask("What did Prime Minister Zork say about the tram?")
    assert (answer.status, answer.claims) == ("abstained", ())
    assert answer.abstention is not None
    assert "Piet Oster" in answer.abstention.related[0].text


def test_each_person_who_is_quoted_has_a_sentence_that_names_them(room: Room) -> None:
    shows = speakers_of(room.task("What do people say about the tram line in Varnholt?"))
    assert sorted(str(show.group) for show in shows) == ["Lena Brandt", "Piet Oster"]
    assert all(show.group and show.group in show.text for show in shows)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What did the mayor say?", ("the mayor",)),
        ("quote from the mayor of oban", ("the mayor of oban",)),
        ("Any comments by Ann Holm on the pier?", ("Ann Holm",)),
        ("What does Ann Holm think of the pier?", ("Ann Holm",)),
        ("What did the mayor and Ann Holm say?", ("the mayor", "Ann Holm")),
        ("What is the union’s position?", ("the union",)),
        ("What are the demands of the union?", ("the union",)),
        ("What are the union’s demands?", ("the union",)),
        ("What does the union demand?", ("the union",)),
        ("What are the views of Ann Holm on the pier?", ("Ann Holm",)),
        ("How did Ann Holm react?", ("Ann Holm",)),
        ("What do people say?", ()),
        ("What do both sides say?", ()),
        ("What did the experts say?", ()),
        ("What do they want?", ()),
        ("Who says what?", ()),
        ("", ()),
    ],
)
def test_whose_words_are_asked_for(question: str, asked: tuple[str, ...]) -> None:
    assert asked_of(question) == asked
