from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.datasets.drafting import GAP, draft, usable, write_questions
from evals.datasets.loading import load_questions
from evals.scorers.wording import says
from evals.systems.articles import articles_of, withhold
from rag.errors import InputError
from tests.evals.datasets.gold import gold_problems

NEWS = {
    "ferry.md": (
        "The ferry Alma sank on Monday near Port Reed with 40 passengers on board.\n\n"
        "It was not the first. Officials in Norwold said that the captain, Ann Lee, was not hurt. "
        "Boats from Lowick Harbour brought everybody to the shore within two hours."
    ),
    "tram.md": (
        "The council of Norwold voted for a tram line by 31 votes to 12 on Friday night.\n\n"
        "Work on the first stretch is due to begin in June, said Mayor Ruth Okoro."
    ),
}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in NEWS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_every_draft_has_a_gold_quote_that_holds_its_answer(news: Path) -> None:
    drafted = draft(articles_of([news]), 10)
    assert len(drafted) >= 3
    assert gold_problems(drafted, news) == []
    for example in drafted:
        assert says(example.gold[0].quote, example.answers[0][0])
        assert GAP in example.question


def test_the_same_folder_gives_the_same_questions_from_every_article(news: Path) -> None:
    first, again = draft(articles_of([news]), 2), draft(articles_of([news]), 2)
    assert first == again
    assert {example.gold[0].article for example in first} == set(NEWS)


def test_a_twin_cannot_be_answered_once_its_quote_is_withheld(news: Path, tmp_path: Path) -> None:
    drafted = draft(articles_of([news]), 2, withheld=1)
    (twin,) = [example for example in drafted if example.withheld]
    assert (twin.answerable, twin.answers) == (False, ())
    path = withhold([news], drafted, tmp_path / "withheld.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {row["id"] for row in rows} == set(NEWS)
    assert not any(twin.gold[0].quote in row["text"] for row in rows)


def test_what_two_articles_say_is_asked_once_and_has_no_twin(news: Path) -> None:
    (news / "copy.md").write_text(NEWS["tram.md"].replace("voted", "has voted"), "utf-8")
    drafted = draft(articles_of([news]), 20, withheld=20)
    tram = [example for example in drafted if "Norwold voted for" in example.question]
    tram += [example for example in drafted if "Norwold has voted for" in example.question]
    assert len(tram) == 1
    assert {example.gold[0].article for example in drafted if example.withheld} == {"ferry.md"}


def test_questions_are_worded_by_a_model_where_it_gives_none_away(news: Path) -> None:
    articles = articles_of([news])
    worded = draft(articles, 3, wording=lambda sentence, answer: "What does the report say?")
    assert {example.question for example in worded} == {"What does the report say?"}
    silent = draft(articles, 3, wording=lambda sentence, answer: None)
    assert all(GAP in example.question for example in silent)


@pytest.mark.parametrize("written", ["", "It sank.", "Why did 40 sink?", "Who?", "\n\n", '""'])
def test_a_wording_that_is_none_is_refused(written: str) -> None:
    assert usable(written, "The ferry Alma sank with 40 passengers.", "40") is None


def test_what_was_written_comes_back_and_is_not_overwritten(news: Path, tmp_path: Path) -> None:
    drafted = draft(articles_of([news]), 3, withheld=1)
    path = write_questions(drafted, tmp_path / "q.jsonl")
    assert load_questions(path) == tuple(drafted)
    with pytest.raises(InputError, match="already there"):
        write_questions(drafted, path)


def test_a_folder_without_a_sentence_to_ask_about_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Short. He left.", "utf-8")
    with pytest.raises(InputError, match="No sentence"):
        draft(articles_of([tmp_path]), 3)
