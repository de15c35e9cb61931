"""A real embedding server that is cut off: searches go on by words, say so, and come back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rag.newsroom import Newsroom
from rag.retrieval.meaning import Meaning
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.web.opening import open_desk
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.web.conftest import Served, serve, wait_until

__all__ = ["serve"]
QUESTION = "How many crew did the ferry Aurora carry?"
ARTICLES = {
    "ferry.md": "The ferry Aurora sank off Harwich. The Aurora carried nine crew.",
    "tram.md": "The council voted for a tram line by 31 to 12 on Monday.",
}
RETRIES = 3  # the client asks this often before it gives up


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(reply=model) as running:
        yield running


def model(body: dict[str, Any]) -> Reply:
    if body.get("logprobs"):
        return Reply(yes=0.99)
    return Reply(text="The Aurora carried nine crew.")


def by(endpoint: FakeEndpoint) -> dict[str, Any]:
    return {
        "openai_base_url": endpoint.base_url,
        "openai_api_key": "k",
        "embedding_model": "embedder",
        "timeout_s": 5,
    }


def embeddings(endpoint: FakeEndpoint) -> int:
    return sum(request.path.endswith("/embeddings") for request in endpoint.requests)


def test_with_the_embedding_server_gone_words_alone_find_and_the_log_says_so(
    corpus: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = tmp_path / "home"
    with FakeEndpoint() as endpoint:
        given = by(endpoint)
        with Newsroom.open(home, **given) as newsroom:
            newsroom.ingest([corpus])
            before = newsroom.search(QUESTION)
            assert newsroom.troubles == ()
    with Newsroom.open(home, **given) as newsroom, caplog.at_level(logging.WARNING):
        first, *_ = newsroom.search(QUESTION)
        assert first.passage == before[0].passage
        assert first.cosine == 0.0
        assert newsroom.search("council tram")[0].article.source.endswith("tram.md")
        assert [trouble.code for trouble in newsroom.troubles] == ["endpoint_unreachable"]
        assert newsroom.search("zeppelin") == []
    said = [r.getMessage() for r in caplog.records if r.name == "rag.retrieval.meaning"]
    assert len(said) == 1
    assert said[0].endswith("searching by words alone")


def test_a_server_that_fails_is_left_alone_for_a_while_and_then_asked_again(
    corpus: Path, tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    with Newsroom.open(tmp_path / "home", **by(endpoint)) as newsroom:
        newsroom.ingest([corpus])
        retriever = Retriever(
            newsroom._store, Meaning(newsroom._store.embedder, wait_s=5, rest_s=0.5)
        )
        for _ in range(RETRIES):
            endpoint.enqueue(on="embeddings", status=503)
        assert retriever.search(QUESTION, 1)[0].cosine == 0.0
        asked = embeddings(endpoint)
        assert not retriever.searches_by_meaning("another question")
        assert embeddings(endpoint) == asked
        assert retriever.troubles
        time.sleep(0.6)
        assert retriever.search(QUESTION, 1)[0].cosine > 0.5
        assert retriever.troubles == ()


def test_a_server_that_never_answers_costs_a_search_no_more_than_its_wait(
    corpus: Path, tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    with Newsroom.open(tmp_path / "home", **by(endpoint)) as newsroom:
        newsroom.ingest([corpus])
        retriever = Retriever(
            newsroom._store, Meaning(newsroom._store.embedder, wait_s=0.5, rest_s=60)
        )
        endpoint.enqueue(on="embeddings", delay_s=30)
        begun = time.monotonic()
        assert "nine crew" in retriever.search(QUESTION, 1)[0].passage.text
        assert retriever.search("tram line", 1)
        assert time.monotonic() - begun < 4


def test_an_answer_made_by_words_alone_says_so_and_is_not_told_again_later(
    corpus: Path, tmp_path: Path, endpoint: FakeEndpoint
) -> None:
    with Newsroom.open(tmp_path / "home", **by(endpoint)) as newsroom:
        newsroom.ingest([corpus])
        for _ in range(RETRIES):
            endpoint.enqueue(on="embeddings", status=500)
        without = newsroom.ask(QUESTION)
        newsroom._retriever._meaning._asks_again_at = 0.0
        again = newsroom.ask(QUESTION)
    assert without.provenance.embedding_model == "none (words alone)"
    assert again.provenance.embedding_model == "embedder"
    assert again.status == "answered"


def test_over_http_a_search_names_what_it_did_without_and_health_is_degraded(
    corpus: Path, tmp_path: Path, endpoint: FakeEndpoint, serve: Callable[..., Served]
) -> None:
    given = {**by(endpoint), "corpus": corpus}
    desk = open_desk(Settings.load(home=tmp_path / "home", **given))
    site = serve(desk, **given)
    wait_until(lambda: desk.ready or desk.error)
    with httpx2.Client(base_url=site.url, timeout=30) as client:
        body = {"question": QUESTION, "k": 1}
        assert client.post("/v1/search", json=body).json()["notes"] == []
        assert client.get("/v1/health").json()["status"] == "ok"
        for _ in range(RETRIES):
            endpoint.enqueue(on="embeddings", status=500)
        found = client.post("/v1/search", json={"question": "Aurora crew", "k": 1}).json()
        health = client.get("/v1/health").json()
        figures = client.get("/metrics").text
    assert "nine crew" in found["passages"][0]["text"]
    assert len(found["notes"]) == 1
    assert (health["status"], health["troubles"]) == ("degraded", ["endpoint_response"])
    assert "groundwire_troubles 1.0" in figures
