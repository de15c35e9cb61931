"""One client cannot ask for everything: real requests to a real server."""

from __future__ import annotations

from collections.abc import Callable

import httpx2

from rag.web import rate_limit
from rag.web.desk import Desk
from rag.web.rate_limit import Allowance
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import SAFE, ScriptedNewsroom


def test_who_asks_too_often_is_told_when_to_come_again_and_the_page_still_comes(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom), requests_per_minute=3, api_key="secret")
    wait_until(lambda: site.desk.ready)
    body = {"question": SAFE, "k": 1}
    key = {"Authorization": "Bearer secret"}
    with httpx2.Client(base_url=site.url, headers=key, timeout=20) as client:
        codes = [client.post("/v1/search", json=body).status_code for _ in range(4)]
        refused = client.post("/v1/search", json=body)
        chat = client.post("/v1/chat/completions", json={"model": "groundwire", "messages": []})
        guess = client.post("/login", data={"username": "me", "password": "guess"})
        stranger = client.get("/v1/articles", headers={"Authorization": "Bearer another"})
        assert client.get("/v1/health").status_code == 200
        assert client.get("/v1/ready").status_code == 200
        assert client.get("/page/chat.css").status_code in (200, 404)

    assert codes == [200, 200, 200, 429]
    assert refused.json()["code"] == "too_many_requests"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert chat.status_code == 429
    assert chat.json()["error"]["code"] == "too_many_requests"
    assert guess.status_code == 429
    assert stranger.status_code == 429


def test_a_share_comes_back_with_time_and_is_never_saved_up() -> None:
    clock = 0.0
    allowance = Allowance(60, now=lambda: clock)
    assert [allowance.wait_s("a") for _ in range(61)] == [0] * 60 + [1]
    clock = 1.0
    assert [allowance.wait_s("a") for _ in range(2)] == [0, 1]
    clock = 10_000.0
    assert [allowance.wait_s("a") for _ in range(61)] == [0] * 60 + [1]


def test_countless_clients_take_no_more_room() -> None:
    allowance = Allowance(1, now=lambda: 0.0)
    for number in range(rate_limit.MOST_CLIENTS + 50):
        allowance.wait_s(str(number))
    assert len(allowance._left) == rate_limit.MOST_CLIENTS
