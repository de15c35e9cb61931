"""Memory for the graph: what it takes, what is free, and that a shortage is said before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.index import memory
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN


@pytest.mark.parametrize(
    ("free", "said"),
    [(None, False), (10**9, False), (260_000_000, False), (200_000_000, True), (0, True)],
)
def test_room_is_wanted_for_what_comes_and_a_tenth_more(free: int | None, said: bool) -> None:
    # 10,000 more of 384 numbers take 23 MB, a tenth of all 234 MB.
    assert (memory.shortage(990_000, 10_000, 384, free) is not None) is said


def test_what_is_free_is_the_least_that_machine_and_container_leave(tmp_path: Path) -> None:
    machine = tmp_path / "meminfo"
    assert memory.free_bytes(machine, tmp_path) is None
    machine.write_text("MemTotal:  9 kB\nMemAvailable:    2000 kB\n")
    assert memory.free_bytes(machine, tmp_path) == 2_048_000
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_bytes(machine, tmp_path) == 2_048_000
    (tmp_path / "memory.max").write_text("1000\n")
    assert memory.free_bytes(machine, tmp_path) == 300


def test_a_shortage_is_said_once_and_the_articles_come_in(
    settings: Settings,
    embedder: HashingEmbedder,
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("rag.index.vectors.free_bytes", lambda: 10)
    with caplog.at_level(logging.WARNING, "rag.index"), Store.open(settings, embedder) as store:
        assert not caplog.messages
        assert store.ingest([write(ferry=FERRY)]).added == 1
        assert store.ingest([write(rain=RAIN)]).added == 1
        assert store.vectors.count() == 2
    [said] = caplog.messages
    assert "0.0 GB are free" in said
    assert "GROUNDWIRE_CHROMA_URL" in said
