"""Every door that wants the key compares it in constant time, and opens for no other."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import httpx2
import pytest

from rag.web.desk import Desk
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import ScriptedNewsroom

KEY = "a-long-secret-of-ours"
DOORS: dict[str, Callable[[str, str], httpx2.Response]] = {
    "api": lambda url, key: httpx2.get(f"{url}/v1/articles", headers=bearer(key), timeout=60),
    "openai": lambda url, key: httpx2.get(f"{url}/v1/models", headers=bearer(key), timeout=60),
    "metrics": lambda url, key: httpx2.get(f"{url}/metrics", headers=bearer(key), timeout=60),
    "tools": lambda url, key: httpx2.get(f"{url}/mcp", headers=bearer(key), timeout=60),
    "page": lambda url, key: httpx2.post(
        f"{url}/login", data={"username": "me", "password": key}, timeout=60
    ),
}


def bearer(key: str) -> dict[bytes, bytes]:
    return {b"Authorization": b"Bearer " + key.encode()}


def test_each_door_compares_the_key_in_constant_time_and_opens_for_no_other(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = serve(Desk(lambda _report: newsroom), api_key=KEY)
    wait_until(lambda: site.desk.ready)
    compared: list[bytes] = []
    really = secrets.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return really(one, other)

    monkeypatch.setattr(secrets, "compare_digest", watched)
    for name, door in DOORS.items():
        for wrong in ("guess", KEY[:-1], KEY + "x", "ключ"):
            compared.clear()
            refused = door(site.url, wrong)
            assert refused.status_code in {400, 401}, (name, wrong)
            assert compared == [KEY.encode()], (name, wrong)
            assert KEY not in refused.text
        assert door(site.url, KEY).status_code in {200, 405}, name
