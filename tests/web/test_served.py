"""A second process that only asks is answered by the server that holds the store."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import mcp
import pytest

from rag.cli import main
from rag.errors import GroundwireError, InputError, QuestionError, ServeError
from rag.events import Done, Event, Lead, Progress, Sources
from rag.filters import Filters
from rag.newsroom import AnyNewsroom, Newsroom
from rag.retrieval.runnable import document
from rag.settings import Settings
from rag.web.api import wire_event
from rag.web.desk import Desk
from rag.web.mcp_tools import build_mcp
from rag.web.opening import open_desk
from rag.web.served import ServedNewsroom
from tests.answers import SAMPLES
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.shipped import BOMBS, POPULATION, REWORDED, SENTENCE
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import SAFE, ScriptedNewsroom
from tests.web.test_surfaces import what_counts


@pytest.fixture
def announced(site: Served) -> Served:
    site.desk.newsroom().announce(site.url)
    return site


@pytest.fixture
def second(announced: Served) -> Iterator[ServedNewsroom]:
    found = ServedNewsroom.holding(Settings.load(home=announced.home))
    assert found is not None
    with found:
        yield found


def test_answers_hits_and_articles_are_those_of_the_owner(
    announced: Served, second: ServedNewsroom
) -> None:
    owner = announced.desk.newsroom()
    for question in (BOMBS, POPULATION):
        expected = what_counts(owner.ask(question).model_dump(mode="json"))
        assert what_counts(second.ask(question).model_dump(mode="json")) == expected
    stored = owner.articles()
    assert second.articles() == stored
    assert second.article_count() == owner.article_count() == len(stored) > 1
    for offset, most in ((0, 1), (1, 1), (1, 50), (len(stored), 1)):
        page = stored[offset : offset + most]
        assert second.articles(offset, most) == owner.articles(offset, most) == page
    for typed in ("", owner.articles()[0].title[:4], owner.articles()[0].article_id, "no such"):
        assert second.named_like(typed) == owner.named_like(typed)
    assert [second.article(one.article_id) for one in second.articles()] == [
        owner.article(one.article_id) for one in owner.articles()
    ]
    for one in owner.articles():
        assert second.guided(one.article_id) == owner.guided(one.article_id)
        assert second.guided(one.article_id)[1].main
    draft = f"{SENTENCE} Ten bombs were defused in Paris."
    assert second.check(draft) == owner.check(draft)
    for filters in (None, Filters(publishers=("None",))):
        found, expected_hits = (
            one.search("bombs near Bartella", 60, filters) for one in (second, owner)
        )
        assert [document(hit) for hit in found] == [document(hit) for hit in expected_hits]
        assert [hit.also_in for hit in found] == [hit.also_in for hit in expected_hits]


@pytest.mark.parametrize(
    "command", [["articles"], ["articles", "--guide"], ["search", BOMBS], ["ask", BOMBS]]
)
def test_the_command_line_is_served_and_says_by_whom(
    announced: Served, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main_without_exit([*command, "--json", "--home", str(announced.home)])
    printed = capsys.readouterr()
    owner = announced.desk.newsroom()
    said = json.loads(printed.out)
    assert announced.url in printed.err
    match command:
        case ["ask", _]:
            assert said["citations"]
            assert said["status"] == "answered"
        case ["articles"]:
            assert said == json.loads(
                json.dumps([asdict(a) for a in owner.articles()], default=str)
            )
        case ["articles", "--guide"]:
            guides = [owner.guided(one["article_id"]) for one in said]
            assert [one["guide"] for one in said] == [g.as_dict(a.text) for a, g in guides]
        case _:
            assert said[0]["text"] == owner.search(BOMBS)[0].passage.text


def test_what_happens_meanwhile_is_told_as_by_the_owner(
    announced: Served, second: ServedNewsroom
) -> None:
    told = [
        [
            [document(hit) for hit in event.hits] if isinstance(event, Sources) else event
            for event in one.stream(BOMBS)
            if not isinstance(event, Progress | Done)
        ]
        for one in (announced.desk.newsroom(), second)
    ]
    assert told[1] == told[0]
    assert len(told[1]) > 1
    *_, done = second.stream(BOMBS)
    assert isinstance(done, Done)
    with pytest.raises(QuestionError, match="The question is empty"):
        list(second.stream(" "))


def test_a_draft_and_an_answer_file_are_checked_by_the_server(
    announced: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--json", "--home", str(announced.home)]
    draft, kept = tmp_path / "draft.txt", tmp_path / "answer.json"
    draft.write_text(SENTENCE, encoding="utf-8")
    main_without_exit(["check", str(draft), *home])
    assert json.loads(capsys.readouterr().out)["claims"][0]["verdict"] == "supported"
    main_without_exit(["ask", BOMBS, *home])
    kept.write_text(answer := capsys.readouterr().out, encoding="utf-8")
    main_without_exit(["verify", str(kept), *home])
    assert json.loads(capsys.readouterr().out)["problems"] == []

    changed = json.loads(answer)
    changed["citations"][0]["article_id"] = "../health"
    kept.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["verify", str(kept), *home])
    assert stop.value.code == 1
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert "its article is not here" in problem


def test_a_lead_is_passed_on_and_an_event_of_a_newer_server_is_left_out(
    served: Served,
    newsroom: ScriptedNewsroom,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newsroom.answers[SAFE] = SAMPLES["timeline"]
    with ServedNewsroom(served.url, Settings.load(home=tmp_path)) as beside:
        told = list(beside.stream(SAFE))
        monkeypatch.setattr("rag.web.api.wire_event", _with_new_names)
        newer = list(beside.stream(SAFE))
    assert Lead("From 1 report.") in told
    assert newer == [event for event in told if not isinstance(event, Lead)]


def _with_new_names(event: Event) -> tuple[str, dict[str, Any]]:
    name, data = wire_event(event)
    return ("prelude" if name == "lead" else name), data


def test_the_kind_of_a_question_is_passed_on(
    served: Served, newsroom: ScriptedNewsroom, tmp_path: Path
) -> None:
    newsroom.answers[SAFE] = SAMPLES["timeline"]
    with ServedNewsroom(served.url, Settings.load(home=tmp_path)) as beside:
        assert beside.ask(SAFE, kind="timeline") == SAMPLES["timeline"]
        *_, done = beside.stream(SAFE, kind="list")
        assert done == Done(SAMPLES["timeline"])
        beside.ask(SAFE)
    assert newsroom.kinds == ["timeline", "list", None]


def test_the_card_of_the_owner_but_for_the_day_of_its_last_change(
    announced: Served, second: ServedNewsroom
) -> None:
    assert second.corpus_card() == replace(announced.desk.newsroom().corpus_card(), indexed_at=None)


def test_what_would_change_the_articles_is_refused(second: ServedNewsroom) -> None:
    stored = second.articles()
    with pytest.raises(ServeError, match="Change them there"):
        second.ingest(["late.md"])
    with pytest.raises(ServeError, match="Change them there"):
        second.remove(stored[0].article_id)
    assert second.articles() == stored


@pytest.mark.parametrize("kind", [Newsroom, ServedNewsroom, ScriptedNewsroom])
def test_every_newsroom_can_be_asked_the_same(kind: type) -> None:
    members = {name: member for name, member in vars(AnyNewsroom).items() if name[0] != "_"}
    assert len(members) > 10
    for name, member in members.items():
        if inspect.isfunction(member):
            promised = inspect.signature(member).parameters
            assert inspect.signature(getattr(kind, name)).parameters == promised, name
        else:
            assert hasattr(kind, name), name


@pytest.mark.parametrize(("yes", "verdict"), [(0.999, "supported"), (0.001, "not_found")])
def test_a_draft_is_held_to_the_word_of_the_servers_model(
    announced: Served, second: ServedNewsroom, endpoint: FakeEndpoint, yes: float, verdict: str
) -> None:
    endpoint.reply = lambda body: Reply(yes=yes)
    checked = second.check(REWORDED, with_model=True)
    assert [one.verdict for one in checked.claims] == [verdict]
    assert announced.desk.newsroom().check(REWORDED, with_model=True) == checked
    assert second.check(REWORDED).claims[0].verdict == "supported"
    with pytest.raises(GroundwireError, match="asked about 5,000"):
        second.check(REWORDED * 100, with_model=True)


def test_tools_started_beside_a_server_ask_that_server(announced: Served) -> None:
    """`groundwire mcp` with the store taken: the same results, and nothing is opened twice."""
    desk = open_desk(Settings.load(home=announced.home), or_served=True)
    desk.open()
    wait_until(lambda: desk.ready or desk.error)
    assert desk.error is None

    async def asked() -> dict[str, Any]:
        async with mcp.Client(build_mcp(desk), read_timeout_seconds=60) as client:
            result = await client.call_tool("ask", {"question": BOMBS})
            found = await client.call_tool("search", {"question": BOMBS, "k": 3})
            drafts = await client.call_tool("check", {"text": SENTENCE})
            listed = await client.list_resources()
            assert found.structured_content
            assert drafts.structured_content
            assert len(listed.resources) == len(announced.desk.newsroom().articles())
            return dict(result.structured_content or {})

    expected = announced.desk.newsroom().ask(BOMBS).model_dump(mode="json")
    assert what_counts(asyncio.run(asked())) == what_counts(expected)
    desk.close()


def main_without_exit(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert not stop.value.code


def test_what_would_change_the_store_is_refused_with_the_address(
    announced: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "late.md").write_text("It rained.")
    with pytest.raises(SystemExit) as stop:
        main(["ingest", str(tmp_path / "late.md"), "--home", str(announced.home)])
    assert stop.value.code == 1
    assert f"Use it at {announced.url}" in capsys.readouterr().err


def test_the_servers_errors_are_said_in_its_words(second: ServedNewsroom) -> None:
    with pytest.raises(GroundwireError, match="The question is empty"):
        second.ask("   ")
    with pytest.raises(QuestionError, match="The question is empty"):
        second.search("   ")
    with pytest.raises(InputError, match="k: "):
        second.search("bombs", 5_000)


def test_a_key_is_wanted_and_named(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom, tmp_path: Path
) -> None:
    site = serve(Desk(lambda _report: newsroom), api_key="secret")
    wait_until(lambda: site.desk.ready)
    with (
        ServedNewsroom(site.url, Settings.load(home=tmp_path)) as stranger,
        pytest.raises(ServeError, match="GROUNDWIRE_API_KEY"),
    ):
        stranger.articles()
    with ServedNewsroom(site.url, Settings.load(home=tmp_path, api_key="secret")) as known:
        assert len(known.articles()) == 2


def test_a_server_that_is_gone_or_is_another_is_one_error(tmp_path: Path) -> None:
    with (
        ServedNewsroom("http://127.0.0.1:9", Settings.load(home=tmp_path)) as nobody,
        pytest.raises(ServeError, match="does not answer"),
    ):
        nobody.articles()
    with (
        ServedNewsroom("http://127.0.0.1:9", Settings.load(home=tmp_path)) as nobody,
        pytest.raises(ServeError, match="does not answer"),
    ):
        list(nobody.stream("Who?"))
