"""A request that is too large is refused, whether it says its length or not."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator

import httpx2
import pytest

from rag.settings import Settings
from rag.web.body_limit import FULL_FILES, MAX_BODY_BYTES
from tests.web.conftest import Served

MOST = FULL_FILES * Settings.model_fields["max_file_mb"].default * 1_000_000
JSON = {"Content-Type": "application/json"}


def endless() -> Iterator[bytes]:
    """Twice as much as is allowed, in pieces and without a length."""
    yield b'{"question": "'
    for _ in range(2 * MAX_BODY_BYTES // 1_000_000):
        yield b"x" * 1_000_000
    yield b'"}'


@pytest.mark.parametrize("path", ["/v1/answers", "/v1/chat/completions"])
def test_a_body_without_a_length_is_counted(served: Served, path: str) -> None:
    response = httpx2.post(f"{served.url}{path}", content=endless(), headers=JSON, timeout=30)

    assert response.status_code == 413
    assert "larger than 8,000,000 bytes" in response.text


@pytest.mark.parametrize(
    ("path", "length"), [("/v1/search", MAX_BODY_BYTES), ("/v1/articles", MOST)]
)
def test_a_body_that_announces_too_much_is_not_read(served: Served, path: str, length: int) -> None:
    connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=30)
    with contextlib.closing(connection):
        connection.putrequest("POST", path)
        kind = "multipart/form-data; boundary=x" if path == "/v1/articles" else "application/json"
        connection.putheader("Content-Type", kind)
        connection.putheader("Content-Length", str(length + 1))
        connection.endheaders()
        response = connection.getresponse()

        assert response.status == 413
        assert json.loads(response.read())["status"] == 413
