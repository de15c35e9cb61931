"""Questions about the collection are answered from the catalogue, exactly and without a model."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from rag.filters import Filters
from tests.answering.room import GAZETTE, POST, Room, is_exact, opened

NAMED = (
    "4 articles. “Museum of clocks opens again”; “Passengers of ferry Selma saved” (Varn Gazette, "
    "2024-03-07); “Ferry Selma sinks off Ostrey” (Harbour Post, 2024-03-06); “Varnholt votes for "
    "a tram line” (Varn Gazette, 2024-05-14)."
)

PUBLISHERS = "Varn Gazette (2); Harbour Post (1). 1 article names none."


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("How many articles are there?", NAMED),
        (
            "What is the newest article?",
            "The newest dated article is “Varnholt votes for a tram line” (Varn Gazette, "
            "2024-05-14). 1 of 4 has no date.",
        ),
        (
            "What is the oldest article?",
            "The oldest dated article is “Ferry Selma sinks off Ostrey” (Harbour Post, "
            "2024-03-06). 1 of 4 has no date.",
        ),
        (
            "Which newspapers are the articles from?",
            "Varn Gazette (2); Harbour Post (1). 1 article names none.",
        ),
        (
            "How many newspapers are there?",
            "Varn Gazette (2); Harbour Post (1). 1 article names none.",
        ),
        ("What dates do the articles cover?", "From 2024-03-06 to 2024-05-14, 4 articles."),
    ],
)
def test_the_catalogue_answers_exactly(room: Room, question: str, lead: str) -> None:
    answer = room.ask(question)
    assert (answer.kind, answer.lead, answer.claims) == ("about_corpus", lead, ())
    assert answer.provenance.model == "none"


@pytest.mark.parametrize("question", ["What are the articles about?", "List the articles"])
def test_what_they_are_about_is_a_main_sentence_of_each_under_its_title(
    room: Room, question: str
) -> None:
    assert room.lead(question) == NAMED
    shows = room.shows(question)
    titles = [it.title for it in room.store.catalogue.articles()]
    assert [show.group for show in shows] == titles
    assert all(is_exact(show) for show in shows)
    assert all(show.sources[0].article.title == show.group for show in shows)


@pytest.mark.parametrize(
    ("filters", "lead"),
    [
        (Filters(publishers=(POST,)), "1 article. “Ferry Selma sinks off Ostrey” (Harbour Post,"),
        (Filters(publishers=(GAZETTE,)), "2 articles. "),
        (Filters(published_from=datetime.date(2024, 5, 1)), "1 article. “Varnholt votes"),
        (Filters(publishers=("Nobody’s News",)), "The filters let no article through"),
    ],
)
def test_only_what_the_filters_let_through_is_counted(
    room: Room, filters: Filters, lead: str
) -> None:
    assert room.lead("How many articles are there?", filters=filters).startswith(lead)


def test_what_no_article_says_is_said_of_all_of_them(tmp_path: Path) -> None:
    bare = {"a.md": "A heron stood in the pond.", "b.md": "The bakery of Kellmouth closed."}
    undated = "None of the 2 articles says when it was published."
    with opened(tmp_path, bare) as made:
        assert made.lead("What is the latest article?") == undated
        assert made.lead("What dates do the articles cover?") == undated
        named = made.lead("Which papers are the articles from?")
    assert named == "None of the 2 articles names its publisher."


def test_of_very_many_articles_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    many = {f"{n:02}.md": f"Heron number {n} stood in pond number {n}." for n in range(23)}
    with opened(tmp_path, many) as made:
        lead = made.lead("How many articles are there?")
    assert lead.startswith("23 articles. ")
    assert lead.endswith("; and 3 more.")
