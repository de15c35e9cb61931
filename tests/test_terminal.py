"""Answers on a terminal and in a pipe."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given

from rag.answer import Answer
from rag.terminal import readable, width_and_colour
from tests.answers import CLOSED, MAYOR, SAMPLES, VOTED, YEARS, answers
from tests.web.scripted_newsroom import COLD, SAFE, UNKNOWN, ScriptedNewsroom


@pytest.fixture
def answer() -> Answer:
    return ScriptedNewsroom().ask(SAFE)


def test_a_pipe_gets_a_footnote_a_line_without_colours(answer: Answer) -> None:
    lines = readable(answer).split("\n")

    assert lines[0] == answer.text
    assert lines[1] == "(1 sentence removed: not supported)"
    assert lines[3].startswith('[1] "A ferry with 214 people on board')
    assert lines[3].endswith("(Ferry runs aground off Lowick, Harbour Times, 2024-03-09)")
    assert "\x1b" not in "".join(lines)


def test_a_terminal_gets_lines_that_fit_and_markers_that_stand_out(answer: Answer) -> None:
    text = readable(answer, 40, colour=True)

    bare = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert max(map(len, bare.split("\n"))) <= 40
    assert "\x1b[1;36m[1]\x1b[0m" in text
    assert " ".join(bare.split()) == " ".join(readable(answer).split())


def test_an_abstention_shows_what_was_nearest() -> None:
    text = readable(ScriptedNewsroom().ask(UNKNOWN))

    assert text.startswith("No answer. No article says who built the ferry.")
    assert "Nearest passages:" in text


def test_sources_that_disagree_are_told_with_their_footnotes() -> None:
    lines = readable(ScriptedNewsroom().ask(COLD)).split("\n")

    assert lines[1] == (
        "Sources disagree: Nine people were treated for cold. (later report) [1]; "
        "Eleven people were treated for cold. [2]"
    )


def test_no_text_of_an_article_reaches_the_terminal_as_a_command(answer: Answer) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\r"
    [first, *rest] = answer.citations
    bad = first.model_copy(update={"title": hostile, "quote": hostile + first.quote})

    text = readable(answer.model_copy(update={"citations": (bad, *rest)}))

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


@pytest.mark.parametrize(
    ("terminal", "environment", "colour"),
    [(True, {}, True), (True, {"NO_COLOR": "1"}, False), (False, {}, False)],
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, environment: dict[str, str], colour: bool
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)

    width, coloured = width_and_colour()

    assert coloured is colour
    assert (width is not None) is terminal


def test_small_talk_is_one_line() -> None:
    assert readable(SAMPLES["small talk"]) == "Hello. There are 2 articles here."


def test_a_list_has_a_dash_for_each_item_below_its_lead() -> None:
    lines = readable(SAMPLES["list"]).split("\n")

    assert lines[:3] == ["2 steps.", f"- {VOTED} [1]", f"- {CLOSED} [2]"]
    assert lines[-2:] == ["You could ask next:", "- Who is the mayor?"]


def test_the_items_of_a_timeline_begin_with_their_day() -> None:
    lines = readable(SAMPLES["timeline"]).split("\n")

    assert lines[1:3] == [f"- 30 April 2024: {VOTED} [1]", f"- Thursday: {CLOSED} [2]"]


def test_groups_are_headings() -> None:
    lines = readable(SAMPLES["positions"]).split("\n")

    assert lines[:2] == ["Lena Brandt:", f"- {MAYOR} [1]"]
    assert lines[2] == "Ruth Ames:"


def test_a_verdict_comes_first() -> None:
    assert readable(SAMPLES["yes"]).startswith(f"Yes. {CLOSED} [1]\n")
    assert readable(SAMPLES["no"]).startswith("No. The bridge")


def test_where_there_is_no_answer_what_the_articles_do_say_is_cited() -> None:
    lines = readable(SAMPLES["not said"]).split("\n")

    assert lines[0] == "No answer. The articles do not say whether a new bridge is built."
    assert lines[2:4] == ["What the articles do say:", f"- {YEARS} [1]"]
    assert any(line.startswith(f'[1] "{YEARS}"') for line in lines)
    assert "Nearest passages:" not in lines


def test_coverage_is_told_where_several_articles_were_found() -> None:
    assert "(Cites 2 of the 2 articles found)" in readable(SAMPLES["summary"])
    assert "articles found" not in readable(SAMPLES["list"])


def test_the_answering_words_are_bold_on_a_terminal_and_plain_in_a_pipe() -> None:
    assert '"\x1b[1mNine\x1b[0m members voted' in readable(SAMPLES["fact"], 40, colour=True)
    assert '"Nine members voted' in readable(SAMPLES["fact"])


@given(answers())
def test_colours_and_width_change_nothing_that_is_said(answer: Answer) -> None:
    plain = readable(answer)
    for width in (None, 30):
        bare = re.sub(r"\x1b\[[\d;]*m", "", readable(answer, width, colour=True))
        assert "".join(bare.split()) == "".join(plain.split())
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", plain)
