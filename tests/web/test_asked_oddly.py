"""What monitors, validators and scripts ask of the server beside questions."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.web.conftest import Served


@pytest.mark.parametrize("path", ["/", "/v1/health", "/v1/ready", "/v1/models", "/openapi.json"])
def test_head_is_answered_as_get_without_a_body(served: Served, path: str) -> None:
    headed = httpx2.head(f"{served.url}{path}", timeout=60)

    assert headed.status_code == 200
    assert headed.content == b""
    assert httpx2.head(f"{served.url}/v1/answers", timeout=60).status_code == 405


def test_the_description_is_valid_and_stands_in_one_place(served: Served) -> None:
    described: Any = httpx2.get(f"{served.url}/openapi.json", timeout=60).json()

    assert [str(it) for it in OpenAPIV31SpecValidator(described).iter_errors()] == []
    assert "redoc" not in httpx2.get(f"{served.url}/redoc", timeout=60).text.lower()


def test_a_blank_question_of_a_script_is_refused_in_words(served: Served) -> None:
    call = f"{served.url}/gradio_api/call/ask"
    begun = httpx2.post(call, json={"data": ["  "]}, timeout=60).json()

    told = httpx2.get(f"{call}/{begun['event_id']}", timeout=60).text

    assert "event: error" in told
    assert "The question is empty. Type a question." in told
