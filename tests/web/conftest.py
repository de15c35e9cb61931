"""A real server over a scripted newsroom, and a real browser to look at it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rag.settings import Settings
from rag.web.desk import Desk
from tests.web.scripted_newsroom import ScriptedNewsroom

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass
class Served:
    url: str
    desk: Desk
    home: Path


@contextlib.contextmanager
def serving(
    desk: Desk, home: Path, *, follow: Sequence[str] = (), **given: Any
) -> Iterator[Served]:
    """A server on a free port of loopback, stopped at the end."""
    import uvicorn

    from rag.web.server import address, create_app, listen

    settings = Settings.load(port=0, home=home, **given)
    listener = listen(settings)
    config = uvicorn.Config(
        create_app(desk, settings, follow),
        log_level="error",
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    assert thread.is_alive()
    try:
        yield Served(address(listener), desk, home)
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """`serve(desk, **settings)` starts a server of the test's own."""
    with contextlib.ExitStack() as stack:
        yield lambda desk, home=tmp_path / "home", **given: stack.enter_context(
            serving(desk, home, **given)
        )


@pytest.fixture(scope="session")
def scripted_site(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ScriptedNewsroom, Served]]:
    """One server for all tests that need nothing special; building one takes a second."""
    newsroom = ScriptedNewsroom()
    desk = Desk(lambda _report: newsroom)
    with serving(desk, tmp_path_factory.mktemp("scripted") / "home") as site:
        wait_until(lambda: desk.ready)
        yield newsroom, site


@pytest.fixture
def newsroom(scripted_site: tuple[ScriptedNewsroom, Served]) -> Iterator[ScriptedNewsroom]:
    """The newsroom behind `served`, as new."""
    newsroom, site = scripted_site
    newsroom.reset()
    yield newsroom
    newsroom.gate.set()
    wait_until(lambda: not site.desk.busy)


@pytest.fixture
def served(scripted_site: tuple[ScriptedNewsroom, Served], newsroom: ScriptedNewsroom) -> Served:
    """A server whose newsroom is ready."""
    return scripted_site[1]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on a script error or a request to another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(30_000)
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


def wait_until(true: Callable[[], object], timeout_s: float = 180.0) -> None:
    """Return once `true()` is; fail after the timeout."""
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
