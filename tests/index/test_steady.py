"""Searches go on while an index is damaged, from the catalogue, and the index is made again."""

from __future__ import annotations

import datetime
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import StoreDamagedError
from rag.filters import Filters
from rag.index.exact import ExactScan
from rag.index.lexical import LEXICAL_FOLDER, LexicalIndex
from rag.index.steady import SteadyVectors
from rag.index.store import Store
from rag.index.vectors import VECTORS_FOLDER, VectorIndex
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN, article, put


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "ferry.md").write_text(
        f"---\ntitle: Ferry sinks\npublisher: Oban Daily\npublished_at: 2016-10-21\n---\n{FERRY}"
    )
    for n in range(30):
        (folder / f"rain{n}.md").write_text(f"{RAIN} Gauge {n} said {n * 7}.")
    with Store.open(settings, HashingEmbedder()) as opened:
        opened.ingest([folder])
        yield opened


def damaged(*_: object, **__: object) -> None:
    raise StoreDamagedError("The index failed", fix="Run groundwire doctor --rebuild.")


def test_an_exact_scan_finds_what_chroma_finds(store: Store) -> None:
    scan = ExactScan(store.catalogue)
    for question in ("ferry captain praised", "rivers rose", "gauge 7"):
        (vector,) = store.embedder.embed([question])
        exact, approximate = scan.search(3 * vector, 5), store.vectors.search(vector, 5)
        assert [score for _, score in exact] == pytest.approx(
            [score for _, score in approximate], abs=1e-4
        )
    assert scan.search(vector, 0) == []
    filters = Filters(publishers=("Oban Daily",), published_to=datetime.date(2016, 12, 1))
    found = {passage_id for passage_id, _ in scan.search(vector, 50, filters)}
    assert found == {passage_id for passage_id, _ in store.vectors.search(vector, 50, filters)}
    assert found
    kept, expected = scan.get(sorted(found)), store.vectors.get(sorted(found))
    assert all(np.allclose(kept[name], expected[name], atol=1e-4) for name in found)


@pytest.mark.parametrize("compared_at_most", [0, 10, 1_000])
def test_a_filter_finds_the_same_however_few_or_many_pass_it(
    store: Store, compared_at_most: int
) -> None:
    vectors = SteadyVectors(
        store.vectors._index, store.catalogue, compared_at_most=compared_at_most
    )
    scan = ExactScan(store.catalogue)
    (vector,) = store.embedder.embed(["gauge rivers rose ferry"])
    for filters in (
        Filters(publishers=("Oban Daily",)),
        Filters(publishers=("Oban Daily", "none")),
        Filters(published_from=datetime.date(2016, 10, 21)),
        Filters(publishers=("none",)),
    ):
        expected = scan.search(vector, 5, filters)
        found = vectors.search(vector, 5, filters)
        assert [one for one, _ in found] == [one for one, _ in expected]
        assert [score for _, score in found] == pytest.approx([s for _, s in expected], abs=1e-4)


def test_what_is_kept_of_a_filter_follows_every_change(store: Store, tmp_path: Path) -> None:
    (vector,) = store.embedder.embed(["ferry captain praised"])
    daily = Filters(publishers=("Oban Daily",))
    before = store.vectors.search(vector, 50, daily)
    assert store.vectors.search(vector, 50, daily) == before
    late = tmp_path / "late.md"
    late.write_text("---\npublisher: Oban Daily\n---\nA late ferry reached Mull at dawn.")
    store.ingest([late])
    assert len(store.vectors.search(vector, 50, daily)) == len(before) + 1
    assert store.vectors.search(vector, 50, Filters(publishers=("none",))) == []


def test_who_goes_back_and_forth_between_filters_reads_each_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    whole = store.catalogue.vectors_matching
    monkeypatch.setattr(
        store.catalogue, "vectors_matching", lambda filters: read.append(filters) or whole(filters)
    )
    (vector,) = store.embedder.embed(["ferry captain praised"])
    daily, since = (
        Filters(publishers=("Oban Daily",)),
        Filters(published_from=datetime.date(2016, 10, 21)),
    )
    for filters in (daily, since, daily, Filters(published_from=datetime.date(2016, 10, 21))):
        assert store.vectors.search(vector, 5, filters)
    assert read == [daily, since]


