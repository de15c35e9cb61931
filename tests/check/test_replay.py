"""A saved answer is checked again: quotes, marks, verdicts, text, and what is only related."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from rag.answer import Answer, Highlight
from rag.articles.article import Article
from rag.check.replay import read_saved, replay
from rag.errors import AnswerFileError
from tests.answers import BRIDGE, CARS, CLOSED, NINE, SAMPLES, answered, answers, stored

FIRST_SCHEMA = Path(__file__).with_name("answer_v1.json")


def file_of(folder: Path, fields: dict[str, Any]) -> Path:
    file = folder / "answer.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    return file


def changed(answer: Answer, **fields: Any) -> Answer:
    return Answer.model_validate({**answer.model_dump(mode="json"), **fields})


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_saved_stands(name: str, tmp_path: Path) -> None:
    answer = SAMPLES[name]
    saved = read_saved(file_of(tmp_path, answer.model_dump(mode="json")))

    assert saved.answer == answer
    assert saved.text == answer.text
    assert replay(saved.answer, stored, saved.text) == ()


def test_an_answer_of_the_first_schema_stands() -> None:
    saved = read_saved(FIRST_SCHEMA)

    assert saved.answer.schema_version == 1
    assert (saved.answer.kind, saved.answer.lead) == ("fact", None)
    assert replay(saved.answer, stored, saved.text) == ()
    forged = saved.text and saved.text.replace("Nine", "Ten")
    assert replay(saved.answer, stored, forged) == ("its text is not what its lead and claims say",)


@pytest.mark.parametrize("name", ["schema", "schema_version"])
def test_an_answer_of_a_newer_schema_is_refused_with_both_numbers(
    name: str, tmp_path: Path
) -> None:
    fields = SAMPLES["fact"].model_dump(mode="json")
    del fields["schema"]
    newer = file_of(tmp_path, {**fields, name: 3} | ({"tone": "dry"} if name == "schema" else {}))
    with pytest.raises(AnswerFileError, match=r"is of schema 3, .* reads up to 2") as refused:
        read_saved(newer)
    assert "newer one" in refused.value.fix


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b'{"schema": true}', b'{"schema": "2"}', b"\xff"]
)
def test_what_is_no_answer_is_one_error(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(content)
    with pytest.raises(AnswerFileError, match="is no answer of schema 2"):
        read_saved(file)


def test_what_is_marked_beyond_its_citation_is_no_answer(tmp_path: Path) -> None:
    fields = SAMPLES["fact"].model_dump(mode="json")
    fields["claims"][0]["highlights"][0]["end"] += 1_000
    with pytest.raises(AnswerFileError, match="a highlight outside its citation"):
        read_saved(file_of(tmp_path, fields))


@pytest.mark.parametrize("shift", [(-1, 0), (len("Nine"), len("Nine") - 3), (0, 1_000)])
def test_what_is_marked_must_be_words_of_the_quote(shift: tuple[int, int]) -> None:
    answer = SAMPLES["fact"]
    [mark] = answer.claims[0].highlights
    moved = Highlight.model_construct(
        citation=1, start=mark.start + shift[0], end=mark.start + len("Nine") + shift[1]
    )
    if shift[1] < 0 < shift[0]:  # the blank after the word
        assert BRIDGE.text[moved.start : moved.end] == " "
    claim = answer.claims[0].model_copy(update={"highlights": (moved,)})
    found = replay(answer.model_copy(update={"claims": (claim,)}), stored)
    assert found == ("[1] what is marked are no words of its quote",)


def test_marked_is_only_what_the_sentence_cites() -> None:
    two = answered("fact", NINE, CLOSED, marked="Nine")
    first, second = two.claims
    swapped = second.model_copy(update={"highlights": first.highlights})
    found = replay(two.model_copy(update={"claims": (first, swapped)}), stored)
    assert found == ("[1] is marked for a sentence that does not cite it",)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"verdict": "yes", "lead": "No."}, "its verdict is 'yes', and its lead says 'no'"),
        ({"verdict": "not_said", "lead": "Yes."}, "its lead says 'yes'"),
        ({"verdict": "no", "lead": "No.", "claims": []}, "'no' rests on no cited sentence"),
        ({"verdict": "not_said"}, "its sentences are shown as the answer"),
    ],
)
def test_a_verdict_rests_on_what_is_cited_and_nothing_says_otherwise(
    fields: dict[str, Any], said: str
) -> None:
    [problem, *_] = replay(changed(answered("yes_no", CARS), **fields), stored)
    assert said in problem


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "yes", "lead": "Yes."},
        {"verdict": "no"},
        {"verdict": "not_said", "lead": "The articles do not say whether it opens again."},
        {"lead": "No report names it."},
    ],
)
def test_a_verdict_that_nothing_contradicts_stands(fields: dict[str, Any]) -> None:
    assert replay(changed(answered("yes_no", CARS), **fields), stored) == ()


def test_what_is_related_is_checked_like_a_claim() -> None:
    fields = SAMPLES["not said"].model_dump(mode="json")
    fields["abstention"]["related"][0]["text"] = "Work lasts five years, the council expects."

    [problem] = replay(Answer.model_validate(fields), stored)

    assert problem.startswith("number_not_in_source: ")


def test_an_article_that_changed_is_named() -> None:
    late = Article(BRIDGE.source, BRIDGE.text.replace("Nine", "Ten"), BRIDGE.title)
    found = replay(SAMPLES["fact"], lambda _id: late)
    assert found == ("[1] its article has changed since",)


@given(answers())
def test_whatever_an_answer_says_is_checked_without_an_error(answer: Answer) -> None:
    assert all(isinstance(line, str) for line in replay(answer, stored, answer.text))


@given(answers())
def test_a_text_is_held_to_its_lead_and_claims(answer: Answer) -> None:
    forged = "its text is not what its lead and claims say"
    assert forged in replay(answer, stored, f"{answer.text} And more.")
    assert forged not in replay(answer, stored, answer.text)
