"""The best of what was found are read with the question, and both scores are weighed."""

from __future__ import annotations

from rag.answering.reranking import MOST_READ, read, reranked, with_context
from tests.answering.room import Room


def test_what_answers_in_other_words_comes_before_what_shares_words(room: Room) -> None:
    task = room.task("How many people travelled on the ferry that went down?")

    ranked = [one.source.text for one in task.evidence]

    assert any("passengers" in text for text in ranked[:2])
    assert {one.source.place for one in task.evidence} == {
        one.source.place for one in task.candidates
    }


def test_what_is_not_read_counts_as_the_least_of_what_is(room: Room) -> None:
    found = room.task("How many were aboard?").candidates
    many = [*found] * (MOST_READ // len(found) + 2)

    values = read("How many were aboard?", many)

    assert len(values) == len(many)
    assert set(values[MOST_READ:]) == {min(values[:MOST_READ])}
    assert reranked("How many were aboard?", []) == []


def test_a_sentence_is_read_with_its_headline_and_the_one_before(room: Room) -> None:
    sources = [one.source for one in room.task("What does the harbour master want?").candidates]
    (wants,) = [it for it in sources if it.text.startswith("She wants an inquiry")]
    (first,) = [it for it in sources if it.text.startswith("The ferry Selma sank off")]

    assert with_context(wants, sources) == (
        "She wants an inquiry into the ferry company. [SEP] Ferry Selma sinks off Ostrey. "
        "“The bow door was open when she left,” said Ruth Ellery, the harbour master."
    )
    assert with_context(first, sources).endswith("[SEP] Ferry Selma sinks off Ostrey. ")
