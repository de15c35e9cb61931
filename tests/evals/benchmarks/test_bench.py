"""The bench measures what it says it does, and its yardstick makes the calls that were made."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from langchain_core.messages import HumanMessage, SystemMessage
from rich.console import Console
from typer.testing import CliRunner

from evals.benchmarks.asks import asked, spread
from evals.benchmarks.bench import bench, bench_command
from evals.benchmarks.growing import growth_of
from evals.benchmarks.page import write_page
from evals.benchmarks.peers.asked import peer_paces
from evals.benchmarks.results import (
    AskPace,
    BenchResult,
    FillPace,
    FollowUpPace,
    PeerPace,
    ScalePace,
    SearchPace,
)
from evals.benchmarks.synthetic import made_articles
from evals.benchmarks.tables import tables
from evals.calls import RecordedChat, repeat
from evals.datasets.loading import QUESTIONS, load_questions
from rag.articles.article import Article
from rag.articles.files import read
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


# A bench fills and searches each size in a program of its own, so whoever runs a whole one is slow.
@pytest.mark.slow
def test_a_bench_reports_every_size_and_question_goes_on_and_leaves_the_users_store_alone(
    settings: Settings, few_questions: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    first = bench(questions=few_questions, sizes=(20,), asks=0, store=kept, settings=settings)
    result = bench(
        questions=few_questions,
        sizes=(40, 20),
        embedded=30,
        asks=2,
        store=kept,
        settings=settings,
    )
    small, large = result.scale
    there = first.scale[0].search.passages
    assert (small.fill, small.search.passages) == (first.scale[0].fill, there)
    assert there >= 20
    assert large.fill.passages == large.search.passages - there > 0
    assert large.search.passages >= 40
    assert [pace.fill.made_vectors for pace in result.scale] == [False, True]
    for pace in result.scale:
        assert pace.fill.of_bare > 0
        assert pace.fill.peak_mb > 10
        assert 0 < pace.search.search_p50_ms <= pace.search.search_p95_ms
        assert pace.search.recall_at_10 == 1.0
        assert len(pace.search.filtered_p50_ms) == 4
    assert result.growth is not None
    assert result.growth["disk"] > 0
    assert len({ask.question for ask in result.asks}) == 2
    for ask in result.asks:
        assert ask.sources_s is not None
        assert 0 < ask.sources_s <= (ask.first_sentence_s or ask.total_s) <= ask.total_s
        assert (ask.model_alone_s > 0) == (ask.model_calls > 0)
        assert ask.reading_s + ask.writing_s + ask.own_s == pytest.approx(ask.total_s)
        assert ask.own_s > 0
    assert list(settings.home.iterdir()) == []


def test_what_the_model_takes_is_told_from_our_own_time(
    settings: Settings, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = lambda body: replace(scripted(body), delay_s=0.4)
    question = "How high is the toll of the attack on Kirkuk?"
    example = load_questions(QUESTIONS)[0].model_copy(update={"question": question})
    _, (pace,), _ = asked(SHIPPED_CORPUS, [example], [], settings, lambda _: None)

    assert pace.model_calls > 0
    assert pace.reading_s + pace.writing_s >= 0.4 * pace.model_calls
    assert pace.reading_s + pace.writing_s + pace.own_s == pytest.approx(pace.total_s)


@pytest.mark.slow
def test_a_bench_without_questions_needs_no_chat_model(
    settings: Settings, endpoint: FakeEndpoint, few_questions: Path
) -> None:
    result = bench(questions=few_questions, sizes=(20,), asks=0, settings=settings)
    (pace,) = result.scale
    assert pace.search.passages >= 20
    assert pace.search.recall_at_10 == 1.0
    assert pace.fill.of_bare > 0
    assert result.growth is None
    assert (result.chat_model, result.asks, endpoint.chats) == (None, (), [])


def test_a_folder_without_articles_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are no articles in"):
        bench(tmp_path / "nothing", sizes=(20,), settings=settings)


@pytest.mark.slow
def test_the_command_prints_the_result_as_json_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, endpoint: FakeEndpoint, few_questions: Path
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
    monkeypatch.setenv("GROUNDWIRE_EMBEDDING_MODEL", "fake-embedding")
    app = typer.Typer()
    app.command()(bench_command)
    asked = ["--questions", str(few_questions), "--passages", "20", "--asks", "1", "--json"]
    peers = ["--peer", "plain-chain", "--start-runs", "0"]
    ran = CliRunner().invoke(app, [*asked, *peers])
    result = json.loads(ran.stdout)
    assert result["chat_model"] == "fake-model"
    (plain,) = result["peers"]
    assert (plain["questions"], plain["skipped"]) == (1, "")


def test_another_program_that_fails_costs_nothing_but_its_own_figures(
    settings: Settings, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = lambda _: Reply(status=400, error="no room for that")
    names = ("plain-chain", "no-such-program")
    failed, unknown = peer_paces(names, SHIPPED_CORPUS, ["Who?"], settings, lambda _: None)
    assert "no room for that" in failed.skipped
    assert "known are" in unknown.skipped


SCALE = tuple(
    ScalePace(
        FillPace(passages, 900.0, 100.0, made_vectors=True, peak_mb=300.0),
        SearchPace(
            passages=passages,
            searches=66,
            opening_s=0.5,
            embedding_p50_ms=6.0,
            exact_scan_p50_ms=4.0,
            bare_p50_ms=10.0,
            sources_p50_ms=12.0,
            sources_p95_ms=20.0,
            search_p50_ms=10.0,
            search_p95_ms=passages / 100,
            dense_p50_ms=2.0,
            dense_p95_ms=3.0,
            lexical_p50_ms=1.0,
            lexical_p95_ms=2.0,
            filtered_p50_ms={"<one> month": 15.0},
            recall_at_10=0.99,
            peak_mb=250.0,
            disk_mb=30.0,
        ),
    )
    for passages in (1_000, 10_000)
)


def test_the_tables_show_every_part_and_what_was_not_reached_as_a_dash() -> None:
    ask = AskPace("Who led it?", "abstained", 0.05, None, 4.0, 900, 1, 0.012, 2, 3.9, writing_s=2.0)
    then = FollowUpPace(ask, replace(ask, question="And then?", first_sentence_s=1.0))
    peer = PeerPace("another", skipped="is not installed")
    result = BenchResult("MiniLM", "a-model", SCALE, {"search": 1.0}, (ask,), (then,), (peer,))
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(*tables(result))
    shown = console.export_text()
    assert re.search(r"made +1,000 .*0.90", shown)
    assert re.search(r"1,000 +10.0 +12.0 +1.20 +10.0", shown)
    assert re.search(r"10,000 +1.50", shown)
    assert re.search(r"Who led .*abstained.*0.05 .*– .*4.0 .*3.9 +0.012", shown)
    assert re.search(r"Who led it\? +2 +900 +1 +0.0 +2.0 +0.00", shown)
    assert re.search(r"And then\? +abstained +4.0 +1.0 +0.25", shown)
    assert re.search(r"another +is not installed +– +–", shown)


def test_the_page_of_plots_stands_alone(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "bench.html"
    write_page(BenchResult("MiniLM", None, SCALE), file)
    written = file.read_text("utf-8")
    assert written.count("<svg") == 1
    assert "Time to sources, median" in written
    assert "&lt;one&gt; month" in written
    assert "<one>" not in written
    assert re.findall(r"<script|<link|<img|url\(http|@import", written) == []
    assert re.findall(r'(?:href|src)="(?!#)', written) == []


def test_a_figure_that_doubles_with_the_size_grows_with_the_power_of_one() -> None:
    assert growth_of(SCALE)["search, 95 %"] == pytest.approx(1.0)
    assert growth_of(SCALE)["opening the store"] == pytest.approx(0.0)


def test_a_repeat_makes_the_same_calls_under_an_opening_of_its_own(
    settings: Settings, endpoint: FakeEndpoint
) -> None:
    with ChatModel.open(settings) as chat:
        recorded = RecordedChat(chat)
        recorded.yes_log_odds(TALK)
        recorded.whether(TALK)
        list(recorded.stream(TALK, schema={"type": "object"}, max_tokens=9))
        before = [request.body for request in endpoint.chats]
        assert repeat(chat, recorded.calls, "Again.") > 0
    after = [request.body for request in endpoint.chats][len(before) :]
    assert [body["messages"][0]["content"] for body in after] == ["Again. Be brief."] * 3
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
