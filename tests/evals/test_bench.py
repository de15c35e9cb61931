"""The bench measures what it says it does, and its yardstick makes the calls that were made."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
from langchain_core.messages import HumanMessage, SystemMessage
from rich.console import Console
from typer.testing import CliRunner

from evals.bench import QUESTIONS, bench, bench_command, spread
from evals.calls import RecordedChat, repeat
from evals.datasets import load_questions
from evals.made import made_articles
from evals.pace import AskPace, BenchResult, ScalePace, tables
from rag.articles.article import Article
from rag.articles.readers import read
from rag.errors import InputError
from rag.models.chat import ChatModel
from rag.settings import SHIPPED_CORPUS, Settings
from tests.fake_endpoint import FakeEndpoint, Reply

SAID = "At least 22 people have died."
TALK = [SystemMessage("Be brief."), HumanMessage("Who led it?")]


def scripted(body: dict[str, Any]) -> Reply:
    return Reply(yes=0.95) if body.get("logprobs") else Reply(text=SAID)


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint(reply=scripted) as endpoint:
        yield endpoint


@pytest.fixture
def settings(endpoint: FakeEndpoint, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    return Settings.load(
        home=home, openai_base_url=endpoint.base_url, embedding_model="fake-embedding"
    )


@pytest.fixture
def few_questions(tmp_path: Path) -> Path:
    path = tmp_path / "few.jsonl"
    path.write_text("".join(QUESTIONS.read_text("utf-8").splitlines(keepends=True)[15:27]), "utf-8")
    return path


def test_a_bench_reports_every_size_and_question_and_leaves_the_users_store_alone(
    settings: Settings, few_questions: Path
) -> None:
    result = bench(questions=few_questions, sizes=(20, 40), asks=2, settings=settings)
    assert [pace.passages // 20 for pace in result.scale] == [1, 2]
    for pace in result.scale:
        assert pace.ingest_passages_per_s > 0
        assert 0 < pace.search_p50_ms <= pace.search_p95_ms
    assert len({ask.question for ask in result.asks}) == 2
    for ask in result.asks:
        assert ask.sources_s is not None
        assert 0 < ask.sources_s <= (ask.first_sentence_s or ask.total_s) <= ask.total_s
        assert (ask.model_alone_s > 0) == (ask.model_calls > 0)
    assert list(settings.home.iterdir()) == []


def test_a_bench_without_questions_needs_no_chat_model(
    settings: Settings, endpoint: FakeEndpoint, few_questions: Path
) -> None:
    result = bench(questions=few_questions, sizes=(20,), asks=0, settings=settings)
    assert (result.chat_model, result.asks, endpoint.chats) == (None, (), [])


def test_a_folder_without_articles_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are no articles in"):
        bench(tmp_path / "nothing", sizes=(20,), settings=settings)


def test_the_command_prints_the_result_as_json_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, endpoint: FakeEndpoint, few_questions: Path
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
    monkeypatch.setenv("GROUNDWIRE_EMBEDDING_MODEL", "fake-embedding")
    app = typer.Typer()
    app.command()(bench_command)
    asked = ["--questions", str(few_questions), "--passages", "20", "--asks", "1", "--json"]
    ran = CliRunner().invoke(app, asked)
    assert json.loads(ran.stdout)["chat_model"] == "fake-model"


def test_the_tables_show_what_was_not_reached_as_a_dash() -> None:
    scale = ScalePace(1_000, 50.0, 60.0, 66, 12.0, 30.0, 8.0)
    ask = AskPace("Who led it?", "abstained", 0.05, None, 4.0, 3.9, 1, 900, 1)
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(*tables(BenchResult("MiniLM", "a-model", (scale,), (ask,))))
    shown = console.export_text()
    assert "1,000" in shown
    assert "12.0" in shown
    assert re.search(r"Who led .*abstained.*0.05 .*– .*4.0 .*3.9 ", shown)


def test_a_repeat_makes_the_same_calls_under_an_opening_of_its_own(
    settings: Settings, endpoint: FakeEndpoint
) -> None:
    with ChatModel.open(settings) as chat:
        recorded = RecordedChat(chat)
        recorded.yes_log_odds(TALK)
        list(recorded.stream(TALK, schema={"type": "object"}, max_tokens=9))
        before = [request.body for request in endpoint.chats]
        assert repeat(chat, recorded.calls, "Again.") > 0
    after = [request.body for request in endpoint.chats][len(before) :]
    assert [body["messages"][0]["content"] for body in after] == ["Again. Be brief."] * 2
    for body in [*before, *after]:
        body["messages"] = body["messages"][1:]
    assert after == before


def test_a_repeat_stops_a_stream_where_the_first_run_stopped_it(
    settings: Settings, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = lambda body: Reply(text="one two three ", endless=True)
    with ChatModel.open(settings) as chat:
        recorded = RecordedChat(chat)
        with closing(recorded.stream(TALK, max_tokens=100_000)) as chunks:  # type: ignore[type-var]
            next(chunks)
            next(chunks)
        assert recorded.calls[0].chunks == 2
        repeat(chat, recorded.calls, "Again.")  # an endless reply: it would never come back
    assert len(endpoint.chats) == 2


def test_made_articles_are_the_same_for_a_seed_and_no_two_alike() -> None:
    corpus = [
        article
        for path in sorted(SHIPPED_CORPUS.iterdir())
        for article in read(path)
        if isinstance(article, Article)
    ]
    first = [article for article, _ in zip(made_articles(corpus), range(20), strict=False)]
    again = [article for article, _ in zip(made_articles(corpus), range(20), strict=False)]
    assert first == again
    assert len({article.text for article in first}) == 20


def test_the_questions_asked_are_of_different_kinds() -> None:
    chosen = spread(load_questions(QUESTIONS), 5)
    assert len({example.kind for example in chosen}) == 5
