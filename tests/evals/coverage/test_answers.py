"""A file of answers goes on after a stop, and never mixes what two versions said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.coverage.answers import AnswerFile, load_answers
from rag.errors import InputError, StoreBusyError
from tests.evals.coverage.small_set import write_lines

SAID = {"status": "answered", "text": "It sank."}
FAILED = {"status": "error", "text": "", "error": "no reply"}


def test_what_failed_or_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with AnswerFile(path, "one") as answers:
        answers.keep("q1", 0.12345, SAID)
        answers.keep("q2", 0.1, FAILED)
    assert {"q1", "q2"} == {*load_answers(path, ["q1", "q2"])}
    with path.open("ab") as out:
        out.write('{"id": "q3", "s": 1, "answer": {"status": "answered", "text": "é'.encode()[:-1])
    with AnswerFile(path, "one") as answers:
        assert answers.answered == {"q1"}
        answers.keep("q2", 0.2, SAID)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(row["id"], row["s"]) for row in rows] == [("q1", 0.123), ("q2", 0.2)]


def test_answers_of_another_version_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with AnswerFile(path, "one") as answers:
        answers.keep("q1", 0.1, SAID)
    with pytest.raises(InputError, match="another version"):
        AnswerFile(path, "two")
    with AnswerFile(path, "one") as answers:  # and nothing is lost or left locked
        assert answers.answered == {"q1"}
        with pytest.raises(StoreBusyError, match="Another run"):
            AnswerFile(path, "one")
    path.unlink()
    with AnswerFile(path, "two") as answers:
        assert answers.answered == set()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "q2", "s": 1, "answer": SAID}, "the set has no question 'q2'"),
        ({"id": "q1", "s": 1, "answer": SAID}, "'q1' is answered twice"),
        ({"id": "q1", "answer": SAID}, "s: Field required"),
        ({"id": "q1", "s": 1, "answer": {}}, "answer.status: Field required"),
        ({"id": "q1", "s": 1, "answer": {**SAID, "claims": [{}]}}, "answer.claims.0.text"),
    ],
)
def test_a_bad_line_stops_with_its_number(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", [{"id": "q1", "s": 1, "answer": SAID}, row])
    with pytest.raises(InputError) as caught:
        load_answers(path, ["q1"])
    assert f"{path}, line 2: " in str(caught.value)
    assert said in str(caught.value)


def test_no_answers_are_no_file_to_score(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no answer"):
        load_answers(write_lines(tmp_path / "a.jsonl", []), ["q1"])
