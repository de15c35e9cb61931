"""Other people's systems, and the answers of any system as one form."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from evals.scorers.outcomes import said
from evals.systems.groundwire import DISTRACTORS, GroundwireSystem, statements_of
from evals.systems.remote import open_callable, open_endpoint, read_reply
from evals.systems.response import Context, Response
from rag.answer import Answer
from rag.answering.task import HITS
from rag.errors import (
    EndpointResponseError,
    EndpointTimeoutError,
    EndpointUnreachableError,
    InputError,
)
from rag.models.chat import ChatModel
from rag.settings import Settings
from tests.evals.scripted_model import ScriptedModel
from tests.fake_endpoint import FakeEndpoint, Reply

REPLY = {
    "answer": "It sank on Monday [1]. All lived [1, 2]. I don't know who steered it. See [7].",
    "contexts": ["The ferry sank on Monday.", {"text": "All 40 lived.", "article": "ferry.md"}],
}


class Peer(BaseHTTPRequestHandler):
    """A system somebody else wrote; `script` says what it does next."""

    script: Any = (200, REPLY)
    asked: list[dict[str, Any]] = []  # noqa: RUF012 - one test at a time
    keys: list[str | None] = []  # noqa: RUF012 - as above

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(json.loads(body))
        self.keys.append(self.headers.get("Authorization"))
        status, reply = self.script
        if status == 0:
            threading.Event().wait(1.0)
        data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status or 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def peer() -> Iterator[str]:
    Peer.script, Peer.asked, Peer.keys = (200, REPLY), [], []
    server = HTTPServer(("127.0.0.1", 0), Peer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ask"
    server.shutdown()
    server.server_close()
    thread.join()


def test_markers_become_citations_and_not_knowing_is_no_statement() -> None:
    response = read_reply(REPLY, "peer", 0.5)
    said = [(one.text, one.citations) for one in response.statements]
    assert said == [("It sank on Monday.", (0,)), ("All lived.", (0, 1)), ("See.", ())]
    assert (response.status, response.dangling, response.cites) == ("answered", 1, True)
    assert response.evidence(response.statements[0]) == "The ferry sank on Monday."


def test_a_system_that_cites_nothing_stands_on_all_it_read() -> None:
    response = read_reply({**REPLY, "answer": "It sank on Monday."}, "peer", 0.5)
    assert not response.cites
    assert response.evidence(response.statements[0]) == "The ferry sank on Monday.\n\nAll 40 lived."


@pytest.mark.parametrize(
    "answer", ["I don't know.", "The text does not mention it.", "No information is given.", ""]
)
def test_a_text_that_only_says_it_does_not_know_is_an_abstention(answer: str) -> None:
    assert read_reply({"answer": answer}, "peer", 0.1).status == "abstained"


def test_a_system_may_say_itself_that_it_abstains() -> None:
    response = read_reply({"answer": "Perhaps in May.", "abstained": True}, "peer", 0.1)
    assert (response.status, response.statements) == ("abstained", ())


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        "text",
        {},
        {"answer": 3},
        {"answer": "x", "contexts": [3]},
        {"answer": "x", "contexts": [{"article": "a"}]},
        {"answer": "x", "abstained": "yes"},
    ],
)
def test_a_reply_of_another_shape_is_an_error_and_no_answer(reply: Any) -> None:
    with pytest.raises(EndpointResponseError, match="another shape"):
        read_reply(reply, "peer", 0.1)


def test_an_endpoint_gets_question_and_talk_and_its_reply_is_read(peer: str) -> None:
    system = open_endpoint(peer, timeout_s=5, key="secret")
    response = system.ask("When?", ("Which ferry?",))
    assert Peer.asked == [{"question": "When?", "history": ["Which ferry?"]}]
    assert Peer.keys == ["Bearer secret"]
    assert response.contexts[1] == Context(article="ferry.md", text="All 40 lived.")
    assert (response.total_s or 0) > 0


@pytest.mark.parametrize("script", [(500, REPLY), (200, b"<html>"), (200, b"")])
def test_an_endpoint_that_fails_is_a_typed_error(peer: str, script: Any) -> None:
    Peer.script = script
    with pytest.raises(EndpointResponseError):
        open_endpoint(peer, timeout_s=5).ask("When?")


def test_an_endpoint_that_is_late_or_gone_is_a_typed_error(peer: str) -> None:
    Peer.script = (0, REPLY)
    with pytest.raises(EndpointTimeoutError):
        open_endpoint(peer, timeout_s=0.2).ask("When?")
    with pytest.raises(EndpointUnreachableError):
        open_endpoint("http://127.0.0.1:9/ask", timeout_s=2).ask("When?")
    with pytest.raises(InputError, match="no http address"):
        open_endpoint("ftp://x", timeout_s=2)


def test_a_callable_is_asked_and_its_failures_are_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "peer_of_mine.py").write_text(
        "def ask(question, history=()):\n"
        "    if question == 'Break':\n"
        "        raise ValueError('broken')\n"
        "    return {'answer': f'{question} {len(history)}.', 'contexts': ['c']}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    system = open_callable("peer_of_mine:ask")
    assert system.ask("Two", ("a", "b")).text == "Two 2."
    with pytest.raises(EndpointResponseError, match="ValueError: broken"):
        system.ask("Break")
    assert system.fingerprint != open_callable("json:loads").fingerprint
    for wrong in ("peer_of_mine:gone", "no_such_module:ask", "peer_of_mine:__name__"):
        with pytest.raises(InputError, match="no system"):
            open_callable(wrong)


def test_a_response_with_an_error_says_nothing() -> None:
    failed = Response(error="late")
    assert (failed.statements, failed.citations) == ((), ())


def test_what_the_sides_of_a_conflict_say_is_told_too() -> None:
    cited = {
        "article_id": "a",
        "article_sha256": "0",
        "passage_id": "p",
        "start": 0,
        "end": 9,
        "quote": "40 lived.",
        "title": "Ferry",
    }
    answer = Answer.model_validate(
        {
            "id": "1",
            "question": "How many lived?",
            "searched_for": "How many lived?",
            "status": "answered",
            "claims": [{"text": "40 lived.", "citations": [1], "support": 0.9}],
            "citations": [{**cited, "number": 1}, {**cited, "number": 2}],
            "conflicts": [
                {
                    "about": "How many lived?",
                    "positions": [
                        {"text": "40 lived.", "citations": [1]},
                        {"text": "38 lived.", "citations": [2]},
                    ],
                }
            ],
            "provenance": {
                "model": "m",
                "embedding_model": "e",
                "index": "i",
                "prompt_version": "1",
                "version": "1",
            },
            "timings_s": {"retrieve": 0.0, "total": 0.1},
        }
    )
    told = [(one.text, one.citations) for one in statements_of(answer)]
    assert told == [("40 lived.", (0,)), ("38 lived.", (1,))]


def test_a_lead_a_kind_and_a_verdict_are_told_beside_the_statements(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    sank = "The ferry Alma sank near Port Reed on Monday."
    (news / "ferry.md").write_text(f"# Ferries\n\n{sank}", "utf-8")
    with FakeEndpoint(reply=lambda body: Reply(yes=0.95)) as endpoint:
        given = {"openai_base_url": endpoint.base_url, "openai_api_key": "k"}
        settings = Settings.load(home=tmp_path / "home", **given)
        with ChatModel.open(settings) as chat:
            system = GroundwireSystem([news], settings, chat)
            greeting, verdict = system.ask("hello"), system.ask("Did the ferry Alma sink?")
            system.close()

    assert (greeting.status, greeting.kind, greeting.statements) == ("answered", "small_talk", ())
    assert said(greeting) == greeting.lead == greeting.text
    assert (verdict.kind, verdict.verdict, verdict.lead) == ("yes_no", "yes", "Yes.")
    assert said(verdict) == f"Yes. {sank}"


def test_a_disturbed_question_is_answered_anew_from_disturbed_passages(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for number in range(HITS + DISTRACTORS + 1):
        text = f"The ferry number {number} left Port Reed on day {number} with {number} horses."
        (news / f"{number}.md").write_text(f"# Ferries\n\n{text}", "utf-8")
    question = "When did the ferry number 3 leave Port Reed?"
    with FakeEndpoint(reply=ScriptedModel()) as endpoint:
        given = {"openai_base_url": endpoint.base_url, "openai_api_key": "k"}
        settings = Settings.load(home=tmp_path / "home", **given)
        with ChatModel.open(settings) as chat:
            system = GroundwireSystem([news], settings, chat)
            read, asked = {}, {}
            for how in (None, "shuffled", "distracted"):
                before = len(endpoint.chats)
                system.disturb(how)
                read[how] = [context.article for context in system.ask(question).contexts]
                asked[how] = len(endpoint.chats) - before
            system.close()
    assert all(asked.values())
    assert read["shuffled"] != read[None]
    assert set(read["shuffled"]) == set(read[None])
    assert not set(read["distracted"][:DISTRACTORS]) & set(read[None])
    assert read["distracted"][DISTRACTORS:] == read[None][: HITS - DISTRACTORS]
