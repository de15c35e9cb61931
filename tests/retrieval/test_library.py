"""What an answer is made from: sentences without boilerplate, and their vectors, kept in bounds."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.filters import Filters
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.newsroom import Newsroom
from rag.retrieval.library import Library, SentenceVectors, sentences_of
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint
from tests.index.hashing import HashingEmbedder

HARBOUR = """---
title: Harbour of Lowick reopens
publisher: Lowick Mail
published_at: 2023-06-02
---
The harbour of Lowick reopened on Friday after the storm.

Advertisement

Nine boats sailed before noon. Sign up to our newsletter.

Photograph: Ina Falk/Lowick Mail

The harbour master, Per Dahl, said the wall had held.
"""
LIBRARY = "# Tools to lend\n\nThe library of Farne lends tools from June. Members pay nothing."
FURNITURE = ("# Tools", "Advertisement", "newsletter", "Photograph:")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("library")
    articles = folder / "articles"
    articles.mkdir()
    (articles / "harbour.md").write_text(HARBOUR)
    (articles / "library.md").write_text(LIBRARY)
    with Store.open(Settings.load(home=folder / "home"), HashingEmbedder()) as opened:
        assert opened.ingest([articles]).added == 2
        yield opened


def library(store: Store, filters: Filters | None = None) -> Library:
    return Library(Retriever(store), store, SentenceVectors(store), filters)


def test_boilerplate_is_never_among_the_sentences(store: Store) -> None:
    reading = library(store)
    whole = reading.whole(reading.article_ids(100))
    found = [it.text for sentences in whole.values() for it in sentences]
    found += [it.text for it in sentences_of(reading.search("newsletter advertisement photo", 9))]

    assert any("Nine boats" in text for text in found)
    assert [text for text in found if any(words in text for words in FURNITURE)] == []


def test_a_whole_article_is_its_sentences_in_order_each_an_exact_span(store: Store) -> None:
    reading = library(store)
    for article_id, sentences in reading.whole(reading.article_ids(100)).items():
        assert [it.article.article_id for it in sentences] == [article_id] * len(sentences)
        assert list(sentences) == sorted(sentences, key=lambda it: it.span.start)
        assert len({it.place for it in sentences}) == len(sentences)
        assert all(it.article.text[it.span.start : it.span.end] == it.text for it in sentences)


def test_an_article_that_there_is_not_is_left_out(store: Store) -> None:
    assert library(store).whole(["no-such-article"]) == {}


def test_a_sentence_of_two_hits_is_there_once(store: Store) -> None:
    hits = library(store).search("harbour of Lowick", 5)
    once, twice = sentences_of(hits), sentences_of([*hits, *hits])
    assert [it.place for it in once] == [it.place for it in twice]
    assert [it.number for it in twice] == list(range(1, len(twice) + 1))


def test_only_what_the_filters_let_through_may_be_looked_at(store: Store) -> None:
    filters = Filters(published_from=datetime.date(2023, 1, 1))
    reading = library(store, filters)
    (only,) = reading.article_ids(100)
    assert "Lowick" in reading.whole([only])[only][0].text
    assert {hit.article.article_id for hit in reading.search("library of Farne", 9)} == {only}
    assert (reading.article_count(), library(store).article_count()) == (1, 2)
    both = library(store).article_ids(100)
    assert len(both) == 2
    assert library(store).article_ids(1) == both[:1]


def test_of_what_was_embedded_only_the_last_is_kept(store: Store) -> None:
    kept = SentenceVectors(store, most=3)
    kept.of(["a", "b", "c"])
    kept.of(["a"])  # used again, so "b" is the oldest
    kept.of(["d"])
    before = embedded(store)
    assert kept.of(["a", "c", "d"]).shape == (3, 64)
    assert embedded(store) == before
    kept.of(["b"])
    assert embedded(store) == before + 1


def embedded(store: Store) -> int:
    assert isinstance(store.embedder, HashingEmbedder)
    return store.embedder.texts_embedded


def test_more_texts_than_are_kept_have_each_their_vector(store: Store) -> None:
    texts = ["one boat", "two boats", "one boat", "three nets", "four"]
    found = SentenceVectors(store, most=2).of(texts)
    assert np.array_equal(found, store.embedder.embed(texts))
    assert SentenceVectors(store).of([]).shape == (0, 64)


class Interrupted(HashingEmbedder):
    """While one thread waits for vectors another one fills what is kept with others."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: SentenceVectors | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.kept is not None:
            kept, self.kept = self.kept, None
            kept.of(["others", "and others", "and more"])
        return super().embed(texts)


