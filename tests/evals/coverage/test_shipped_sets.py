"""The shipped everyday questions: every kind, about the articles that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.coverage.nuggets import EVERYDAY_KINDS, load_everyday
from rag.articles.files import read
from rag.kinds import ROWS, Traits

ROOT = Path(__file__).resolve().parents[3]
QUESTIONS = ROOT / "evals" / "questions"


def test_the_everyday_questions_are_of_every_form_that_an_answer_has() -> None:
    def form(row: Traits) -> tuple[object, ...]:
        return row.searches, row.broad, row.compared, row.items, row.under

    questions = load_everyday(QUESTIONS / "everyday").questions
    asked = {one.kind for one in questions}
    assert {"follow_up", "unanswerable"} <= asked <= set(EVERYDAY_KINDS)
    assert {form(row) for row in ROWS if row.name in asked} == {form(row) for row in ROWS}
    assert len(questions) >= 40


def test_their_articles_are_those_that_are_shipped() -> None:
    shipped = {
        article.title: article.text.strip()
        for path in sorted((ROOT / "corpus").iterdir())
        for article in read(path)
    }
    kept = load_everyday(QUESTIONS / "everyday").documents
    assert {one.title: one.text.strip() for one in kept} == shipped


@pytest.mark.parametrize("name", ["everyday", "reports"])
def test_each_answerable_question_has_a_point_that_no_answer_may_lack(name: str) -> None:
    questions = load_everyday(QUESTIONS / name).questions
    lacking = [
        one.id
        for one in questions
        if one.answerable and one.about_news and not any(nugget.vital for nugget in one.nuggets)
    ]
    assert lacking == []
