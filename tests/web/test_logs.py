from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from rag.errors import ModelError, StoreDamagedError
from rag.newsroom import Newsroom
from rag.web.logs import JsonLines, start_logs
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import FERRY, ScriptedNewsroom


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logger = logging.getLogger("rag")
    before = logger.level
    handler = start_logs(stream)
    yield stream
    logging.getLogger().removeHandler(handler)
    logger.setLevel(before)


def test_a_request_is_one_line_with_its_number_and_no_word_of_what_was_asked_or_said(
    served: Served, logged: io.StringIO
) -> None:
    question = "How many canaries were on the ferry?"
    reply = httpx2.post(f"{served.url}/v1/answers?x=canary", json={"question": question})
    (line,) = (json.loads(line) for line in logged.getvalue().splitlines())
    assert line["request_id"] == reply.headers["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("POST", "/v1/answers", 200)
    assert "canar" not in logged.getvalue()
    assert not any(sentence in logged.getvalue() for sentence in FERRY.text.split(". "))


@pytest.mark.parametrize(
    ("broken", "path", "place"),
    [
        ("stream", "/v1/answers", "rag/web/desk.py:"),
        # What no route catches comes to the HTTP server, which would print it whole.
        ("search", "/v1/search", "rag/web/api.py:"),
    ],
)
def test_a_defect_is_logged_by_kind_and_place_and_not_by_its_message(
    broken: str,
    path: str,
    place: str,
    served: Served,
    newsroom: ScriptedNewsroom,
    logged: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def defect(*_: object, **__: object) -> None:
        raise LookupError("the article says: canary")

    monkeypatch.setattr(newsroom, broken, defect)
    reply = httpx2.post(f"{served.url}{path}", json={"question": "Who?"})
    assert reply.status_code == 500
    wait_until(lambda: "LookupError" in logged.getvalue())
    assert "canary" not in logged.getvalue() + reply.text
    (line,) = (one for one in map(json.loads, logged.getvalue().splitlines()) if "error" in one)
    assert line["error"] == "LookupError"
    assert line["request_id"] == reply.headers["X-Request-ID"]
    assert any(one.startswith(place) for one in line["places"])


def test_what_a_library_says_is_not_passed_on_but_that_it_did_is(logged: io.StringIO) -> None:
    logging.getLogger("some.parser").warning("cannot read %r", "canary")
    try:
        raise ValueError("canary")
    except ValueError:
        logging.getLogger("asyncio").exception("Task failed: ValueError('canary')")
    said = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert [line["where"] for line in said] == ["some.parser", "asyncio"]
    assert said[1]["error"] == "ValueError"
    assert "canary" not in logged.getvalue()


def test_nothing_that_is_done_with_articles_leaves_a_word_of_them_in_the_log(
    logged: io.StringIO, tmp_path: Path
) -> None:
    """A whole newsroom: good and broken articles, every way of asking, a failing model."""
    canary = "canary"
    files = {
        "good.md": f"The {canary} sang at dawn. Nine people heard it.",
        "front.md": f"---\ntitle: [{canary}\n---\nIt rained.",
        "lines.jsonl": f'{{"title": "{canary}", "text": 5}}\n{{"{canary}\n',
        "page.html": f"<title>{canary}</title><p>{canary} " + "<b>" * 3_000,
        "broken.pdf": f"%PDF-1.4 {canary}",
    }
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    question = f"When did the {canary} sing?"
    with (
        FakeEndpoint(reply=lambda body: Reply(status=500, error=json.dumps(body))) as endpoint,
        Newsroom.open(
            tmp_path / "home", openai_base_url=endpoint.base_url, openai_api_key="key-" + canary
        ) as opened,
    ):
        assert opened.ingest([folder]).failed
        assert opened.search(question)
        assert opened.check(f"The {canary} sang at dawn.").claims
        with pytest.raises(ModelError):
            opened.ask(question)
        opened._store.vectors._failed(StoreDamagedError("The vector index failed", fix="-"))
        assert opened.search(question)
    assert logged.getvalue().splitlines()
    assert canary not in logged.getvalue()


def test_a_line_is_one_line_whatever_it_says() -> None:
    record = logging.makeLogRecord({"name": "rag", "msg": "two\nlines"})
    assert "\n" not in JsonLines().format(record)
