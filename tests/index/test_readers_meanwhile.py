"""Who searches while articles change sees each of them as it was or as it is, never a mixture."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.articles.passages import passages_of
from rag.index.store import Store
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

VERSIONS = 5
ARTICLES = 4
READERS = 3


def text_of(number: int, version: int) -> str:
    """Each version begins with more or fewer words, so that no span of another fits it."""
    said = " ".join(f"Report {number} says {version} in part {part}." for part in range(30))
    return f"{'Now ' * (version % 4)}{said}"


@pytest.mark.faults
def test_a_search_during_ingest_finds_whole_versions_only(
    settings: Settings, embedder: HashingEmbedder, write: Callable[..., Path]
) -> None:
    mixed: list[str] = []
    seen: set[int] = set()
    over = threading.Event()

    def search(store: Store) -> None:
        retriever = Retriever(store)
        while not over.is_set():
            for hit in retriever.search("report says part", 10):
                if hit.passage not in passages_of(hit.article):
                    mixed.append(f"{hit.passage.passage_id} of {hit.article.sha256[:8]}")
                seen.add(int(hit.article.text.split(" says ")[1].split()[0]))

    with Store.open(settings, embedder) as store:
        names = {f"r{number}": text_of(number, 0) for number in range(ARTICLES)}
        folder = write(**names)
        store.ingest([folder])
        readers = [threading.Thread(target=search, args=(store,)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        for version, number in itertools.product(range(1, VERSIONS), range(ARTICLES)):
            (folder / f"r{number}.md").write_text(text_of(number, version))
            assert store.ingest([folder]).updated == 1
        over.set()
        for reader in readers:
            reader.join()
        assert mixed == []
        assert len(seen) > 2
        assert store.vectors.ids() == store.lexical.ids() == store.catalogue.passage_ids()
