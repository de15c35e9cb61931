from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import httpx2
import pytest

from rag.web.logs import JsonLines, start_logs
from tests.web.conftest import Served
from tests.web.scripted_newsroom import FERRY, ScriptedNewsroom


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logger = logging.getLogger("rag")
    before = logger.level
    handler = start_logs(stream)
    yield stream
    logger.removeHandler(handler)
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


def test_a_defect_is_logged_by_kind_and_place_and_not_by_its_message(
    served: Served,
    newsroom: ScriptedNewsroom,
    logged: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def defect(*_: object, **__: object) -> None:
        raise LookupError("the article says: canary")

    monkeypatch.setattr(newsroom, "stream", defect)
    reply = httpx2.post(f"{served.url}/v1/answers", json={"question": "Who?"})
    assert reply.status_code == 500
    assert "canary" not in logged.getvalue() + reply.text
    (line,) = (one for one in map(json.loads, logged.getvalue().splitlines()) if "error" in one)
    assert line["error"] == "LookupError"
    assert line["request_id"] == reply.headers["X-Request-ID"]
    assert any(place.startswith("rag/web/desk.py:") for place in line["places"])


def test_a_line_is_one_line_whatever_it_says() -> None:
    record = logging.makeLogRecord({"msg": "two\nlines"})
    assert "\n" not in JsonLines().format(record)
