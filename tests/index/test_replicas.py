"""Several processes on one catalogue: PostgreSQL and a Chroma server, both started here, or a file
that they share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.filters import Filters
from rag.index.health import rebuild
from rag.index.store import Store
from rag.retrieval.hits import Hit
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.text.guide import guide_of
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN
from tests.index.servers import chroma, chroma_server, postgresql_server


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[tuple[Settings, Settings]]:
    with (
        postgresql_server() as database_url,
        chroma_server(tmp_path / "chroma") as chroma_url,
    ):
        one, other = (
            Settings.load(home=tmp_path / name, database_url=database_url, chroma_url=chroma_url)
            for name in ("one", "other")
        )
        yield one, other


@pytest.mark.slow
def test_what_one_replica_takes_in_changes_or_removes_every_replica_sees(
    replicas: tuple[Settings, Settings], embedder: HashingEmbedder, write: Callable[..., Path]
) -> None:
    with Store.open(replicas[0], embedder) as one, Store.open(replicas[1], embedder) as other:
        asked = Retriever(other)
        assert asked.search("ferry") == []
        one.ingest([folder := write(ferry=f"---\npublisher: Oban Daily\n---\n{FERRY}")])
        (hit,) = asked.search("ferry")
        assert "ferry" in hit.passage.text
        assert hit.article.publisher == "Oban Daily"
        assert other.lexical.search("captain", 5)
        assert other.catalogue.guided(hit.article.article_id) == (
            hit.article,
            guide_of(hit.article),
        )
        other.ingest([write_again(folder, "rain", RAIN)])
        assert names(Retriever(one).search("rain ferry")) == {"ferry", "rain"}
        assert one.catalogue.publishers() == ("Oban Daily",)
        assert asked.search("ferry", filters=Filters(publishers=("Oban Daily",)))
        assert one.remove(hit.article.article_id)
        assert other.catalogue.guide(hit.article.article_id) is None
        assert names(asked.search("ferry")) == {"rain"}
        assert not other.lexical.search("captain", 5)
        assert one.catalogue.damage() is None
    with Store.open(replicas[0], embedder) as again:
        assert again.vectors.ids() == again.lexical.ids() == again.catalogue.passage_ids()


@pytest.mark.slow
def test_writers_at_once_lose_and_double_nothing(
    replicas: tuple[Settings, Settings], embedder: HashingEmbedder, tmp_path: Path
) -> None:
    def bring_in(which: int) -> None:
        folder = tmp_path / f"in{which}"
        folder.mkdir()
        with Store.open(replicas[which], embedder) as store:
            for part in range(3):
                for n in range(20):
                    text = f"Berth {which}-{part}-{n} was dredged. A buoy was laid at mark {n}."
                    (folder / f"{part}-{n}.md").write_text(text)
                assert store.ingest([folder]).added == 20
            # One of its own: of all articles both may choose the same.
            own = [it for it in store.catalogue.articles() if f"/in{which}/" in it.source]
            store.remove(own[0].article_id)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(bring_in, which) for which in range(2)]:
            done.result()
    with Store.open(replicas[0], embedder) as store:
        wanted = store.catalogue.passage_ids()
        assert store.catalogue.counts()[0] == len(wanted) == 118
        assert store.vectors.ids() == store.lexical.ids() == wanted
        assert store.vectors.count() == len(wanted)
        assert store.catalogue.damage() is None


@pytest.mark.slow
def test_an_index_made_again_by_one_process_is_found_by_the_others(
    replicas: tuple[Settings, Settings], embedder: HashingEmbedder, write: Callable[..., Path]
) -> None:
    with Store.open(replicas[1], embedder) as other:
        folder = write(ferry=FERRY)
        other.ingest([folder])
        assert rebuild(replicas[0], embedder) == 1
        assert names(Retriever(other).search("ferry captain")) == {"ferry"}
        assert other.vectors.search(embedder.embed([FERRY])[0], 1)
        other.ingest([write_again(folder, "rain", RAIN)])
        assert other.vectors.ids() == other.catalogue.passage_ids()
        assert not other.troubles


@pytest.mark.slow
def test_a_chroma_server_that_was_away_is_asked_again(
    tmp_path: Path, embedder: HashingEmbedder, write: Callable[..., Path]
) -> None:
    with chroma(tmp_path / "chroma") as server:
        server.start()
        settings = Settings.load(home=tmp_path / "one", chroma_url=server.url)
        with Store.open(settings, embedder) as store:
            folder = write(ferry=FERRY)
            store.ingest([folder])
            server.kill()
            assert names(Retriever(store).search("ferry captain")) == {"ferry"}
            assert [trouble.code for trouble in store.troubles] == ["store"]
            with pytest.raises(StoreError, match="does not answer"):
                store.ingest([write_again(folder, "rain", RAIN)])
            server.start()
            store.ingest([folder])
            assert names(Retriever(store).search("ferry rain")) == {"ferry", "rain"}
            assert store.vectors.ids() == store.catalogue.passage_ids()
            assert not store.troubles


def test_a_replica_with_vectors_of_its_own_takes_over_both_indexes(
    tmp_path: Path, embedder: HashingEmbedder, write: Callable[..., Path]
) -> None:
    shared = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    one, other = (Settings.load(home=tmp_path / n, database_url=shared) for n in ("one", "other"))
    with Store.open(one, embedder) as first, Store.open(other, embedder) as second:
        first.ingest([write(ferry=FERRY, rain=RAIN)])
        asked = Retriever(second)
        assert names(asked.search("ferry")) == {"ferry", "rain"}
        assert second.vectors.ids() == second.lexical.ids() == first.catalogue.passage_ids()
        (ferry, *_) = asked.search("ferry captain")
        first.remove(ferry.article.article_id)
        assert names(asked.search("ferry")) == {"rain"}
        assert second.vectors.ids() == second.lexical.ids() == first.catalogue.passage_ids()


def names(hits: Sequence[Hit]) -> set[str]:
    return {Path(hit.article.source).stem for hit in hits}


def write_again(folder: Path, name: str, text: str) -> Path:
    (folder / f"{name}.md").write_text(text)
    return folder
