"""Who may call: the page itself, programs, and pages of the sites that the settings name."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from rag.web.desk import Desk
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import SAFE, ScriptedNewsroom

DESK = "https://desk.example"
QUESTION = {"question": SAFE}
PREFLIGHT = {"Access-Control-Request-Method": "POST"}


@pytest.fixture
def shared(serve: Callable[..., Served], newsroom: ScriptedNewsroom) -> Served:
    site = serve(Desk(lambda _report: newsroom), cors_origins=f"{DESK}, http://localhost:3000")
    wait_until(lambda: site.desk.ready)
    return site


def test_pages_of_other_sites_are_kept_out_unless_set(served: Served) -> None:
    asked = httpx2.post(f"{served.url}/v1/answers", json=QUESTION, headers={"Origin": DESK})
    before = httpx2.options(f"{served.url}/v1/answers", headers={"Origin": DESK, **PREFLIGHT})
    read = httpx2.get(f"{served.url}/v1/articles", headers={"Origin": DESK})

    assert asked.status_code == 403
    for response in (asked, before, read):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_pages_of_the_named_sites_may_call_the_api_and_nothing_else(shared: Served) -> None:
    ours, other = {"Origin": DESK}, {"Origin": "https://evil.example"}
    url = f"{shared.url}/v1/answers"

    asked = httpx2.post(url, json=QUESTION, headers=ours)
    assert (asked.status_code, asked.json()["status"]) == (200, "answered")
    assert asked.headers["Access-Control-Allow-Origin"] == DESK
    assert httpx2.options(url, headers=ours | PREFLIGHT).status_code == 200
    assert httpx2.post(url, json=QUESTION, headers=other).status_code == 403
    assert httpx2.options(url, headers=other | PREFLIGHT).status_code == 400
    page = httpx2.post(f"{shared.url}/gradio_api/queue/join", json={}, headers=ours)
    assert page.status_code == 403
