"""An index that is made from nothing, broken off, and brought up later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest

from rag.index import reading
from rag.index.catalogue import Catalogue
from rag.index.derived import reconcile
from rag.index.entry import Entry
from rag.index.lexical import LexicalIndex
from rag.index.store import Store
from rag.index.vectors import VectorIndex
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

Write = Callable[..., Path]


class BrokenOffError(Exception):
    """Stands for a kill between two batches."""


@contextmanager
def opened(settings: Settings, name: str) -> Iterator[tuple[Catalogue, VectorIndex | LexicalIndex]]:
    with ExitStack() as undo:
        catalogue = Catalogue.open(settings)
        undo.callback(catalogue.close)
        kind = VectorIndex if name == "vector" else LexicalIndex
        index = kind.open(settings)
        undo.callback(index.close)
        yield catalogue, index


@pytest.mark.parametrize("name", ["vector", "lexical"])
def test_an_index_whose_making_was_broken_off_goes_on_with_what_it_lacks(
    name: str,
    settings: Settings,
    embedder: HashingEmbedder,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = write(**{f"a{n}": f"Ferry number {n} sank off Oban on Monday." for n in range(9)})
    with Store.open(settings, embedder) as store:
        store.ingest([folder])
    monkeypatch.setattr(reading, "BATCH", 2)

    def broken_off(step: str, done: int, of: int) -> None:
        if done >= 4:
            raise BrokenOffError

    with opened(settings, name) as (catalogue, index):
        index.clear()
        with pytest.raises(BrokenOffError):
            reconcile(catalogue, {name: index}, broken_off)
        index.mark(index.marker)  # the lexical index keeps what was committed
        there = index.ids()
        gone = catalogue.passages([min(there)])[min(there)].article_id
        catalogue.remove(gone)
    assert len(there) == 4

    with opened(settings, name) as (catalogue, index):
        added: list[str] = []
        add = index.add

        def noted(entries: Sequence[Entry], vectors: np.ndarray) -> None:
            added.extend(entry.passage_id for entry in entries)
            add(entries, vectors)

        monkeypatch.setattr(index, "add", noted)
        reconcile(catalogue, {name: index})
        wanted = catalogue.passage_ids()
        assert index.ids() == wanted
        assert {*added} == wanted - there
        assert index.marker == catalogue.marker


def test_an_index_of_another_store_is_made_from_nothing(
    settings: Settings, embedder: HashingEmbedder, write: Write
) -> None:
    with Store.open(settings, embedder) as store:
        store.ingest([write(ferry="The ferry sank off Oban.", rain="Rain fell for a week.")])
    with opened(settings, "vector") as (catalogue, index):
        index.mark("another:begun-1")
        reconcile(catalogue, {"vector": index})
        assert index.ids() == catalogue.passage_ids()
        assert index.marker == catalogue.marker
