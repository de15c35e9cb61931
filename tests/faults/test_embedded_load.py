"""Sixteen clients and more on the embedded model, while articles come in; in CI only four."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from rag.settings import Settings
from rag.web.desk import MAX_WAITING
from rag.web.opening import open_desk
from tests.faults.load import Load, memory_bytes
from tests.faults.size import size
from tests.faults.tally import Tally
from tests.hostile.attack import DOUBTFUL, ORDINARY
from tests.web.conftest import Served, serving, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]
CLIENTS = size(4, 16)
# One is answered and sixteen wait: only with more than that is anybody sent away.
ON_TOP = size(0, 4)
SECONDS = size(30, 300)
MORE_MEMORY_BYTES = 500_000_000
# Who asks at the same moment may come in either order.
SLACK_S = 3.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in ORDINARY.items():
        (corpus / name).write_text(text, encoding="utf-8")
    home = tmp_path / "home"
    desk = open_desk(Settings.load(home=home, corpus=corpus))
    with serving(desk, home, corpus=corpus) as served:
        wait_until(lambda: desk.ready or desk.error, timeout_s=600)
        assert desk.error is None
        yield served


def test_the_embedded_model_under_load_answers_in_turn_and_sends_the_rest_away(
    site: Served, tally: Tally, tmp_path: Path
) -> None:
    first = httpx2.post(f"{site.url}/v1/answers", json={"question": DOUBTFUL}, timeout=600)
    assert first.status_code == 200
    before = memory_bytes()
    load = Load(site, tmp_path, SECONDS)
    load.run(CLIENTS + ON_TOP)

    more = load.most_memory_bytes - before
    fault = f"question to the embedded model, {CLIENTS} clients and {ON_TOP} for {SECONDS} s"
    tally.notes[fault] = (
        f"{load.outcomes[200]} answered ({dict(load.statuses)}), {load.outcomes[503]} told to come "
        f"back, {load.left} left at the end, {load.overtaken(SLACK_S)} overtaken, "
        f"longest line {load.longest_line}, "
        f"{load.brought_in} articles brought in, p95 of search {load.p95_search_s:.2f} s, "
        f"memory +{more // 1_000_000} MB"
    )
    with tally.count(fault, sum(load.outcomes.values())):
        assert load.troubles == []
        assert set(load.outcomes) <= {200, 503}
        assert load.outcomes[200] > 0
        assert bool(load.outcomes[503]) == (CLIENTS + ON_TOP > MAX_WAITING + 1)
        assert load.longest_line <= MAX_WAITING
        assert load.overtaken(SLACK_S) == 0
        assert load.brought_in > 0
        assert more < MORE_MEMORY_BYTES
        wait_until(lambda: not site.desk.busy)
