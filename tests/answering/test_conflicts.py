"""Which sentences give different values for the same thing, and which only speak of another."""

from __future__ import annotations

import datetime

import pytest

from rag.answering.conflicts import disagreements, is_later
from rag.answering.sources import Source, number_sentences
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.retrieval.hits import Hit

QUESTION = "How many people died when the ferry Aurora sank off Harwich?"
FIRST = Article(
    "first.txt",
    "The ferry Aurora sank off Harwich on Tuesday with 212 people on board. "
    "Nine people died when the ferry sank, the coastguard said. The search goes on.",
    "Ferry Aurora sinks off Harwich",
    published_at=datetime.date(2024, 3, 5),
)


def sources(*articles: Article) -> tuple[Source, ...]:
    hits = [Hit(p, article, 1.0) for article in articles for p in passages_of(article)]
    return number_sentences(hits, max_chars=100_000)


def other(text: str, title: str = "Ferry Aurora sinks off Harwich") -> Article:
    return Article("other.txt", text, title, published_at=datetime.date(2024, 3, 6))


def found(second: Article, claim: str = "Nine people died when the ferry sank.") -> list[str]:
    every = sources(FIRST, second)
    main = next(source for source in every if "Nine people" in source.text)
    return [one.instead for one in disagreements(QUESTION, claim, main, every)]


def test_an_update_with_another_number_disagrees() -> None:
    update = other(FIRST.text.replace("Nine people died", "Eleven people died"))
    assert found(update) == ["Eleven"]


def test_another_report_that_counts_the_same_people_disagrees() -> None:
    assert found(
        other("Officials in Harwich said 14 people died when the Aurora, a ferry, sank.")
    ) == ["14"]


@pytest.mark.parametrize(
    "text",
    [
        "Nine people died when the ferry Aurora sank off Harwich.",  # the same
        "At least eight people died when the ferry Aurora sank off Harwich.",  # both may be true
        "About ten people died when the ferry Aurora sank off Harwich.",  # roughly the same
        "The ferry Aurora carried 40 cars when it sank off Harwich.",  # another thing
        "Thirty people died when the ferry Borealis sank off Dover.",  # another ferry
    ],
)
def test_what_is_the_same_or_about_something_else_does_not_disagree(text: str) -> None:
    assert found(other(text, "News of the day")) == []


def test_a_copy_that_puts_another_name_in_place_of_the_answer_disagrees() -> None:
    captain = Article(
        "a.txt",
        "The ferry Aurora sank off Harwich. Ruth Ellery was the captain of the Aurora that night. "
        "She was saved by a fishing boat.",
        "Ferry sinks",
    )
    forged = Article("b.txt", captain.text.replace("Ruth Ellery", "Tom Marsh"), "Ferry sinks")
    every = sources(captain, forged)
    main = next(source for source in every if "Ruth" in source.text)
    claim = "Ruth Ellery was the captain of the Aurora."
    [one] = disagreements("Who was the captain of the Aurora?", claim, main, every)
    assert (one.said, one.instead) == ("Ruth Ellery", "Tom Marsh")


def test_a_report_without_a_date_is_never_later() -> None:
    undated = Article("c.txt", FIRST.text, "Ferry")
    [dated, *_], [other_source, *_] = sources(FIRST), sources(undated)
    assert not is_later(dated, other_source)
    assert not is_later(other_source, dated)
