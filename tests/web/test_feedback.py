"""What readers noted is kept whole and becomes questions that the evals read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.datasets.loading import load_questions
from rag.cli import main
from rag.web.feedback import FILE_NAME, Feedback, FeedbackFile, Verdict, gold_of
from tests.web.scripted_newsroom import COLD, HELLO, PARTLY, SAFE, UNKNOWN, ScriptedNewsroom

SAID: tuple[tuple[str, Verdict], ...] = (
    (SAFE, "wrong_answer"),
    (SAFE, "useful"),  # the last word counts
    (COLD, "wrong_answer"),
    (UNKNOWN, "useful"),
    (PARTLY, "not_in_corpus"),
    (HELLO, "useful"),  # no question for the evals
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    newsroom = ScriptedNewsroom()
    notes = FeedbackFile(tmp_path / FILE_NAME)
    for question, verdict in SAID:
        answer = newsroom.ask(question)
        gold = gold_of(answer, newsroom.article)
        notes.add(Feedback(verdict=verdict, answer=answer, comment="why"), gold)
    return tmp_path


def run(*arguments: object) -> None:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    assert not stop.value.code


def test_feedback_becomes_questions_that_the_evals_read(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    run("feedback", "--home", home, "--export", file)

    found = {example.question: example for example in load_questions(file)}
    assert set(found) == {SAFE, COLD, UNKNOWN, PARTLY}
    assert [gold.article for gold in found[SAFE].gold] == ["ferry.txt", "ferry.txt"]
    assert found[SAFE].wrong == ()
    assert found[COLD].wrong[0] == "Nine people were treated for cold."
    assert found[COLD].answerable
    assert not found[UNKNOWN].answerable
    assert not found[PARTLY].answerable


def test_what_was_exported_is_not_overwritten(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("edited")

    with pytest.raises(SystemExit) as stop:
        main(["feedback", "--home", str(home), "--export", str(file)])

    assert stop.value.code == 1
    assert file.read_text() == "edited"


def test_feedback_is_listed_and_a_bad_line_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (home / FILE_NAME).open("a") as file:
        file.write('{"verdict": "shrug"}\n')

    run("feedback", "--home", home)
    printed, said = capsys.readouterr()
    assert f"useful: {SAFE}  why" in printed
    assert f"{FILE_NAME}:{len(SAID) + 1} is no feedback" in said
    run("feedback", "--home", home, "--json")
    assert len(json.loads(capsys.readouterr().out)) == len(SAID)


def test_no_feedback_is_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("feedback", "--home", tmp_path / "new", "--json")

    assert json.loads(capsys.readouterr().out) == []
