"""Passages in a Chroma server of our own, on loopback, instead of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import chromadb
import numpy as np
import pytest
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection

from rag.errors import StoreError
from rag.index import health
from rag.index.entry import Entry
from rag.index.store import Store
from rag.index.vectors import COLLECTION, VectorIndex
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN
from tests.index.servers import chroma_server, free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("chroma") / "server") as url:
        yield url


@pytest.fixture
def chroma_url(server: str) -> Iterator[str]:
    """The server, without what the test before left there."""
    yield server
    _client(server).delete_collection(COLLECTION)


def test_a_store_works_on_a_server_as_on_a_folder(
    chroma_url: str, settings: Settings, embedder: HashingEmbedder, write: Callable[..., Path]
) -> None:
    remote = Settings.load(home=settings.home, chroma_url=chroma_url)
    with Store.open(remote, embedder) as store:
        store.ingest([write(ferry=FERRY, rain=RAIN)])
    with Store.open(remote, embedder) as store:
        ((passage_id, cosine), *_) = store.vectors.search(embedder.embed([FERRY])[0], 2)
        assert "ferry" in store.catalogue.passages([passage_id])[passage_id].text
        assert cosine > 0.99
        store.vectors.delete([passage_id])
    with Store.open(remote, embedder) as store:
        assert store.vectors.ids() == store.catalogue.passage_ids()
    assert health.rebuild(remote, HashingEmbedder("other", 16)) == 2


def test_the_more_passages_the_wider_a_server_is_told_to_look(
    chroma_url: str, settings: Settings
) -> None:
    remote = Settings.load(home=settings.home, chroma_url=chroma_url)
    looks = []
    for passages in (1, 200_000, None):
        with closing(VectorIndex.open(remote, passages)) as index:
            _add(index, f"for {passages}")
            kept = _collection(chroma_url)
            looks.append((kept.configuration_json["hnsw"]["ef_search"], kept.count()))
    assert looks == [(800, 1), (1600, 2), (1600, 3)]


def test_a_server_that_keeps_clusters_keeps_its_collection(
    chroma_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = Settings.load(home=settings.home, chroma_url=chroma_url)
    with closing(VectorIndex.open(remote, 1)) as index:
        _add(index, "p")
    # What Chroma's distributed form says of a collection; the server that comes with it does not.
    monkeypatch.setattr(Collection, "configuration_json", {"hnsw": None, "spann": {}})
    with closing(VectorIndex.open(remote, 200_000)) as index:
        assert index.ids() == {"p"}


def _add(index: VectorIndex, name: str) -> None:
    index.add([Entry(name, "article", "text", "title", None, None)], np.ones((1, 8), np.float32))


def _collection(url: str) -> Collection:
    return _client(url).get_collection(COLLECTION, embedding_function=None)


def _client(url: str) -> ClientAPI:
    return chromadb.HttpClient(port=int(url.rpartition(":")[2]))


def test_a_server_that_does_not_answer_is_said(settings: Settings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreError, match=r"does not answer.*GROUNDWIRE_CHROMA_URL"):
        Store.open(Settings.load(home=settings.home, chroma_url=url), HashingEmbedder())
