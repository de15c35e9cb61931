"""Fitting what tells kinds: questions of files and sets, weights that work, figures by writer."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pytest

from evals.evidence.subjects import Asked, fit_subjects
from evals.kinds import KindQuestion, figures_of, fit_kinds, load_kinds
from rag.answering.classifying import opened
from rag.errors import InputError
from rag.kinds import KINDS

QUESTIONS = Path("evals/questions")


def few(most: int) -> list[KindQuestion]:
    """The first of each writer and kind of the shipped file."""
    by_both = sorted(load_kinds([QUESTIONS / "kinds.jsonl"]), key=lambda it: it[:2])
    groups = groupby(by_both, key=lambda it: it[:2])
    return [one for _, group in groups for one in list(group)[:most]]


def test_questions_are_read_from_files_and_sets_and_none_twice(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    rows = [{"kind": "why", "text": "how come"}, {"kind": "who", "text": "how come"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert load_kinds([path]) == [KindQuestion("mine", "why", "how come")]
    shipped = load_kinds([QUESTIONS / "everyday"])
    assert {one.writer for one in shipped} == {"everyday"}
    assert {one.kind for one in shipped} <= set(KINDS)


@pytest.mark.parametrize("row", [{"kind": "quiz", "text": "what"}, {"kind": "why", "text": " "}])
def test_a_row_without_a_kind_or_a_text_says_which_line(tmp_path: Path, row: object) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(row) + "\n")
    with pytest.raises(InputError, match="line 1"):
        load_kinds([path])


def test_fitted_weights_tell_more_of_an_unseen_writer_than_patterns_and_are_kept(
    tmp_path: Path,
) -> None:
    questions = [one for one in few(8) if one.writer in ("a", "b", "e")]
    figures = {one.writer: one for one in figures_of(questions, lambda *_: None)}
    assert set(figures) == {"a", "b", "e"}
    assert all(it.right > it.right_by_pattern for it in figures.values())
    assert all(it.answered_alike > it.alike_by_pattern for it in figures.values())
    model = fit_kinds(questions)
    model.keep(tmp_path / "kinds.npz")
    texts = [one.text for one in questions[:20]]
    again = opened(tmp_path / "kinds.npz").chances(texts)
    assert again[0] == pytest.approx(model.chances(texts)[0], abs=0.02)  # kept in half precision


def test_a_kind_without_a_question_is_named() -> None:
    with pytest.raises(InputError, match="small_talk"):
        fit_kinds([one for one in few(1) if one.kind != "small_talk"])


def test_subjects_are_told_from_those_of_other_sets() -> None:
    asked = [
        Asked(name, (0.3 + 0.3 * own + 0.01 * number, 0.2 + 0.7 * own), own=bool(own))
        for name in ("one", "two")
        for own in (0, 1)
        for number in range(5)
    ]
    weights, figures = fit_subjects(asked)
    assert weights["likeness"] > 0 < weights["words"]
    assert figures.auroc == 1.0
    assert figures.own == figures.others == 10
    with pytest.raises(InputError, match="other sets"):
        fit_subjects(asked[:10])
