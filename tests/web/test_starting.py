"""A start that fails is said, keeps nobody from what can be done, and is tried again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rag.errors import StoreBusyError
from rag.settings import SHIPPED_CORPUS, Settings
from rag.web import desk as desk_module
from rag.web.desk import Desk
from rag.web.opening import open_desk
from tests.fake_endpoint import FakeEndpoint
from tests.index.servers import free_port
from tests.shipped import BOMBS, SENTENCE, copying
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import SAFE, ScriptedNewsroom

HELLO = {"model": "groundwire", "messages": [{"role": "user", "content": "Hello!"}]}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "REST_S", 0.1)


def model_server_at(port: int) -> dict[str, Any]:
    """The settings of a model server that may be there or not."""
    return {"openai_base_url": f"http://127.0.0.1:{port}/v1", "openai_api_key": "none"}


def test_a_model_server_that_is_down_at_the_start_is_used_once_it_is_up(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    port = free_port()
    given = model_server_at(port)
    desk = open_desk(Settings.load(home=tmp_path / "home", **given), samples=True)
    site = serve(desk, **given)
    wait_until(lambda: desk.error)
    with httpx2.Client(base_url=site.url, timeout=60) as client:
        said = client.get("/v1/ready")
        assert (said.status_code, said.json()["ready"]) == (503, False)
        assert said.json()["trouble"] == "endpoint_unreachable"
        # What needs no model is answered; what does is quoted without it, or says why it is not.
        assert client.post("/v1/chat/completions", json=HELLO).status_code == 200
        assert client.post("/v1/search", json={"question": BOMBS}).status_code == 200
        quoted = client.post("/v1/answers", json={"question": BOMBS}).json()
        assert quoted["status"] == "answered"
        assert "cannot reach" in quoted["lead"].lower()

        with FakeEndpoint(reply=copying, port=port):
            wait_until(lambda: client.get("/v1/ready").status_code == 200)
            answer = client.post("/v1/answers", json={"question": BOMBS}).json()

    assert answer["claims"][0]["text"] == SENTENCE
    assert answer["provenance"]["model"] == "fake-model"


def test_ready_names_a_start_that_failed_by_its_code_and_shows_no_path(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    def opener(_report: object) -> ScriptedNewsroom:
        raise StoreBusyError(f"{tmp_path} is in use", fix="Wait.")

    site = serve(Desk(opener))
    wait_until(lambda: site.desk.error)

    said = httpx2.get(f"{site.url}/v1/ready")

    assert said.status_code == 503
    assert said.json()["trouble"] == "store_busy"
    assert str(tmp_path) not in said.text


def test_no_step_of_a_real_start_shows_a_path(site: Served) -> None:
    said = httpx2.get(f"{site.url}/v1/ready")

    assert said.status_code == 200
    assert [step["name"] for step in said.json()["steps"]]
    assert str(site.home.parent) not in said.text


def test_whoever_asks_next_has_a_start_that_failed_tried_again(
    serve: Callable[..., Served],
) -> None:
    newsroom = ScriptedNewsroom()
    failures = [StoreBusyError("The store is in use", fix="Wait.")]

    def opener(_report: object) -> ScriptedNewsroom:
        if failures:
            raise failures.pop()
        return newsroom

    complaints: list[object] = []
    desk = Desk(opener, complain=complaints.append)
    site = serve(desk)
    wait_until(lambda: desk.error)
    wait_until(
        lambda: httpx2.post(f"{site.url}/v1/answers", json={"question": SAFE}).status_code == 200
    )

    assert len(complaints) == 1


def test_a_store_of_ones_own_gets_no_samples_and_one_that_asks_for_them_does(
    endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}

    def opened(home: str, **how: Any) -> tuple[Desk, list[str]]:
        corpus = how.pop("corpus", None)
        desk = open_desk(Settings.load(home=tmp_path / home, corpus=corpus, **given), **how)
        desk.open()
        wait_until(lambda: desk.ready or desk.error)
        return desk, [one.article_id for one in desk.newsroom().articles()]

    own, held = opened("own")
    own.close()
    assert held == []

    first, held = opened("first", samples=True)
    assert len(held) == len(list(SHIPPED_CORPUS.glob("*.md")))
    for one in held:
        first.newsroom().remove(one)
    first.close()
    again, held = opened("first", samples=True)
    again.close()
    assert held == []  # what was deleted does not come back

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "quay.md").write_text("The quay of Sarn was mended in June.")
    mine, held = opened("mine", samples=True, corpus=tmp_path / "mine")
    mine.close()
    assert len(held) == 1


def test_the_reason_is_told_also_while_the_start_is_tried_again(
    serve: Callable[..., Served],
) -> None:
    newsroom, tries, let_on = ScriptedNewsroom(), [0], threading.Event()

    def opener(_report: object) -> ScriptedNewsroom:
        tries[0] += 1
        if tries[0] > 1:
            let_on.wait(30)
            return newsroom
        raise StoreBusyError("The store is in use", fix="Wait.")

    site = serve(Desk(opener))
    wait_until(lambda: site.desk.error)

    def told() -> dict[str, Any]:
        told: dict[str, Any] = httpx2.get(f"{site.url}/v1/ready").json()
        return told

    wait_until(lambda: told() and tries[0] > 1)
    assert (told()["ready"], told()["trouble"]) == (False, "store_busy")
    let_on.set()
    wait_until(lambda: told()["ready"])
    assert told()["trouble"] is None


def test_a_model_server_that_goes_away_is_told_and_found_again_without_a_question(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    port = free_port()
    given = model_server_at(port)
    desk = open_desk(Settings.load(home=tmp_path / "home", **given), samples=True)
    with httpx2.Client(timeout=60) as client:
        with FakeEndpoint(reply=copying, port=port):
            url = serve(desk, **given).url
            wait_until(lambda: client.get(f"{url}/v1/ready").status_code == 200)
        assert client.get(f"{url}/v1/ready").status_code == 200  # nobody has missed it yet
        quoted = client.post(f"{url}/v1/answers", json={"question": BOMBS}).json()
        assert "cannot reach" in quoted["lead"].lower()
        gone = client.get(f"{url}/v1/ready")
        assert (gone.status_code, gone.json()["ready"]) == (503, False)
        assert gone.json()["trouble"] == "endpoint_unreachable"
        # What needs no model is still answered.
        assert client.post(f"{url}/v1/chat/completions", json=HELLO).status_code == 200
        with FakeEndpoint(reply=copying, port=port):
            wait_until(lambda: client.get(f"{url}/v1/ready").status_code == 200)
            assert client.get(f"{url}/v1/ready").json()["trouble"] is None
