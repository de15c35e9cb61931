"""Example questions come from the articles, and one of them cannot be answered on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.articles.article import Article
from rag.articles.examples import example_questions
from rag.articles.files import read
from tests.web.scripted_newsroom import AGENCY, FERRY

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def test_the_shipped_articles_give_four_questions() -> None:
    read_all = [one for path in sorted(CORPUS.iterdir()) for one in read(path)]
    articles = [one for one in read_all if isinstance(one, Article)]

    assert example_questions(articles) == (
        "What did Hollande say?",
        "How many people have died in the counter-attack?",
        "What did Maj Gen Fadhil Barwari say?",
        "What is the population of Mosul?",
    )


def test_the_last_question_is_about_something_no_article_mentions() -> None:
    words = " Lowick has a population of 900 and its mayor is away."
    article = Article("more.txt", AGENCY.text + words, "More")

    assert example_questions([FERRY, article])[-1] == "When was Lowick founded?"


@pytest.mark.parametrize("text", ["…", "x" * 10_000, "said " * 500, "“" * 500])
def test_articles_that_suit_no_question_give_none(text: str) -> None:
    assert example_questions([Article("a", text, "A")]) == ()


def test_no_articles_give_no_questions() -> None:
    assert example_questions([]) == ()
