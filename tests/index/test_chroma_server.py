"""Passages in a Chroma server of our own, on loopback, instead of a folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.index import health
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def chroma_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("chroma", path=str(Path(sys.executable).parent)) or shutil.which(
        "chroma"
    )
    if program is None:
        pytest.skip("needs the chroma command")
    port = free_port()
    command = [program, "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()


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
