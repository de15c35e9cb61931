"""What is found for each part of a question, in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answering.answer import Provenance
from rag.answering.finding import HITS, MAX_PARTS, Found, Inquiry, find
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

TOWNS = ("Oban", "Mull", "Norwold", "Harwich", "Ellery", "Tarbert", "Largs", "Ullapool", "Wick")
PROVENANCE = Provenance(model="m", embedding_model="e", index="i", prompt_version="1", version="0")


@pytest.fixture
def retriever(tmp_path: Path) -> Iterator[Retriever]:
    folder = tmp_path / "articles"
    folder.mkdir()
    for place, town in enumerate(TOWNS):
        (folder / f"{town}.md").write_text(
            f"# Tram for {town}\n\nThe council of {town} voted for a tram of {place + 3} stops "
            f"on Monday. The line of {town} is to carry passengers from next spring.\n"
        )
    (folder / "ferry.md").write_text(
        "# Ferry sinks\n\nThe Aurora went down off the coast. Nine crew were saved by fishermen.\n"
    )
    settings = Settings.load(home=tmp_path / "home")
    with Store.open(settings, open_embedder(settings)) as store:
        store.ingest([folder])
        yield Retriever(store)


def found(retriever: Retriever, question: str, searched_for: str = "") -> Found:
    return find(Inquiry(question, searched_for or question, PROVENANCE), retriever)


def test_each_part_of_a_question_is_searched_for(retriever: Retriever) -> None:
    both = "How many stops has the tram line of Oban, and who saved the crew of the Aurora?"

    tram, ferry = found(retriever, both).parts

    assert (tram.asked, ferry.asked) == (
        "How many stops has the tram line of Oban?",
        "Who saved the crew of the Aurora?",
    )
    assert tram.hits[0].article.title == "Tram for Oban"
    assert ferry.hits[0].article.title == "Ferry sinks"
    assert ferry.hits[0].cosine > retriever.search(both)[0].cosine
    assert len(ferry.hits) == HITS


def test_what_leans_on_the_rest_is_looked_for_with_all_of_it(retriever: Retriever) -> None:
    question = "What happened to the Aurora, and who saved its crew?"

    one, two = found(retriever, question).parts

    assert two.asked == f"{question} Answer only this part: who saved its crew?"
    assert two.compared == tuple(retriever.search(question, len(two.compared)))
    assert one.hits[0].article.title == two.hits[0].article.title == "Ferry sinks"


def test_a_follow_up_of_two_parts_is_looked_for_with_the_talk(retriever: Retriever) -> None:
    asked = "And where did she sink, and who came?"
    talk = f"What happened to the Aurora? {asked}"

    given = found(retriever, asked, talk)

    assert [part.text for part in given.parts] == ["And where did she sink", "who came?"]
    assert {part.about for part in given.parts} == {talk}
    assert given.hits == given.parts[0].hits


def test_a_misspelt_name_is_spelt_right_in_each_part(retriever: Retriever) -> None:
    asked = "How many stops has the tram of {}, and who saved the crew of the {}?"

    given = found(retriever, asked.format("Norwald", "Aurura"))

    assert given.searched_for == asked.format("Norwold", "Aurora")
    assert given.question == given.searched_for
    assert [part.hits[0].article.title for part in given.parts] == [
        "Tram for Norwold",
        "Ferry sinks",
    ]


def test_a_passage_is_among_the_hits_once_and_too_many_parts_are_not_searched(
    retriever: Retriever,
) -> None:
    question = "Who came, and " + ", and ".join(f"who left {town}" for town in TOWNS) + "?"

    given = found(retriever, question)

    assert len(given.parts) == MAX_PARTS
    assert given.unasked[-1] == "who left Wick?"
    assert len({hit.passage.passage_id for hit in given.hits}) == len(given.hits)
