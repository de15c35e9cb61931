"""Answers on a terminal and in a pipe."""

from __future__ import annotations

import re
import sys

import pytest

from rag.answer import Answer
from rag.terminal import readable, width_and_colour
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
