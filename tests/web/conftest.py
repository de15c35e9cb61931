"""A real server over a scripted newsroom, and a real browser to look at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from rag.settings import Settings
from rag.web.desk import Desk
from tests.web.scripted_newsroom import ScriptedNewsroom

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Served:
    url: str
    desk: Desk


@pytest.fixture
def newsroom() -> ScriptedNewsroom:
    return ScriptedNewsroom()


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """`serve(desk, **settings)` starts a server on a free port and stops it after the test."""
    import uvicorn

    from rag.web.server import address, create_app, listen

    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(desk: Desk, **given: Any) -> Served:
        settings = Settings.load(port=0, **given)
        listener = listen(settings)
        config = uvicorn.Config(
            create_app(desk, settings), log_level="error", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        running.append((server, thread))
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        return Served(address(listener), desk)

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def served(serve: Callable[..., Served], newsroom: ScriptedNewsroom) -> Served:
    """A server whose newsroom is ready."""
    desk = Desk(lambda _report: newsroom)
    site = serve(desk)
    wait_until(lambda: desk.ready)
    return site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on a script error or a request to another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
            else troubles.append(f"request to {request.url}")
        ),
    )
    yield page
    context.close()
    assert troubles == []


def wait_until(true: Callable[[], object], timeout_s: float = 15.0) -> None:
    """Return once `true()` is; fail after the timeout."""
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
