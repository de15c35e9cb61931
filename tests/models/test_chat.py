"""The chat model over the wire: what it asks, what it gives, and how it fails."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from rag.errors import (
    EndpointAuthError,
    EndpointError,
    EndpointLimitError,
    EndpointResponseError,
    EndpointTimeoutError,
    EndpointUnreachableError,
    SettingsError,
)
from rag.models import chat as chat_module
from rag.models import limits, trying
from rag.models.chat import ChatModel
from rag.models.tokens import estimate_tokens
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint, Reply

KEY = "sk-secret-of-ours"
QUESTION = [SystemMessage("Be brief."), HumanMessage("Who sank?")]
SCHEMA = {"type": "object", "properties": {"claims": {"type": "array"}}}


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(api_key=KEY) as endpoint:
        yield endpoint


def settings(endpoint: FakeEndpoint, **more: Any) -> Settings:
    arguments = {"openai_base_url": endpoint.base_url, "openai_api_key": KEY, "timeout_s": 10}
    return Settings.load(**{**arguments, **more})


@pytest.fixture
def chat(endpoint: FakeEndpoint) -> Iterator[ChatModel]:
    with ChatModel.open(settings(endpoint, model="fake-model")) as chat:
        yield chat


def said(chat: ChatModel, max_tokens: int = 50, schema: dict[str, Any] | None = None) -> str:
    chunks = chat.stream(QUESTION, max_tokens=max_tokens, schema=schema)
    return "".join(chunk.text for chunk in chunks)


def test_a_reply_streams_and_ends_with_its_usage(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    endpoint.enqueue("The ferry sank.", usage=(20, 4))
    *parts, last = chat.stream(QUESTION, max_tokens=50)
    assert [part.text for part in parts] == ["The", " ferry", " sank", "."]
    assert last.usage_metadata is not None
    assert (last.usage_metadata["input_tokens"], last.usage_metadata["output_tokens"]) == (20, 4)
    assert last.response_metadata["finish_reason"] == "stop"
    assert not last.text


def test_a_reply_cut_by_max_tokens_says_so(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    endpoint.enqueue('{"claims": [', finish_reason="length")
    *_, last = chat.stream(QUESTION, max_tokens=5, schema=SCHEMA)
    assert last.response_metadata["finish_reason"] == "length"


def test_what_is_asked_is_what_compatible_servers_understand(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.enqueue("{}")
    said(chat, max_tokens=70, schema=SCHEMA)
    (request,) = endpoint.chats
    assert request.body["model"] == "fake-model"
    assert request.body["max_tokens"] == 70
    assert "max_completion_tokens" not in request.body
    assert request.body["temperature"] == 0
    assert request.body["stream"] is True
    assert request.body["stream_options"] == {"include_usage": True}
    assert request.body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert [message["role"] for message in request.messages] == ["system", "user"]


def test_the_first_model_is_taken_when_none_is_named() -> None:
    with FakeEndpoint(models=("first", "second")) as endpoint:
        endpoint.enqueue("yes")
        with ChatModel.open(Settings.load(openai_base_url=endpoint.base_url)) as chat:
            assert chat.name == "first"
            assert not chat.embedded
            said(chat)
        assert endpoint.chats[0].body["model"] == "first"


def test_a_server_without_models_is_told_in_one_line() -> None:
    with (
        FakeEndpoint(models=()) as endpoint,
        pytest.raises(EndpointResponseError, match="serves no model"),
    ):
        ChatModel.open(Settings.load(openai_base_url=endpoint.base_url))


def test_openai_itself_needs_no_more_than_its_key(tmp_path: Path) -> None:
    with ChatModel.open(Settings.load(openai_api_key=KEY, cache=tmp_path / "cache")) as chat:
        assert chat.name == chat_module.OPENAI_MODEL
        assert str(chat.llm.openai_api_base) == chat_module.OPENAI_URL
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(("yes", "odds"), [(0.9, 2.197), (0.25, -1.099)])
def test_yes_and_no_come_with_their_log_odds(
    chat: ChatModel, endpoint: FakeEndpoint, yes: float, odds: float
) -> None:
    endpoint.enqueue(yes=yes, usage=(33, 1))
    outcome = chat.yes_log_odds(QUESTION)
    assert outcome.log_odds == pytest.approx(odds, abs=1e-3)
    assert outcome.answer is (yes > 0.5)
    assert (outcome.prompt_tokens, outcome.completion_tokens) == (33, 1)
    assert endpoint.chats[0].body["max_tokens"] == 1


@pytest.mark.parametrize(("cached", "told"), [(21, 21), (0, 0), (None, 0)])
def test_what_the_server_had_in_its_cache_is_told_where_it_says(
    chat: ChatModel, endpoint: FakeEndpoint, cached: int | None, told: int
) -> None:
    endpoint.enqueue(yes=0.9, usage=(33, 1), cached=cached)
    assert chat.yes_log_odds(QUESTION).cached_tokens == told


def test_without_log_probabilities_the_answer_is_left(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.enqueue("No.")
    outcome = chat.yes_log_odds(QUESTION)
    assert outcome.log_odds is None
    assert outcome.answer is False


@pytest.mark.parametrize(("reply", "denied"), [("No.", True), ("unknown", False), ("Yes", False)])
def test_without_log_probabilities_a_plain_no_denies(
    chat: ChatModel, endpoint: FakeEndpoint, reply: str, denied: bool
) -> None:
    endpoint.enqueue(reply)
    assert chat.entailed(QUESTION).denied is denied


def refusing(*words: str) -> Any:
    """A server that knows none of these words in a request."""

    def reply(body: dict[str, Any]) -> Reply:
        for word in words:
            if word in json.dumps(body):
                return Reply(status=400, error=f"Unsupported parameter: '{word}'")
        return Reply(text="Yes")

    return reply


@pytest.mark.parametrize(
    "words",
    [
        ("json_schema",),
        ("json_schema", "json_object"),
        ("temperature", "stream_options"),
        ("max_tokens",),
        ("response_format", "temperature", "stream_options", "max_tokens"),
    ],
)
def test_options_that_a_server_refuses_are_left_out_from_then_on(
    chat: ChatModel, endpoint: FakeEndpoint, words: tuple[str, ...]
) -> None:
    endpoint.reply = refusing(*words)
    assert said(chat, schema=SCHEMA) == "Yes"
    before = len(endpoint.requests)
    assert said(chat, schema=SCHEMA) == "Yes"
    assert len(endpoint.requests) == before + 1
    limits_sent = {"max_tokens", "max_completion_tokens"} & set(endpoint.requests[-1].body)
    assert len(limits_sent) == 1


def test_a_server_that_refuses_log_probabilities_is_asked_without(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = refusing("logprobs")
    assert chat.yes_log_odds(QUESTION).answer is True


def test_a_server_that_counts_no_tokens_is_counted_for(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = refusing("stream_options")
    *_, last = chat.stream(QUESTION, max_tokens=9)
    assert last.usage_metadata is not None
    assert last.usage_metadata["input_tokens"] > 0


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ({"status": 401}, EndpointAuthError, "refused the key"),
        ({"status": 403}, EndpointAuthError, "refused the key"),
        ({"status": 404}, EndpointResponseError, "no model 'fake-model'"),
        ({"status": 408}, EndpointTimeoutError, "gave up"),
        ({"status": 429}, EndpointLimitError, "later"),
        ({"status": 429, "headers": {"Retry-After": "30"}}, EndpointLimitError, "in 30 s"),
        ({"status": 429, "headers": {"Retry-After": "soon"}}, EndpointLimitError, "later"),
        ({"status": 500, "error": "oops"}, EndpointResponseError, "HTTP 500.*oops"),
        ({"status": 302, "headers": {"Location": "/x"}, "body": b""}, EndpointResponseError, "302"),
        ({"status": 400, "error": "bad role"}, EndpointResponseError, "bad role"),
        (
            {"status": 400, "error": "This model's maximum context length is 9 tokens, max_tokens"},
            EndpointResponseError,
            "longer than 'fake-model' can read",
        ),
        ({"body": b"<html>Welcome</html>"}, EndpointResponseError, "unusable"),
        ({"body": b'{"choices": ['}, EndpointResponseError, "unusable"),
        ({"body": b"null"}, EndpointResponseError, "unusable"),
        ({"body": b"{}"}, EndpointResponseError, "unusable"),
    ],
)
@pytest.mark.parametrize("way", ["stream", "yes_log_odds"])
def test_trouble_is_told_in_our_own_words(
    chat: ChatModel,
    endpoint: FakeEndpoint,
    script: dict[str, Any],
    kind: type[EndpointError],
    words: str,
    way: str,
) -> None:
    for _ in range(trying.TRIES):
        endpoint.enqueue(**script)
    with pytest.raises(kind, match=words) as caught:
        _ = said(chat) if way == "stream" else chat.yes_log_odds(QUESTION)
    assert type(caught.value) is kind
    assert caught.value.fix
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "stream",
    [
        b"data: {not json\n\n",
        b'data: {"error": {"message": "it broke"}}\n\n',
        b'data: {"choices": [{"delta": 7}]}\n\n',
        b"data: [DONE]\n\n",
        b"",
    ],
)
def test_a_malformed_stream_is_told_in_our_own_words(
    chat: ChatModel, endpoint: FakeEndpoint, stream: bytes
) -> None:
    endpoint.enqueue(body=stream, headers={"Content-Type": "text/event-stream"})
    with pytest.raises(EndpointResponseError):
        said(chat)


def test_a_key_that_a_server_echoes_is_not_passed_on(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.enqueue(status=400, error=f"bad key {KEY} and sk-proj-another, Bearer abc")
    with pytest.raises(EndpointResponseError) as caught:
        said(chat)
    assert "bad key [key] and [key], [key]" in str(caught.value)


def test_keys_show_in_no_representation(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    assert KEY not in f"{chat!r} {chat.llm!r} {vars(chat)!r}"
    shown = ChatModel.open(
        settings(endpoint, openai_base_url="http://me:password@127.0.0.1:9/v1?k=1", model="m")
    )
    assert repr(shown) == "ChatModel('m', 'http://127.0.0.1:9/v1')"
    shown.close()


def test_passing_trouble_passes_unseen(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    endpoint.enqueue(status=503, error="loading model")
    endpoint.enqueue(status=429, headers={"Retry-After": "0"})
    endpoint.enqueue("Well then.")
    assert said(chat) == "Well then."
    assert endpoint.waiting == 0


def test_a_line_cut_before_the_first_word_is_tried_again(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.enqueue("Never seen.", cut_after=0)
    endpoint.enqueue("Seen.")
    assert said(chat) == "Seen."


def test_a_line_cut_in_mid_answer_is_an_error_and_not_an_end(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.enqueue("One two three four.", cut_after=2)
    chunks = chat.stream(QUESTION, max_tokens=50)
    assert [next(chunks).text, next(chunks).text] == ["One", " two"]
    with pytest.raises(EndpointUnreachableError):
        next(chunks)


def test_a_reply_that_ends_without_a_reason_is_an_error(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.enqueue("One two three four.", end_after=2)
    with pytest.raises(EndpointResponseError, match="stopped in mid-answer"):
        said(chat)


def test_a_server_that_writes_without_end_is_cut_off(
    chat: ChatModel, endpoint: FakeEndpoint
) -> None:
    endpoint.enqueue("word " * 50, endless=True)
    with pytest.raises(EndpointResponseError, match="far more than the 8 tokens"):
        said(chat, max_tokens=8)


def test_a_body_of_any_size_is_not_taken(
    chat: ChatModel, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BODY_BYTES", 5_000)
    endpoint.enqueue("word " * 2_000)
    with pytest.raises(EndpointError, match="more than 5,000 bytes"):
        chat.yes_log_odds(QUESTION)


@pytest.mark.parametrize(
    "script",
    [
        {"delay_s": 5},
        {"chunk_delay_s": 0.1, "endless": True},
        {"chunk_delay_s": 5},
        {"status": 500, "delay_s": 0.3},
    ],
    ids=["silent", "trickling", "falling silent", "failing slowly"],
)
def test_a_slow_server_takes_no_longer_than_allowed(
    endpoint: FakeEndpoint, script: dict[str, Any]
) -> None:
    endpoint.reply = lambda body: Reply(**{"text": "a b", **script})
    with ChatModel.open(settings(endpoint, model="m", timeout_s=0.6)) as chat:
        started = time.monotonic()
        with pytest.raises(EndpointError):
            said(chat, max_tokens=1000)
        assert time.monotonic() - started < 3


@pytest.mark.parametrize("model", [None, "m"])
def test_a_server_that_is_not_there_is_told_in_one_line(model: str | None) -> None:
    unused = Settings.load(openai_base_url="http://127.0.0.1:9/v1", model=model, timeout_s=5)
    with pytest.raises(EndpointUnreachableError, match=r"127\.0\.0\.1:9") as caught:
        said(ChatModel.open(unused))
    assert "OPENAI_BASE_URL" in caught.value.fix


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http://", "http://h:x/"])
def test_an_address_that_is_none_is_told_in_one_line(url: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL"):
        ChatModel.open(Settings.load(openai_base_url=url, model="m"))


def test_closing_the_stream_hangs_up(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    endpoint.enqueue("word ", endless=True, chunk_delay_s=0.01)
    before = threading.active_count()
    chunks = chat.stream(QUESTION, max_tokens=1000)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before  # the endpoint's writer met a closed line


def test_several_threads_may_ask_at_once(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    endpoint.reply = lambda body: Reply(text=body["messages"][0]["content"], delay_s=0.05)
    replies: dict[int, str] = {}

    def ask(number: int) -> None:
        chunks = chat.stream([HumanMessage(f"question {number}")], max_tokens=50)
        replies[number] = "".join(chunk.text for chunk in chunks)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == {number: f"question {number}" for number in range(8)}


def test_several_threads_learn_the_same_refusal(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    together = threading.Barrier(4)

    def reply(body: dict[str, Any]) -> Reply:
        if "response_format" not in body:
            return Reply(text="fine")
        together.wait(5)
        return Reply(status=400, error="response_format is not supported")

    endpoint.reply = reply
    replies: list[str] = []
    threads = [
        threading.Thread(target=lambda: replies.append(said(chat, schema=SCHEMA))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == ["fine"] * 4


def test_the_model_serves_langchain_chains(chat: ChatModel, endpoint: FakeEndpoint) -> None:
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate

    endpoint.enqueue("It sank.")
    chain = ChatPromptTemplate.from_template("Say {what}") | chat.llm | StrOutputParser()
    assert chain.invoke({"what": "it"}) == "It sank."


def test_a_proxy_setting_of_the_library_does_not_break_us(
    endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_PROXY", "http://127.0.0.1:9")
    endpoint.enqueue("Fine.")
    with ChatModel.open(settings(endpoint, model="m")) as chat:
        assert said(chat) == "Fine."


def test_tokens_are_rather_overestimated() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("The ferry sank in the harbour.") >= 7
