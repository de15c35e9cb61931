"""What is found for each part of a question, in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answer import Provenance
from rag.answering import finding
from rag.answering.finding import HITS, MAX_PARTS, Found, Inquiry, find, read_before
from rag.answering.portions import looks
from rag.answering.prompts import Asked, ahead, asking
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.retrieval.hits import Hit
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

    assert tram.asked == Asked("How many stops has the tram line of Oban?")
    assert ferry.asked == Asked("Who saved the crew of the Aurora?")
    assert tram.hits[0].article.title == "Tram for Oban"
    assert ferry.hits[0].article.title == "Ferry sinks"
    assert ferry.hits[0].cosine > retriever.search(both)[0].cosine
    assert len(ferry.hits) == HITS


def test_what_leans_on_a_part_is_asked_after_it(retriever: Retriever) -> None:
    question = "How many stops has Oban's tram, and what sank, and who saved its crew?"

    tram, ferry, crew = found(retriever, question).parts

    assert tram.asked == Asked(stops := "How many stops has Oban's tram?")
    assert ferry.asked == Asked("What sank?", stops)
    assert crew.asked == Asked("Who saved its crew?", f"{stops} What sank?")
    assert crew.about == crew.text == "who saved its crew?"
    assert "Ferry sinks" in {hit.article.title for hit in crew.hits}


def test_a_follow_up_knows_what_was_read_first_before_it(retriever: Retriever) -> None:
    first = "How many stops has Oban's tram?"
    alone = found(retriever, first)

    inquiry = Inquiry(asked := "And who voted for it?", f"{first} {asked}", PROVENANCE)
    after = find(inquiry, retriever, what_was_read=True)

    (part,) = alone.parts
    assert after.read_before == looks(part.about, part.hits)[0]
    assert {source.hit.passage.passage_id for source in after.read_before} <= {
        hit.passage.passage_id for hit in after.hits
    }
    assert after.hits[:HITS] == after.parts[0].hits
    assert find(inquiry, retriever).read_before == alone.read_before == ()


def test_what_a_follow_up_will_be_asked_of_is_known_before_it_is_asked(
    retriever: Retriever,
) -> None:
    first, asked = "How many stops has Obans tram?", "And who voted for it?"

    before, sources = read_before(first, retriever, None, None)

    after = find(Inquiry(asked, f"{first} {asked}", PROVENANCE), retriever, what_was_read=True)
    begins, follow_up = (
        ahead(before, sources),
        asking(after.parts[0].asked, sources, "", numbered=True),
    )
    assert follow_up[1].text.startswith(begins[1].text)
    assert begins[1].text.endswith(f"\n\nAsked before: {before}\n\nQuestion:")
    assert begins[0] == follow_up[0]
    assert sources == after.read_before


def test_a_follow_up_is_looked_for_with_the_talk_and_asked_after_it(
    retriever: Retriever,
) -> None:
    asked = "And where did she sink, and who came?"
    talk = f"{(before := 'What happened to the Aurora?')} {asked}"

    one, two = found(retriever, asked, talk).parts

    assert (one.text, two.text) == ("And where did she sink", "who came?")
    assert one.about == two.about == talk
    assert one.asked == Asked("And where did she sink", before)
    assert two.asked == Asked("who came?", f"{before} And where did she sink?")
    assert one.hits == two.hits == tuple(retriever.search(talk, HITS))


def test_one_question_is_asked_as_it_was_searched_for(retriever: Retriever) -> None:
    question = "How many stops has the tram of Oban?"

    given = found(retriever, question)

    (part,) = given.parts
    assert part.text == part.about == part.asked.question == question
    assert given.hits == part.hits == tuple(retriever.search(question, HITS))


def test_a_misspelt_name_is_spelt_right_in_each_part(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "HITS", 1)  # one article has not both names
    asked = "How many stops has the tram of {}, and who saved the crew of the {}?"

    given = found(retriever, asked.format("Norwald", "Aurura"))

    assert given.searched_for == given.question == asked.format("Norwold", "Aurora")
    assert [part.hits[0].article.title for part in given.parts] == [
        "Tram for Norwold",
        "Ferry sinks",
    ]


def test_what_the_whole_question_found_stands_a_little_behind_a_parts_own() -> None:
    text = "One stop. Two stops. Three stops."
    near, far, other = (
        Hit(passages_of(Article(name, text, name))[0], Article(name, text, name), score)
        for name, score in (("near", 0.9), ("far", 0.5), ("other", 0.8))
    )

    merged = finding._beside([near, far], [replace(far, score=0.6), other])

    assert [(hit.article.title, round(hit.score, 2)) for hit in merged] == [
        ("near", 0.9),
        ("other", 0.6),
        ("far", 0.5),
    ]


def test_a_passage_is_among_the_hits_once_and_too_many_parts_are_not_searched(
    retriever: Retriever,
) -> None:
    question = "Who came, and " + ", and ".join(f"who left {town}" for town in TOWNS) + "?"

    given = found(retriever, question)

    assert len(given.parts) == MAX_PARTS
    assert given.unasked[-1] == "who left Wick?"
    assert len({hit.passage.passage_id for hit in given.hits}) == len(given.hits)
