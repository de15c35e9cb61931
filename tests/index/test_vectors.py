from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import chromadb
import numpy as np
import pytest
from chromadb.errors import InternalError
from numpy.typing import NDArray

from rag.filters import Filters
from rag.index.entry import Entry
from rag.index.vectors import COLLECTION, VECTORS_FOLDER, VectorIndex
from rag.settings import Settings

DAY = datetime.date(2016, 10, 21)


@pytest.fixture
def index(settings: Settings) -> Iterator[VectorIndex]:
    opened = VectorIndex.open(settings)
    yield opened
    opened.close()


def entry(name: str, publisher: str | None = None, day: datetime.date | None = None) -> Entry:
    return Entry(name, "article", "text", "title", publisher, day)


def unit_vectors(count: int, dimensions: int = 32, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_scores_are_cosine_similarities_best_first(index: VectorIndex) -> None:
    vectors = unit_vectors(50)
    index.add([entry(f"p{n}") for n in range(50)], vectors)
    found = index.search(vectors[7], 10)
    expected = sorted(vectors @ vectors[7], reverse=True)[:10]
    assert found[0][0] == "p7"
    assert [score for _, score in found] == pytest.approx(expected, abs=1e-5)


def test_a_vector_is_compared_by_its_direction(index: VectorIndex) -> None:
    (vector,) = unit_vectors(1)
    index.add([entry("p")], vector[np.newaxis])
    assert index.search(3 * vector, 1) == [("p", pytest.approx(1.0, abs=1e-5))]


def test_a_graph_that_grows_much_is_written_once(settings: Settings) -> None:
    vectors = unit_vectors(4_200, 4)
    written = settings.home / VECTORS_FOLDER
    index = VectorIndex.open(settings)
    index.add([entry("p0")], vectors[:1])
    index.expect(4_199)
    for start in range(1, 4_200, 2_000):
        some = range(start, min(start + 2_000, 4_200))
        index.add([entry(f"p{n}") for n in some], vectors[some])
        assert index.search(vectors[0], 1)[0][0] == "p0"  # Chroma reads what it has not written
        graphs = [*written.rglob("index_metadata.pickle")]
        assert bool(graphs) == (some[-1] == 4_199)
    index.close()
    again = VectorIndex.open(settings)
    assert again.search(vectors[4_000], 1)[0][0] == "p4000"
    again.close()


def test_a_write_is_tried_again_while_the_database_is_locked(
    index: VectorIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen under load after a client was closed; SQLite cannot be made to say so at will."""
    upsert = index._collection.upsert
    refusals = [InternalError("Database error: (code: 5) database is locked")] * 2

    def refused_twice(**given: object) -> None:
        if refusals:
            raise refusals.pop()
        upsert(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(index._collection, "upsert", refused_twice)
    index.add([entry("p0")], unit_vectors(1, 4))
    assert index.ids() == {"p0"}


def test_searches_go_on_while_the_graph_is_opened_again(index: VectorIndex) -> None:
    (vector,) = unit_vectors(1, 4)
    index.add([entry("p0")], vector[np.newaxis])
    began, done = threading.Event(), threading.Event()

    def search() -> None:
        while not done.is_set():
            assert index.search(vector, 1)[0][0] == "p0"
            began.set()

    with ThreadPoolExecutor() as pool:
        searching = pool.submit(search)
        try:
            assert began.wait(30)
            index.expect(4_000)
            index.expect(40_000)
        finally:
            done.set()
    searching.result()


def test_more_than_one_batch_of_chroma_goes_in_and_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {"space": "cosine", "ef_construction": 10, "max_neighbors": 4}
    monkeypatch.setattr("rag.index.vectors.HNSW", quick)  # the graph's quality is not the point
    index = VectorIndex.open(settings)
    vectors = unit_vectors(6_000, 4)
    index.add([entry(f"p{n}") for n in range(6_000)], vectors)
    assert index.count() == 6_000
    assert index.ids() == {f"p{n}" for n in range(6_000)}
    kept = index.get([f"p{n}" for n in range(6_000)])
    assert np.allclose(kept["p5999"], vectors[5999], atol=1e-5)
    index.delete([f"p{n}" for n in range(5_999)])
    assert index.ids() == {"p5999"}
    index.close()


def test_a_passage_added_again_is_replaced(index: VectorIndex) -> None:
    first, second = unit_vectors(2)
    index.add([entry("p", "Daily")], first[np.newaxis])
    index.add([entry("p", "Weekly")], second[np.newaxis])
    assert index.count() == 1
    assert index.search(second, 1, Filters(publishers=("Weekly",)))[0][1] == pytest.approx(1.0)
    assert index.search(second, 1, Filters(publishers=("Daily",))) == []


def test_forgetting_what_was_never_there_is_no_error(index: VectorIndex) -> None:
    index.delete(["unknown"])
    assert index.count() == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"a", "b", "c", "d"}),
        (Filters(publishers=("Daily",)), {"a"}),
        (Filters(publishers=("Daily", "Weekly")), {"a", "b", "c"}),
        (Filters(published_from=DAY), {"a", "b"}),
        (Filters(published_to=DAY), {"a"}),
        (Filters(published_from=DAY, published_to=DAY, publishers=("Weekly",)), set()),
    ],
)
def test_filters_narrow_as_they_say(
    index: VectorIndex, filters: Filters, expected: set[str]
) -> None:
    vectors = unit_vectors(4)
    later = DAY + datetime.timedelta(days=11)
    entries = [
        entry("a", "Daily", DAY),
        entry("b", "Weekly", later),
        entry("c", "Weekly"),
        entry("d"),
    ]
    index.add(entries, vectors)
    assert {name for name, _ in index.search(vectors[0], 10, filters)} == expected


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.search(unit_vectors(1)[0], 5) == []


def test_contents_and_marker_are_there_after_closing_and_opening(settings: Settings) -> None:
    vectors = unit_vectors(20)
    first = VectorIndex.open(settings)
    assert first.marker == ""
    first.add([entry(f"p{n}") for n in range(20)], vectors)
    first.mark("store:7")
    first.close()
    again = VectorIndex.open(settings)
    assert (again.marker, again.count()) == ("store:7", 20)
    assert again.search(vectors[3], 1)[0][0] == "p3"
    again.clear()
    assert (again.marker, again.count()) == ("", 0)
    again.close()


def test_a_collection_with_other_parameters_is_made_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = VectorIndex.open(settings)
    first.add([entry("p")], unit_vectors(1))
    first.mark("store:1")
    first.close()
    monkeypatch.setattr("rag.index.vectors.HNSW", {"space": "cosine", "max_neighbors": 8})
    again = VectorIndex.open(settings)
    assert (again.marker, again.count()) == ("", 0)
    again.close()


def test_nearly_all_true_neighbours_are_found_among_thousands(index: VectorIndex) -> None:
    """Recall@10 against an exact scan, on clustered vectors as texts give them."""
    random = np.random.default_rng(1)
    centres = unit_vectors(100, 64, seed=2)
    vectors = centres[random.integers(0, 100, 4_000)] + 0.08 * random.normal(size=(4_000, 64))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    index.add([entry(f"{n}") for n in range(len(vectors))], vectors)
    questions = vectors[::100]
    exact = np.argsort(-(questions @ vectors.T), axis=1)[:, :10]
    found = [{int(name) for name, _ in index.search(q, 10)} for q in questions]
    recall = np.mean([len(f & set(e)) / 10 for f, e in zip(found, exact.tolist(), strict=True)])
    assert recall >= 0.98


def test_the_more_passages_the_wider_a_search_looks(settings: Settings) -> None:
    def look(passages: int | None) -> int:
        index = VectorIndex.open(settings, passages)
        index.add([entry("p")], unit_vectors(1))
        index.close()
        kept = chromadb.PersistentClient(str(settings.home / VECTORS_FOLDER))
        configuration = kept.get_collection(COLLECTION, embedding_function=None).configuration_json
        kept.close()
        return int(configuration["hnsw"]["ef_search"])

    assert [look(passages) for passages in (10, 200_000, None, 10)] == [800, 1600, 1600, 800]
