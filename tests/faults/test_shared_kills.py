"""A catalogue on PostgreSQL and vectors on a Chroma server: a writer is killed, a server is killed
and started again. What was acknowledged is found by words and by meaning, and nothing twice.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.index.store import Store
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from tests.faults.kills import State, Victim, found_after
from tests.faults.size import size
from tests.faults.tally import Tally
from tests.index.hashing import HashingEmbedder
from tests.index.servers import Server, chroma, postgresql

KILLS = size(6, 60)
RESTARTS = size(2, 20)
MODES = ("update", "remove", "rebuild")
ARTICLES = 60


@dataclass
class Shared:
    """The two servers, and settings of any number of processes on them."""

    folder: Path
    database: Server
    chroma: Server

    def settings(self, name: str) -> Settings:
        return Settings.load(
            home=self.folder / name, database_url=self.database.url, chroma_url=self.chroma.url
        )


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Shared]:
    with postgresql() as database, chroma(tmp_path / "chroma") as vectors:
        database.start()
        vectors.start()
        yield Shared(tmp_path, database, vectors)


@pytest.mark.faults
@pytest.mark.timeout(3_600)
def test_writers_killed_at_any_moment_leave_nothing_lost_or_doubled_in_what_is_shared(
    shared: Shared, tmp_path: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDWIRE_DATABASE_URL", shared.database.url)
    monkeypatch.setenv("GROUNDWIRE_CHROMA_URL", shared.chroma.url)
    state = State(0)
    with Victim(tmp_path) as victim:
        state = found_after(tmp_path, "update", victim.kill("update", state, acks=1))
        for n in range(KILLS - 1):
            mode = MODES[n % len(MODES)]
            acknowledged = victim.kill(mode, state, acks=n // len(MODES) % 2)
            with tally.count(f"SIGKILL during {mode}, PostgreSQL and a Chroma server"):
                state = found_after(tmp_path, mode, acknowledged)


@pytest.mark.faults
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("which", ["database", "chroma"])
def test_a_server_killed_under_a_writer_and_started_again_loses_and_doubles_nothing(
    shared: Shared, which: str, tally: Tally
) -> None:
    server: Server = getattr(shared, which)
    moments = random.Random(7)  # noqa: S311 - moments, no secret
    embedder = HashingEmbedder()
    with (
        Store.open(shared.settings("writer"), embedder) as writer,
        Store.open(shared.settings("reader"), embedder) as reader,
    ):
        retriever = Retriever(reader)
        for n in range(RESTARTS):
            folder = articles(shared.folder / f"round{n}", n)
            outcome: list[StoreError | None] = []
            thread = threading.Thread(
                target=lambda f=folder, o=outcome: o.append(trouble(writer, f))
            )
            thread.start()
            time.sleep(moments.uniform(0, 1.5))
            server.restart()
            thread.join()
            with tally.count(f"{which} killed under a writer"):
                again = [trouble(writer, folder) for _ in range(3)]
                assert again[-1] is None
                wanted = writer.catalogue.passage_ids()
                assert writer.vectors.ids() == writer.lexical.ids() == wanted
                assert writer.vectors.count() == len(wanted)
                assert writer.catalogue.counts()[0] == (n + 1) * ARTICLES
                assert writer.catalogue.damage() is None
                (hit, *_) = retriever.search(f"Pier {n} was closed by number {n}", 3)
                assert f"Pier {n} " in hit.passage.text
                assert reader.vectors.search(embedder.embed(["pier"])[0], 3)
        assert not reader.troubles


def articles(folder: Path, number: int) -> Path:
    folder.mkdir()
    for n in range(ARTICLES):
        text = f"Pier {number} was closed by number {n}. A crane of {number} fell at berth {n}."
        (folder / f"a{n}.md").write_text(f"---\ntitle: Pier {number}, {n}\n---\n{text}")
    return folder


def trouble(store: Store, folder: Path) -> StoreError | None:
    """Bring the folder in; what stopped it, which nobody has to be told twice."""
    try:
        assert not store.ingest([folder]).failed
    except StoreError as error:
        return error
    return None
