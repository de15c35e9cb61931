"""The page that asks for the key: it keeps what was typed and says why it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from rag.web.desk import Desk
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import ScriptedNewsroom

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY = "seven-herons-on-a-weir"


@pytest.fixture
def locked(serve: Callable[..., Served], newsroom: ScriptedNewsroom) -> Served:
    site = serve(Desk(lambda _report: newsroom), api_key=KEY)
    wait_until(lambda: site.desk.ready)
    return site


def test_the_chat_is_shown_with_the_cookie_of_the_key_alone(locked: Served) -> None:
    with httpx2.Client(base_url=locked.url, timeout=60) as client:
        asked = client.get("/")
        assert asked.status_code == client.head("/").status_code == 401
        assert "<title>Sign in – Groundwire</title>" in asked.text
        assert KEY not in asked.text
        client.cookies.set("access-token-unsecure-guess", "guess")
        assert client.get("/", headers={"Cookie": "access-token=;;="}).status_code == 401
        assert client.post("/login", data={"username": "x", "password": KEY}).status_code == 200
        assert "gradio" in client.get("/").text


@pytest.mark.browser
def test_a_wrong_key_stays_typed_and_is_told_why_it_is_refused(locked: Served, page: Page) -> None:
    page.goto(locked.url)
    assert page.title() == "Sign in – Groundwire"
    page.get_by_label("Key", exact=True).fill(KEY[:-1])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").filter(has_text="not the key of this server").wait_for()
    assert page.get_by_label("Key", exact=True).input_value() == KEY[:-1]
    assert page.evaluate("document.activeElement.id") == "key"

    page.get_by_label("Show the key").check()
    assert page.locator("#key").get_attribute("type") == "text"
    page.locator("#key").fill(KEY)
    page.keyboard.press("Enter")
    page.get_by_placeholder("Ask about the articles").wait_for()
    assert page.title() == "Groundwire"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_read_by_everybody(
    locked: Served, page: Page, axe: Path, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(locked.url)
    page.get_by_label("Key", exact=True).fill("guess")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").filter(has_text="not the key").wait_for()
    page.add_script_tag(path=axe)
    broken = page.evaluate("async () => (await axe.run()).violations.map(it => it.id)")
    assert broken == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