def test_an_exact_scan_has_what_came_in_after_it_had_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vector,) = store.embedder.embed(["ferry captain praised"])
    expected = ExactScan(store.catalogue).search(vector, 50)
    assert len(expected) > 1
    for counted in (0, 1, 10_000):
        monkeypatch.setattr(store.catalogue, "counts", lambda counted=counted: (1, counted))
        assert ExactScan(store.catalogue).search(vector, 50) == expected


def test_an_exact_scan_sees_every_change_at_once(settings: Settings) -> None:
    with Store.open(settings, HashingEmbedder()) as store:
        scan = ExactScan(store.catalogue)
        (vector,) = store.embedder.embed([FERRY])
        assert scan.search(vector, 3) == []
        put(store.catalogue, article("ferry.md"))
        assert len(scan.search(vector, 3)) == len(store.catalogue.passage_ids())
        store.catalogue.remove(article("ferry.md").article_id)
        assert scan.search(vector, 3) == []


def test_chroma_failing_in_mid_service_is_answered_around_and_made_again(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    retriever = Retriever(store)
    before = [hit.passage.passage_id for hit in retriever.search("How many were on the ferry?", 5)]
    with monkeypatch.context() as patch:
        for name in ("query", "get"):
            patch.setattr(f"chromadb.api.models.Collection.Collection.{name}", damaged)
        after = [
            hit.passage.passage_id for hit in retriever.search("How many were on the ferry?", 5)
        ]
        assert after == before
        assert [trouble.code for trouble in store.troubles] == ["store_damaged"]
        (tmp_path / "late.md").write_text("A late ferry reached Mull at dawn.")
        assert store.ingest([tmp_path / "late.md"]).added == 1
        (first, *_) = retriever.search("late ferry Mull dawn", 3)
        assert first.article.title == "late" or "Mull" in first.passage.text
    store.close()
    with Store.open(settings, HashingEmbedder()) as again:
        assert not again.troubles
        assert again.vectors.ids() == again.catalogue.passage_ids()


def test_without_the_lexical_index_meaning_alone_answers(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(LexicalIndex, "search", damaged)
        (hit, *_) = Retriever(store).search("ferry Oban Monday captain praised", 3)
        assert "ferry" in hit.article.text
        assert store.troubles
    store.close()
    with Store.open(settings, HashingEmbedder()) as again:
        assert not again.troubles
        assert again.lexical.ids() == again.catalogue.passage_ids()


def test_an_index_given_up_under_a_search_of_another_thread_is_answered_around(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both searches fail in it, the one that comes second finds it gone."""
    together = threading.Barrier(2, timeout=60)
    found: list[int] = []

    def fails(*_: object, **__: object) -> None:
        together.wait()
        damaged()

    def searches() -> None:
        found.append(len(store.lexical.search("ferry", 3)) + len(store.vectors.search(vector, 3)))

    (vector,) = store.embedder.embed([FERRY])
    for kind in (VectorIndex, LexicalIndex):
        monkeypatch.setattr(kind, "search", fails)
    threads = [threading.Thread(target=searches) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3, 3]
    assert len(store.troubles) == 2


@pytest.mark.parametrize("kind", [VectorIndex, LexicalIndex])
def test_a_store_opens_also_while_an_index_cannot_even_be_made_again(
    store: Store, settings: Settings, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    for folder in (VECTORS_FOLDER, LEXICAL_FOLDER):
        shutil.rmtree(settings.home / folder)
    monkeypatch.setattr(kind, "open", damaged)
    with Store.open(settings, HashingEmbedder()) as opened:
        assert len(opened.troubles) == 1
        (hit, *_) = Retriever(opened).search("ferry captain praised", 3)
        assert "ferry" in hit.article.text


def test_a_panic_inside_a_library_is_damage_and_not_the_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noise in a file of the lexical index makes tantivy panic, which is no Exception."""
    with Store.open(settings, HashingEmbedder()) as store:
        put(store.catalogue, article("ferry.md"))
    folder = settings.home / LEXICAL_FOLDER
    (folder / "groundwire-seal.json").unlink()
    for path in folder.glob("*.store"):
        path.write_bytes(os.urandom(path.stat().st_size))
    with Store.open(settings, HashingEmbedder()) as store:
        assert store.lexical.ids() == store.catalogue.passage_ids()
