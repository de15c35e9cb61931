"""Which sentences give different values for the same thing, and which only speak of another."""

from __future__ import annotations

import datetime

import pytest

from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.check.conflicts import disagreements, is_later
from rag.retrieval.hits import Hit
from rag.retrieval.sources import Source, number_sentences

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
    reworded = forged.text.replace("saved", "rescued").replace("sank off", "went down off")
    every = sources(captain, Article("c.txt", reworded, "Ferry sinks"))
    [one] = disagreements("Who was the captain of the Aurora?", claim, main, every)
    assert (one.said, one.instead) == ("Ruth Ellery", "Tom Marsh")


def differing(question: str, claim: str, *articles: Article) -> list[tuple[str, str]]:
    """What the articles after the first put in place of the claim, which the first has."""
    every = sources(*articles)
    main = next(source for source in every if source.text == claim)
    return [(one.said, one.instead) for one in disagreements(question, claim, main, every)]


def test_a_date_is_no_other_answer_to_a_question_for_a_person() -> None:
    one = "The Aurora is a film of 1949 made by Ruth Ellery in Harwich."
    two = "The Aurora is a film of 1973 made by Ruth Ellery in Harwich."
    articles = Article("a.txt", one, "Films"), Article("b.txt", two, "Films")
    assert differing("Who made the Aurora?", one, *articles) == []
    assert differing("When was the Aurora made?", one, *articles) == [("1949", "1973")]


def test_sentences_that_differ_in_most_of_their_numbers_are_about_two_things_of_one_name() -> None:
    one = "As of 2010, Aurora had 4,180 people, 1,655 households and 970 families."
    two = "As of 2010, Aurora had 618 people, 247 households and 139 families."
    altered = one.replace("4,180", "5,000")
    question = "How many people live in Aurora?"
    first = Article("a.txt", one, "Towns")
    assert differing(question, one, first, Article("b.txt", two, "Towns")) == []
    assert differing(question, one, first, Article("c.txt", altered, "Towns")) == [
        ("4,180", "5,000")
    ]


def test_a_copy_needs_no_name_that_its_original_lacks() -> None:
    one = "Ellery was born in Havana in 1951 and moved to Leith in 1963 with her aunt."
    two = one.replace("Havana", "Tokyo")
    question = "Where was Justice Ellery of Harwich born?"
    articles = Article("a.txt", one, "A judge"), Article("b.txt", two, "A judge")
    assert differing(question, one, *articles) == [("Havana", "Tokyo")]
    own = Article("c.txt", "Ellery, a sailor, was born in Tokyo in 1951.", "A sailor")
    assert differing(question, one, articles[0], own) == []


def test_a_copy_of_another_sentence_that_gives_the_same_answer_disagrees() -> None:
    claim = "The lighthouse at Harwich was lit in 1856."
    told = "Harwich: a round tower of brick with a red lantern, its light first seen in 1856."
    articles = (
        Article("a.txt", claim, "The lighthouse at Harwich"),
        Article("b.txt", told, "The lighthouse at Harwich"),
        Article("c.txt", told.replace("1856", "1921"), "The lighthouse at Harwich"),
    )
    question = "When was the lighthouse at Harwich lit?"
    assert differing(question, claim, *articles) == [("1856", "1921")]
    assert differing(question, claim, articles[0], articles[2]) == []


def test_of_an_article_the_sentence_most_like_the_claim_speaks() -> None:
    claim = "Ruth Ellery of Harwich died on 1 January 1787 and was buried at Oban."
    notice = "The paper says Ruth Ellery of Harwich died on 18 June 1790 and lay at Oban."
    later = claim.replace("1 January 1787", "15 June 1790")
    articles = (
        Article("a.txt", claim, "Ruth Ellery"),
        Article("b.txt", f"{notice} {later}", "Ruth Ellery"),
    )
    assert differing("When did Ruth Ellery die?", claim, *articles) == [
        ("1 January 1787", "15 June 1790")
    ]


HARBOUR = (
    "The council of Harwich met on Monday in the old town hall. It called the harbour very "
    "dangerous for small ferries. The mayor and two pilots, who had called it dangerous, very "
    "dangerous in winter, spoke before the vote."
)


@pytest.mark.parametrize(
    ("second", "instead"),
    [
        # One word alone was put in another's place, as who tampers with a report does.
        (HARBOUR.replace("dangerous for", "convenient for"), ["convenient"]),
        # The same word, each time that it stands there.
        (HARBOUR.replace("dangerous", "convenient").replace("old", "new"), ["convenient"]),
        # A rewrite says the same in other words, here and in the sentences beside.
        (
            HARBOUR.replace("very dangerous for", "really risky for")
            .replace("met on Monday in", "came together on Monday at")
            .replace("spoke before the vote", "had their say first"),
            [],
        ),
    ],
)
def test_what_a_rewrite_says_in_other_words_is_no_other_value(
    second: str, instead: list[str]
) -> None:
    first = Article("a.txt", HARBOUR, "Harwich harbour")
    every = sources(first, Article("b.txt", second, "Harwich harbour"))
    main = next(source for source in every if "dangerous" in source.text)
    asked = "What did the council of Harwich call the harbour?"
    assert [one.instead for one in disagreements(asked, main.text, main, every)] == instead


def test_a_report_without_a_date_is_never_later() -> None:
    undated = Article("c.txt", FIRST.text, "Ferry")
    [dated, *_], [other_source, *_] = sources(FIRST), sources(undated)
    assert not is_later(dated, other_source)
    assert not is_later(other_source, dated)
