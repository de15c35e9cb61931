"""Yes, no or not said: the articles' sentences first, then whether they affirm or deny it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from rag.answer import YesNoVerdict
from rag.answering.answerers.verdict import MOST, features
from rag.answering.related import NOT_STATED
from rag.models.yesno import Reply, Whether
from rag.prompts import ENTAIL, LOCATE, VERDICT
from tests.answering.room import Room
from tests.answering.scripted import Scripted


@pytest.mark.parametrize(
    ("question", "model", "verdict", "words"),
    [
        (
            "Did the council of Varnholt vote for a tram line?",
            Scripted("31 votes to 12", verdict=0.97),
            "yes",
            "31 votes to 12",
        ),
        (
            "Does the tram cross the river?",
            Scripted("does not cross", verdict=0.05),
            "no",
            "does not cross",
        ),
        (
            "Doesn't the tram cross the river?",
            Scripted("does not cross", verdict=0.05),
            "no",
            "does not cross",
        ),
        (
            "Were eight people arrested at a protest?",
            Scripted("Eight people were arrested", verdict=0.97),
            "yes",
            "Eight people",
        ),
    ],
)
def test_a_verdict_stands_on_a_cited_sentence(
    room: Room, question: str, model: Scripted, verdict: YesNoVerdict, words: str
) -> None:
    model.asked.clear()
    answer = room.ask(question, model=model)
    assert (answer.kind, answer.status, answer.verdict) == ("yes_no", "answered", verdict)
    assert answer.lead == {"yes": "Yes.", "no": "No."}[verdict]
    assert words in answer.claims[0].text
    assert 1 <= len(answer.claims) <= MOST
    assert [asked.rsplit("\n", 1)[-1] for asked in model.asked] == [LOCATE, VERDICT]
    assert words in model.asked[-1]


def test_what_no_sentence_says_is_not_said_and_what_they_do_say_is_cited(room: Room) -> None:
    model = Scripted(None, verdict=0.99)
    answer = room.ask("Did the ferry Selma carry any sheep?", model=model)
    assert (answer.status, answer.verdict, answer.lead) == ("abstained", "not_said", None)
    assert answer.abstention is not None
    assert answer.abstention.reason == NOT_STATED
    assert answer.abstention.related
    assert set(answer.abstention.nearest) <= {it.number for it in answer.citations}


def test_the_reply_and_words_of_denial_both_tell_yes_from_no(room: Room) -> None:
    task = room.task("Does the tram cross the river?", model=Scripted("does not"))
    best = [one for one in task.evidence if "does not cross" in one.source.text]
    told = Whether(-0.1, -9.0, -2.0)
    row = features(task.question.about, best, 1.5, told, Whether(-9.0, -0.1, -2.0))
    assert row["denies"] == row["denial"] == row["any_denies"] == 1.0
    assert row["any"] == 1.5
    assert row["said"] == pytest.approx(1.9, abs=0.01)
    assert row["replied"] == 7.0  # one answer alone never outweighs everything else
    assert row["replied_as_statement"] == -7.0


def test_the_question_as_a_statement_is_held_against_the_best_sentences(room: Room) -> None:
    denied = Whether(-6.0, -0.01, -5.0)
    model = Scripted("does not cross", verdict=0.6, entailed=denied)
    answer = room.ask("Doesn't the tram cross the river?", model=model)
    assert answer.verdict == "no"  # by the word on the statement: that on the question leans to yes
    *_, asked = model.asked
    assert asked.endswith(f"\n\nStatement: The tram does cross the river.\n{ENTAIL}")
    assert "does not cross" in asked


class Plain(Scripted):
    """A model that gives no likelihoods, only words."""

    said = ""

    def reply(self, messages: Sequence[BaseMessage], **_: Any) -> Reply:
        return Reply(self.said, prompt_tokens=90)


@pytest.mark.parametrize(
    ("said", "verdict"), [("Yes", "yes"), ("No.", "no"), ("Unknown", "not_said"), ("", "not_said")]
)
def test_a_reply_without_likelihoods_counts_by_its_word(
    room: Room, said: str, verdict: str
) -> None:
    model = Plain("31 votes to 12")
    model.said = said
    answer = room.ask("Did the council vote for a tram line?", model=model)
    assert answer.verdict == verdict
    assert bool(answer.claims) == (verdict != "not_said")
