"""The fake endpoint itself: other suites trust what it says about the wire."""

from __future__ import annotations

import json
import math
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.fake_endpoint import FakeEndpoint, Reply


def post(endpoint: FakeEndpoint, route: str, body: dict[str, Any], key: str = "k") -> bytes:
    request = urllib.request.Request(  # noqa: S310 - loopback only
        endpoint.base_url + route,
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}"},
    )
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310 - loopback only
        return bytes(response.read())


def ask(endpoint: FakeEndpoint, **body: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "hello"}]
    reply = post(endpoint, "/chat/completions", {"model": "m", "messages": messages, **body})
    return dict(json.loads(reply))


def test_queued_replies_come_first_then_the_hook() -> None:
    with FakeEndpoint(reply=lambda body: Reply(text=f"hook for {body['model']}")) as endpoint:
        endpoint.enqueue("queued")
        said = [ask(endpoint)["choices"][0]["message"]["content"] for _ in range(2)]
        assert said == ["queued", "hook for m"]
        assert [request.text for request in endpoint.chats] == ["hello", "hello"]


def test_a_stream_carries_the_text_and_the_usage() -> None:
    with FakeEndpoint() as endpoint:
        endpoint.enqueue("Rain, then  sun.")
        body = {"model": "m", "messages": [], "stream": True}
        raw = post(
            endpoint, "/chat/completions", {**body, "stream_options": {"include_usage": True}}
        )
    lines = [line[6:] for line in raw.decode().split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    chunks = [json.loads(line) for line in lines[:-1]]
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"])
    assert text == "Rain, then  sun."
    assert chunks[-1]["usage"]["completion_tokens"] == 7


def test_yes_comes_with_log_probabilities_when_asked_for() -> None:
    with FakeEndpoint() as endpoint:
        endpoint.enqueue(yes=0.2)
        choice = ask(endpoint, logprobs=True, top_logprobs=5)["choices"][0]
    top = choice["logprobs"]["content"][0]["top_logprobs"]
    assert choice["message"]["content"] == "No"
    assert {entry["token"]: round(math.exp(entry["logprob"]), 6) for entry in top} == {
        "No": 0.8,
        "Yes": 0.2,
    }


@pytest.mark.parametrize("status", [401, 429, 500])
def test_failures_come_with_status_and_headers(status: int) -> None:
    with FakeEndpoint() as endpoint:
        endpoint.enqueue(status=status, headers={"Retry-After": "3"}, error="no")
        with pytest.raises(urllib.error.HTTPError) as caught:
            ask(endpoint)
        assert caught.value.code == status
        assert caught.value.headers["Retry-After"] == "3"
        assert json.loads(caught.value.read())["error"]["message"] == "no"
        caught.value.close()


def test_another_key_is_refused() -> None:
    with FakeEndpoint(api_key="right") as endpoint:
        with pytest.raises(urllib.error.HTTPError) as caught:
            post(endpoint, "/chat/completions", {"messages": []}, key="wrong")
        assert caught.value.code == 401
        caught.value.close()


def test_embeddings_depend_on_the_words_alone() -> None:
    with FakeEndpoint() as endpoint:
        body = {"input": ["ferry sank", "Sank, ferry!", "budget vote"], "model": "e"}
        data = json.loads(post(endpoint, "/embeddings", body))["data"]
    first, second, third = (entry["embedding"] for entry in data)
    assert first == pytest.approx(second)
    assert first != pytest.approx(third)


def test_a_request_nobody_scripted_says_so() -> None:
    with FakeEndpoint() as endpoint:
        with pytest.raises(urllib.error.HTTPError) as caught:
            ask(endpoint)
        assert b"no reply was scripted" in caught.value.read()
        caught.value.close()
