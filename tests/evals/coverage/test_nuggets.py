"""A set is read whole or not at all, and says which line is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.coverage.nuggets import load_everyday, some
from evals.coverage.scoring import score
from rag.articles.files import find, read
from rag.errors import InputError
from tests.evals.coverage.small_set import QUESTIONS, REPORTS, nugget, told, write_set


def test_a_set_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    found = load_everyday(write_set(tmp_path / "small"))
    assert found.name == "small"
    assert [one.id for one in found.documents] == [*REPORTS]
    assert [one.id for one in found.questions] == [str(one["_id"]) for one in QUESTIONS]
    first = found.questions[0]
    assert [one.vital for one in first.nuggets] == [True, False]
    assert first.nuggets[1].spans[0].doc == "ferry"


def test_its_articles_can_be_ingested(tmp_path: Path) -> None:
    found = load_everyday(write_set(tmp_path))
    path = found.write_articles(tmp_path / "articles.jsonl")
    articles = [one for file in find([path]) if isinstance(file, Path) for one in read(file)]
    assert [getattr(one, "title", None) for one in articles] == [t for t, _ in REPORTS.values()]
    assert {str(getattr(one, "published_at", None)) for one in articles} == {"2026-03-14"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "riddle"}, "kind: Input should be"),
        ({"_id": "market-why"}, "the id 'market-why' stands twice"),
        ({"nuggets": [nugget("n1", "(")]}, "nuggets.0: Value error, '(' is no regular expression"),
        ({"nuggets": [nugget("n1")]}, "neither any_of nor spans"),
        ({"nuggets": [nugget("n1", "a"), nugget("n1", "b")]}, "two nuggets have one id"),
        ({"nuggets": [nugget("n1", ferry="It flew away.")]}, "does not stand in ferry"),
        ({"nuggets": [nugget("n1", train="It left.")]}, "there is no article 'train'"),
        ({"wrong": ["["]}, "is no regular expression"),
        ({"verdict": "yes"}, "only yes_no and follow_up have a verdict"),
        ({"kind": "yes_no"}, "yes_no has a verdict"),
        ({"history": ["Who?"]}, "follow_up has a history"),
        ({"answerable": False}, "has no nuggets"),
        ({"text": ""}, "text: "),
    ],
)
def test_a_bad_question_stops_with_its_line(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    market, ferry = dict(QUESTIONS[1]), dict(QUESTIONS[0])
    write_set(tmp_path, [market, {**ferry, **change}])
    with pytest.raises(InputError) as caught:
        load_everyday(tmp_path)
    assert f"{tmp_path / 'questions.jsonl'}, line 2: " in str(caught.value)
    assert said in str(caught.value)


def test_a_follow_up_for_yes_or_no_has_a_verdict_too(tmp_path: Path) -> None:
    asked = {"kind": "follow_up", "history": ["Who?"], "verdict": "no"}
    write_set(tmp_path, [{**QUESTIONS[0], **asked}])
    (found,) = load_everyday(tmp_path).questions
    assert score(found, told("Yes.", verdict="yes")).false_verdict


def test_a_row_without_an_id_or_text_stops_with_its_line(tmp_path: Path) -> None:
    write_set(tmp_path, [{"kind": "why"}])
    with pytest.raises(InputError, match=r"questions\.jsonl, line 1: _id is missing"):
        load_everyday(tmp_path)
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "a"}) + "\n{", "utf-8")
    with pytest.raises(InputError, match=r"corpus\.jsonl, line 1: text is missing"):
        load_everyday(tmp_path)


def test_an_empty_set_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_everyday(tmp_path)
    write_set(tmp_path, [])
    with pytest.raises(InputError, match="holds no question"):
        load_everyday(tmp_path)


def test_fewer_questions_are_of_every_kind_and_always_the_same(tmp_path: Path) -> None:
    questions = load_everyday(write_set(tmp_path)).questions
    assert some(questions) == questions
    kinds = {one.kind for one in questions}
    few = some(questions, limit=len(kinds))
    assert {one.kind for one in few} == kinds
    assert set(few) <= set(some(questions, limit=len(kinds) + 1))
    assert [one.id for one in some(questions, ["yes_no"])] == ["ferry-yes", "market-unsaid"]
    assert len(some(questions, ["yes_no"], 1)) == 1