def test_what_another_thread_pushes_out_meanwhile_is_not_lost(tmp_path: Path) -> None:
    embedder = Interrupted()
    with Store.open(Settings.load(home=tmp_path), embedder) as store:
        kept = SentenceVectors(store, most=2)
        kept.of(["a"])
        embedder.kept = kept
        found = kept.of(["a", "b"])
    assert np.array_equal(found, HashingEmbedder().embed(["a", "b"]))


def by(endpoint: FakeEndpoint) -> dict[str, object]:
    return {
        "openai_base_url": endpoint.base_url,
        "openai_api_key": "k",
        "embedding_model": "embedder",
        "timeout_s": 5,
    }


def test_vectors_are_zero_while_an_endpoint_fails_which_is_left_alone_for_a_while(
    tmp_path: Path,
) -> None:
    with FakeEndpoint() as endpoint:
        settings = Settings.load(home=tmp_path, **by(endpoint))
        with Store.open(settings, open_embedder(settings)) as store:
            kept = SentenceVectors(store, rest_s=0.2)
            assert np.allclose(np.linalg.norm(kept.of(["nets"]), axis=1), 1.0)
            for _ in range(3):  # the client asks this often
                endpoint.enqueue(on="embeddings", status=500)
            failed = kept.of(["nets", "boats"])
            asked = len(endpoint.requests)
            assert not kept.of(["boats"]).any()
            assert len(endpoint.requests) == asked
            time.sleep(0.25)
            again = kept.of(["nets", "boats"])
    assert failed.shape == again.shape == (2, 16)
    assert not failed.any()
    assert np.allclose(np.linalg.norm(again, axis=1), 1.0)


def test_a_newsroom_that_opens_beside_a_dead_embedding_server_still_answers(tmp_path: Path) -> None:
    (tmp_path / "harbour.md").write_text(HARBOUR)
    with FakeEndpoint() as endpoint:
        given = by(endpoint)
        with Newsroom.open(tmp_path / "home", **given) as newsroom:
            newsroom.ingest([tmp_path / "harbour.md"])
    with Newsroom.open(tmp_path / "home", **given) as newsroom:
        answer = newsroom.ask("Summarise the article on the harbour of Lowick")
    assert answer.status == "answered"
    assert answer.provenance.embedding_model == "none (words alone)"


def test_a_heading_is_never_among_the_sentences_and_a_row_has_its_headings(
    tmp_path: Path,
) -> None:
    text = (
        "Count at Esk\n\nWho came\n\nThe count at Esk took three days. It rained.\n\n"
        "| Bird | Seen |\n|---|---|\n| Curlew | 41 |\n| Dunlin | 7 |\n"
    )
    (tmp_path / "count.md").write_text(text)
    with Store.open(Settings.load(home=tmp_path / "home"), HashingEmbedder()) as store:
        store.ingest([tmp_path / "count.md"])
        reading = library(store)
        (sentences,) = reading.whole(reading.article_ids(100)).values()
    assert [it.text for it in sentences] == [
        *("The count at Esk took three days.", "It rained."),
        *("Bird: Curlew | Seen: 41", "Bird: Dunlin | Seen: 7"),
    ]
