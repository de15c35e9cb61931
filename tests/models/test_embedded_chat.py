"""The chat model with the engine of our own: the real server with a model of nonsense."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from rag.errors import EndpointResponseError, EndpointTimeoutError, EngineError
from rag.models.chat import ChatModel
from rag.models.engine import Engine
from rag.models.failures import Server
from rag.models.weights import ENTAILMENT, LOCATOR
from rag.settings import Settings
from tests.models.test_engine import wait_until_gone
from tests.models.tiny_gguf import write_tiny_adapter, write_tiny_model

QUESTION = [HumanMessage("Who sank?")]
ROUNDING = 0.05  # of a log-probability, where another part of the prompt was in the cache
ANSWER = {
    "type": "object",
    "properties": {"sank": {"type": "boolean"}},
    "required": ["sank"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("model")
    model = write_tiny_model(folder / "tiny.gguf")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
            patch.delenv(name, raising=False)
        return Settings.load(
            cache=folder, model_path=model, threads=1, timeout_s=30, context_tokens=4096
        )


@pytest.fixture(scope="module")
def chat(settings: Settings) -> Iterator[ChatModel]:
    with ChatModel.open(settings) as chat:
        yield chat


def said(chat: ChatModel, max_tokens: int, **more: Any) -> str:
    return "".join(chunk.text for chunk in chat.stream(QUESTION, max_tokens=max_tokens, **more))


def kill(chat: ChatModel) -> None:
    assert chat._engine is not None
    pid = chat._engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)


def test_it_is_the_model_of_the_settings(chat: ChatModel) -> None:
    assert chat.embedded
    assert chat.name == "tiny"
    assert repr(chat) == "ChatModel('tiny', 'The embedded model')"


def test_a_schema_holds_even_for_nonsense(chat: ChatModel) -> None:
    assert json.loads(said(chat, 400, schema=ANSWER))["sank"] in (True, False)


def test_a_reply_ends_with_its_usage(chat: ChatModel) -> None:
    *_, last = chat.stream(QUESTION, max_tokens=5)
    assert last.usage_metadata is not None
    assert last.usage_metadata["output_tokens"] <= 5
    assert last.usage_metadata["input_tokens"] > len("Who sank?")


def test_one_token_is_written_for_yes_or_no(chat: ChatModel) -> None:
    outcome = chat.yes_log_odds(QUESTION)
    assert outcome.completion_tokens == 1
    assert outcome.prompt_tokens > 0


def test_the_prompt_that_was_read_is_not_read_again(chat: ChatModel) -> None:
    chat.yes_log_odds(QUESTION)
    *_, last = chat.stream(QUESTION, max_tokens=2)
    assert last.usage_metadata is not None
    assert last.usage_metadata["input_token_details"]["cache_read"] > 0


def test_what_is_too_long_is_told_with_its_length(chat: ChatModel) -> None:
    with pytest.raises(EndpointResponseError, match=r"longer than 'tiny' can read.*tokens"):
        list(chat.stream([HumanMessage("word " * 2000)], max_tokens=5))


def test_a_killed_engine_is_back_for_the_next_question(chat: ChatModel) -> None:
    said(chat, 3)
    kill(chat)
    assert chat.yes_log_odds(QUESTION).completion_tokens == 1
    kill(chat)
    assert chat.reply(QUESTION, max_tokens=2).completion_tokens == 2
    kill(chat)
    assert chat.llm.invoke(QUESTION, max_tokens=3).usage_metadata is not None


def test_an_engine_killed_in_mid_answer_is_an_error_and_comes_back(chat: ChatModel) -> None:
    chunks = chat.stream(QUESTION, max_tokens=3000)
    next(chunks)
    kill(chat)
    with pytest.raises(EngineError, match="died while it answered"):
        list(chunks)
    assert chat.yes_log_odds(QUESTION).completion_tokens == 1


def test_closing_the_stream_frees_the_engine(chat: ChatModel) -> None:
    started = time.monotonic()
    said(chat, 600)
    whole = time.monotonic() - started
    chunks = chat.stream(QUESTION, max_tokens=3900)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    started = time.monotonic()
    chat.yes_log_odds(QUESTION)
    assert time.monotonic() - started < whole


def test_an_answer_takes_no_longer_than_allowed(settings: Settings) -> None:
    with ChatModel.open(settings.model_copy(update={"timeout_s": 0.5})) as chat:
        started = time.monotonic()
        with pytest.raises(EndpointTimeoutError, match=r"did not finish within 0\.5 s"):
            said(chat, 100_000)
        assert time.monotonic() - started < 3


def test_several_threads_are_answered_in_turn(chat: ChatModel) -> None:
    outcomes: list[int] = []

    def ask() -> None:
        outcomes.append(chat.yes_log_odds(QUESTION).completion_tokens)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [1] * 6


def test_a_proxy_is_not_asked_for_the_way_to_ourselves(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with ChatModel.open(settings) as chat:
        assert chat.yes_log_odds(QUESTION).completion_tokens == 1


def test_the_log_holds_no_word_of_a_question(chat: ChatModel, settings: Settings) -> None:
    list(chat.stream([HumanMessage("A secret zebra?")], max_tokens=3))
    with pytest.raises(EndpointResponseError):
        list(chat.stream([HumanMessage("secret zebra " * 1000)], max_tokens=3))
    log = Path(settings.cache / "engine.log")
    assert "zebra" not in (log.read_text() if log.exists() else "")


@pytest.fixture(scope="module")
def adapted(settings: Settings) -> Iterator[ChatModel]:
    """The tiny model with adapters that count from "Question:" and from "Statement:" on."""
    model = settings.model_path
    assert model is not None
    adapters = [
        write_tiny_adapter(model.with_name(LOCATOR.name), "Question:"),
        write_tiny_adapter(model.with_name(ENTAILMENT.name), "Statement:"),
    ]
    with Engine(model, context_tokens=4096, threads=1, adapter_paths=adapters) as engine:
        server = Server(engine.base_url, "tiny", 30, engine.api_key, embedded=True)
        with ChatModel(server, engine) as chat:
            yield chat


def likely(chat: ChatModel, text: str, **more: Any) -> dict[str, float]:
    reply = chat.reply([HumanMessage(text)], max_tokens=1, first_tokens=True, **more)
    return dict(reply.likely)


def test_an_adapter_counts_only_where_it_is_asked_for(adapted: ChatModel) -> None:
    asked = "Nine were rescued.\n\nQuestion: Who?"

    plain = likely(adapted, asked)
    changed = likely(adapted, asked, adapter=LOCATOR)

    assert adapted.locates
    assert changed != pytest.approx(plain, abs=ROUNDING)
    assert likely(adapted, asked) == pytest.approx(plain, abs=ROUNDING)


def test_of_two_adapters_each_counts_where_it_is_asked_for(adapted: ChatModel) -> None:
    question, statement = "Nine came.\n\nQuestion: Who?", "Nine came.\n\nStatement: Nine came."
    plain = likely(adapted, statement)

    changed = likely(adapted, statement, adapter=ENTAILMENT)

    assert adapted.entails
    assert changed != pytest.approx(plain, abs=ROUNDING)
    assert likely(adapted, question, adapter=ENTAILMENT) == pytest.approx(
        likely(adapted, question), abs=ROUNDING
    )
    assert adapted.entailed([HumanMessage(statement)]).completion_tokens == 1


def test_an_adapter_changes_nothing_before_its_marker(adapted: ChatModel) -> None:
    asked = "Nine were rescued.\n\nStatement: Nine."

    plain, asked_for = likely(adapted, asked), likely(adapted, asked, adapter=LOCATOR)
    assert asked_for == pytest.approx(plain, abs=ROUNDING)


def test_what_stands_before_the_marker_is_read_once_for_both_ways(adapted: ChatModel) -> None:
    report = "The ferry sank and nine were rescued by two fishing boats. " * 9
    first, second = (
        adapted.reply([HumanMessage(f"{report}\n\nQuestion: {asked}")], max_tokens=1, adapter=way)
        for asked, way in (("Who sank?", LOCATOR), ("Who came?", None))
    )

    assert second.cached_tokens >= len(report)
    assert first.prompt_tokens == second.prompt_tokens


def served(engine: Engine) -> Settings:
    """Settings for a user's own llama.cpp server, as which the engine stands here."""
    return Settings.load(
        openai_base_url=engine.base_url, openai_api_key=engine.api_key, model="tiny", timeout_s=30
    )


@pytest.mark.parametrize(("name", "locates"), [("locator.gguf", True), ("style.gguf", False)])
def test_a_server_that_holds_our_adapter_names_sentences(
    settings: Settings, tmp_path: Path, name: str, locates: bool
) -> None:
    asked = "[1] Nine were rescued.\n\nQuestion: Who?"
    adapter = write_tiny_adapter(tmp_path / name, "Question:")
    assert settings.model_path is not None
    with (
        Engine(
            settings.model_path, context_tokens=4096, threads=1, adapter_paths=[adapter]
        ) as engine,
        ChatModel.open(served(engine)) as chat,
    ):
        plain = likely(chat, asked)
        assert chat.locates is locates
        assert (
            likely(chat, asked, adapter=LOCATOR) != pytest.approx(plain, abs=ROUNDING)
        ) is locates


def test_a_server_without_adapters_names_none(chat: ChatModel) -> None:
    assert chat._engine is not None
    with ChatModel.open(served(chat._engine)) as other:
        assert not other.locates
        assert other.yes_log_odds(QUESTION).completion_tokens == 1


def test_a_model_of_ones_own_has_no_adapter(chat: ChatModel) -> None:
    assert not chat.locates
