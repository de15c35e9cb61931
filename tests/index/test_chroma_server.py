"""Passages in a Chroma server of our own, on loopback, instead of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.index import health
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN
from tests.index.servers import chroma_server, free_port


@pytest.fixture
def chroma_url(tmp_path: Path) -> Iterator[str]:
    with chroma_server(tmp_path / "server") as url:
        yield url


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


def test_a_server_that_does_not_answer_is_said(settings: Settings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreError, match=r"does not answer.*GROUNDWIRE_CHROMA_URL"):
        Store.open(Settings.load(home=settings.home, chroma_url=url), HashingEmbedder())
