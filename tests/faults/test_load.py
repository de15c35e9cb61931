"""Fifty clients at once, on a real server with a real store, while articles come in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rag.settings import Settings
from rag.web.desk import Desk
from rag.web.opening import open_desk
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.faults.load import Load, memory_bytes
from tests.faults.size import size
from tests.faults.spelling import spelt_anew
from tests.faults.tally import Tally
from tests.hostile.attack import DOUBTFUL, ORDINARY, QUESTION
from tests.web.conftest import Served, serving, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]
CLIENTS = 50
SECONDS = size(20, 300)
MORE_MEMORY_BYTES = 400_000_000
ANSWER = "The Aurora carried nine crew."


def answering(body: dict[str, Any]) -> Reply:
    return Reply(yes=0.99) if body.get("logprobs") else Reply(text=ANSWER, delay_s=0.2)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in ORDINARY.items():
        (corpus / name).write_text(text, encoding="utf-8")
    with FakeEndpoint(reply=answering) as endpoint:
        given = {
            "openai_base_url": endpoint.base_url,
            "openai_api_key": "k",
            "corpus": corpus,
        }
        home = tmp_path / "home"
        desk = open_desk(Settings.load(home=home, **given))
        with serving(desk, home, **given) as served:
            wait_until(lambda: desk.ready or desk.error, timeout_s=300)
            assert desk.error is None
            yield served


def test_under_load_questions_are_answered_or_told_when_to_come_back(
    site: Served, tally: Tally, tmp_path: Path
) -> None:
    before = memory_bytes()
    load = Load(site, tmp_path, SECONDS)
    load.run(CLIENTS)

    more = load.most_memory_bytes - before
    fault = f"question under load of {CLIENTS} clients for {SECONDS} s"
    tally.notes[fault] = (
        f"{load.outcomes[200]} answered, {load.outcomes[503]} told to come back, longest line "
        f"{load.longest_line}, p95 of search {load.p95_search_s:.2f} s, "
        f"memory +{more // 1_000_000} MB"
    )
    with tally.count(fault, sum(load.outcomes.values())):
        assert load.troubles == []
        assert set(load.outcomes) <= {200, 503}
        assert set(load.statuses) == {"answered"}
        assert load.longest_line <= 16
        assert more < MORE_MEMORY_BYTES
        wait_until(lambda: not site.desk.busy)


def test_clients_that_go_away_free_their_places(site: Served, tally: Tally) -> None:
    def leaves() -> None:
        with httpx2.Client(base_url=site.url, timeout=0.3) as client:
            try:
                client.post("/v1/answers", json={"question": spelt_anew(DOUBTFUL), "stream": True})
            except httpx2.TimeoutException:
                return

    threads = [threading.Thread(target=leaves) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tally.count("client that goes away", CLIENTS):
        wait_until(lambda: not site.desk.busy)
        reply = httpx2.post(f"{site.url}/v1/answers", json={"question": QUESTION}, timeout=60)
        assert reply.status_code == 200


def test_those_who_wait_are_answered_in_the_order_in_which_they_came(site: Served) -> None:
    desk: Desk = site.desk
    order: list[int] = []
    threads = []

    def ask(number: int) -> None:
        for _ in desk.stream(spelt_anew(DOUBTFUL)):
            pass
        order.append(number)

    for number in range(16):
        thread = threading.Thread(target=ask, args=(number,))
        thread.start()
        threads.append(thread)
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    # Four are answered at a time: nobody is overtaken by one who came after the next four.
    assert all(abs(place - number) < 8 for place, number in enumerate(order))
