"""Which kind of question a text is: one fitted score; the same each time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import KINDS, Kind
from rag.answering import classifying
from rag.answering.classifying import (
    by_pattern,
    kind_by,
    kind_of,
    likely,
)
from rag.kinds import ROWS, TRAITS

TOLD: dict[Kind, tuple[str, ...]] = {
    "small_talk": (
        "hi", "Hello there!", "good morning", "thanks", "Thank you so much!", "ok thanks", "bye",
        "what can you do?", "who are you?", "help", "how does this work?", "hello, who are you?",
        "great, thank you", "are you there", "can you help me?", "what is this?",
    ),
    "about_corpus": (
        "How many articles are there?", "List the articles", "what articles do you have",
        "What is the newest article?", "What are the articles about?", "What do you know?",
        "Which newspapers are the articles from?", "who wrote these articles?",
        "what dates do the articles cover?", "what topics do you cover",
    ),
    "comparison": (
        "Compare the two articles", "How do the reports differ?", "What do both articles say?",
        "What does only the Post report?", "Do the papers agree on the number?",
        "What does the Gazette leave out?", "differences between the two accounts",
        "Which is longer, the bridge or the pier?", "the Post vs the Gazette",
    ),
    "summary": (
        "Summarise the article", "summarize it", "tl;dr", "What are the key points?",
        "Sum up the story in two sentences", "a short version please", "the gist of it",
    ),
    "overview": (
        "Give me an overview", "What happened in Ostrey?", "Tell me about the ferry",
        "What is this story about?", "any news?", "what's going on", "catch me up",
        "tell me more", "What happened?",
    ),
    "timeline": (
        "Give me a timeline", "What happened on Monday, in order?", "the history of the bridge",
        "Tell it day by day", "What are the important dates?", "what happened first",
    ),
    "positions": (
        "What does the mayor say?", "What did Ann Holm say about the pier?",
        "What is the union's view?", "How did the owners react?", "What do people think of it?",
        "reactions to the vote", "Who is for and who is against it?", "who is against the tram",
    ),
    "list": (
        "List the shops", "Name all victims", "Which towns were flooded?", "who else was there?",
        "What are the names of the boats?", "Who is quoted in the article?", "who was interviewed",
    ),
    "yes_no": (
        "Did anyone die?", "Is the bridge open?", "Didn't she come?", "And was it safe?",
        "Is it true that it sank?", "can dogs swim there",
    ),
    "count": ("How many came?", "the number of boats", "what percentage voted?", "death toll"),
    "why": ("Why did it sink?", "What caused the fire?", "how come it sank", "And why not?"),
    "fact": (
        "How far is it?", "When did it sink?", "Where is Ostrey?", "How much did it cost?",
        "What year was it?", "how long did it take", "Which city is it in?",
    ),
    "how": ("How did it sink?", "how was the bridge built?"),
    "who": ("Who led it?", "Whose boat was it?", "And who paid?"),
    "what": ("What is a depot?", "Which is it?", "what did they find"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"), [(text, kind) for kind, texts in TOLD.items() for text in texts]
)
def test_its_words_tell_the_kind(text: str, kind: Kind) -> None:
    assert by_pattern(text) == kind
    assert by_pattern(f"  {text}\n") == kind
    assert by_pattern(text.upper()) == by_pattern(text.lower())


def test_every_kind_is_told_by_some_words() -> None:
    assert set(TOLD) <= set(KINDS)
    for row in ROWS:
        assert {by_pattern(text) for text in row.asked_like} == {row.name}


def test_every_kind_is_one_row_and_the_kinds_stand_in_the_order_of_their_places() -> None:
    assert set(KINDS) == {row.name for row in ROWS}
    assert len(KINDS) == len(ROWS)
    assert [TRAITS[kind].menu_place for kind in KINDS] == sorted(row.menu_place for row in ROWS)
    assert len({row.label for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("good job, really", "small_talk"),
        ("the bridge accident", "overview"),
        ("storm in Ostrey", "overview"),
        ("opinion of the mayor on trams", "positions"),
        ("height of the church tower", "fact"),
        ("number of houses destroyed", "count"),
        ("The pier burnt because of what?", "why"),
        ("I wonder whether the ferry was insured", "yes_no"),
        ("could you give me a quick rundown of the vote on the tram", "summary"),
        ("set the Herald's account against the Post's", "comparison"),
        ("show me the events from the first alarm to the rescue, with times", "timeline"),
        ("In which year was that bridge opened", "fact"),
        ("by what means did the thieves get into the museum", "how"),
        ("every street that was closed for the parade", "list"),
        ("please tell me which officer gave the order", "who"),
        ("how many councillors must be there in order to vote", "count"),
    ],
)
def test_what_no_plain_words_tell_is_told_too(text: str, kind: Kind) -> None:
    assert kind_of(text) == kind


def test_kinds_of_one_answerer_count_together() -> None:
    chances = {"overview": 0.4, "fact": 0.25, "who": 0.2, "what": 0.15}
    assert kind_by(chances) == "fact"
    assert kind_by({"small_talk": 0.7, "what": 0.3}) == "what"  # not sure enough for no search
    assert kind_by({"small_talk": 0.9, "what": 0.1}) == "small_talk"


def test_a_kind_that_the_weights_do_not_know_is_told_by_its_pattern(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = (("quiz", re.compile("^quiz me")), *classifying._COMPILED)
    monkeypatch.setattr(classifying, "_COMPILED", rows)
    assert kind_of("quiz me on the ferry") == "quiz"
    assert kind_of("How many people came?") == "count"


@given(
    st.lists(st.sampled_from(sum(TOLD.values(), ())) | st.text(max_size=20), max_size=4).map(
        " ".join
    )
)
def test_no_text_breaks_it_and_the_same_words_give_the_same_kind(text: str) -> None:
    kind = kind_of(text)
    assert kind in KINDS
    assert kind_of(text) == kind
    assert sum(likely(text).values()) == pytest.approx(1)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["how many ", "what does the ", "hi, ", "ok ", "which the all of ", "who is ", "a s "]
)
def test_a_long_text_made_to_be_slow_is_read_at_once(piece: str) -> None:
    assert kind_of(piece * (2_000 // len(piece))) in KINDS
