"""Embeddings: the real MiniLM, and an endpoint's over the wire."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from rag.errors import (
    EndpointAuthError,
    EndpointError,
    EndpointResponseError,
    EndpointUnreachableError,
)
from rag.models import embeddings
from rag.models.embeddings import (
    ENDPOINT_BATCH,
    MAX_TOKENS,
    EndpointEmbeddings,
    MiniLM,
)
from rag.models.embeddings import open_embedder as open_
from rag.models.reranker import Reranker
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint

TEXTS = [
    "A ferry sank in the harbour on Thursday.",
    "",
    "Rain.",
    "The boat went down near the port. " * 30,
    "Parliament passed the budget.",
    "Zürich 東京 🚢 العربية",
]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM(threads=2)


def test_every_text_has_a_unit_vector(minilm: MiniLM) -> None:
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), minilm.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_have_no_vectors(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, minilm.dimensions)


def test_a_vector_depends_on_its_own_text_alone(minilm: MiniLM) -> None:
    together = minilm.embed([*TEXTS, *reversed(TEXTS)])
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])
    assert together[: len(TEXTS)] == pytest.approx(alone, abs=1e-5)
    assert together[len(TEXTS) :] == pytest.approx(alone[::-1], abs=1e-5)


def test_likeness_of_meaning_shows(minilm: MiniLM) -> None:
    ferry, boat, budget = minilm.embed(["A ferry sank.", "The boat went down.", "A budget vote."])
    assert ferry @ boat > 0.5 > ferry @ budget


def test_known_sentences_are_as_alike_as_the_full_precision_model_finds_them(
    minilm: MiniLM,
) -> None:
    person, *others = minilm.embed(
        [
            "That is a happy person",
            "That is a happy dog",
            "That is a very happy person",
            "Today is a sunny day",
        ]
    )
    assert [float(person @ other) for other in others] == pytest.approx(
        [0.695, 0.943, 0.257], abs=0.02
    )


def test_what_is_beyond_the_limit_is_not_read(minilm: MiniLM) -> None:
    words = "ferry " * (MAX_TOKENS - 2)  # the two that mark the ends count as well
    whole, longer = minilm.embed([words, words + "budget " * 100])
    assert whole == pytest.approx(longer, abs=1e-5)


def test_several_threads_get_the_same_vectors(minilm: MiniLM) -> None:
    expected = minilm.embed(TEXTS)
    results: list[Any] = []
    fresh = MiniLM(threads=1)
    threads = [
        threading.Thread(target=lambda: results.append(fresh.embed(TEXTS))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for result in results:
        assert result == pytest.approx(expected, abs=1e-5)


def test_nothing_is_loaded_before_the_first_use() -> None:
    embedder = open_(Settings.load())
    assert isinstance(embedder, MiniLM)
    assert embedder._loaded is None
    assert embedder.name
    assert embedder.dimensions == 384


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(api_key="sk-ours", dimensions=12) as endpoint:
        yield endpoint


def opened(endpoint: FakeEndpoint, key: str = "sk-ours") -> EndpointEmbeddings:
    embedder = open_(
        Settings.load(
            openai_base_url=endpoint.base_url,
            openai_api_key=key,
            embedding_model="embedder",
            timeout_s=5,
        )
    )
    assert isinstance(embedder, EndpointEmbeddings)
    return embedder


def test_an_endpoint_gives_unit_vectors_in_order(endpoint: FakeEndpoint) -> None:
    embedder = opened(endpoint)
    texts = [f"text number {number}" for number in range(ENDPOINT_BATCH + 3)]
    vectors = embedder.embed(texts)
    assert embedder.name == "embedder"
    assert embedder.dimensions == 12
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(np.array([endpoint.embedding(text) for text in texts]))
    sizes = [len(request.body["input"]) for request in endpoint.requests]
    assert sizes == [1, ENDPOINT_BATCH, 3]


def test_an_endpoint_is_not_asked_before_the_first_use(endpoint: FakeEndpoint) -> None:
    opened(endpoint)
    assert endpoint.requests == []


def test_vectors_out_of_order_are_put_right(endpoint: FakeEndpoint) -> None:
    embedder = opened(endpoint)
    assert embedder.dimensions == 12
    rows = [{"index": 1, "embedding": [0.0] * 11 + [2.0]}, {"index": 0, "embedding": [3.0] * 12}]
    endpoint.enqueue(on="embeddings", body=json.dumps({"data": rows}).encode())
    first, second = embedder.embed(["a", "b"])
    assert first == pytest.approx(np.full(12, 12**-0.5))
    assert second[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[1.0] * 12],
        [[1.0] * 12, [1.0] * 5],
        [[1.0] * 5, [1.0] * 5],
        [[1.0] * 12, [0.0] * 12],
        [["one"] * 12, [1.0] * 12],
    ],
)
def test_vectors_that_cannot_be_used_are_refused(
    endpoint: FakeEndpoint, rows: list[list[Any]]
) -> None:
    embedder = opened(endpoint)
    assert embedder.dimensions == 12
    data = [{"index": index, "embedding": row} for index, row in enumerate(rows)]
    endpoint.enqueue(on="embeddings", body=json.dumps({"data": data}).encode())
    with pytest.raises(EndpointResponseError):
        embedder.embed(["a", "b"])


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ({"status": 400, "error": "no such model"}, EndpointResponseError),
        ({"status": 404}, EndpointResponseError),
        ({"body": b"<html>"}, EndpointResponseError),
    ],
)
def test_trouble_with_an_endpoint_is_told_in_our_own_words(
    endpoint: FakeEndpoint, script: dict[str, Any], kind: type[EndpointError]
) -> None:
    endpoint.enqueue(on="embeddings", **script)
    with pytest.raises(kind):
        opened(endpoint).embed(["a"])


def test_a_wrong_key_and_a_missing_server_are_told_apart(endpoint: FakeEndpoint) -> None:
    with pytest.raises(EndpointAuthError) as caught:
        opened(endpoint, key="sk-wrong").embed(["a"])
    assert "sk-wrong" not in str(caught.value)
    away = open_(
        Settings.load(openai_base_url="http://127.0.0.1:9/v1", embedding_model="e", timeout_s=5)
    )
    with pytest.raises(EndpointUnreachableError):
        away.embed(["a"])


@pytest.mark.parametrize(
    "use", [lambda: MiniLM().embed(["It sank."]), lambda: Reranker().log_odds("Why?", ["It sank."])]
)
def test_the_runtime_of_a_model_is_told_to_report_nothing(
    monkeypatch: pytest.MonkeyPatch, use: Callable[[], object]
) -> None:
    """What it then really sends is watched in tests/faults/test_privacy.py."""
    monkeypatch.setattr(embeddings, "_opened", embeddings._opened.__wrapped__)  # opened anew
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    use()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
