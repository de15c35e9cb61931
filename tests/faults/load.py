"""Clients that ask, search and bring articles in, all at once, and what became of it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx2
import psutil

from tests.faults.spelling import spelt_anew
from tests.hostile.attack import DOUBTFUL, QUESTION
from tests.web.conftest import Served


class Load:
    """Everything is counted as it comes back; when `seconds` are over, who still waits leaves."""

    def __init__(self, site: Served, folder: Path, seconds: float) -> None:
        self.site = site
        self.folder = folder
        self.seconds = seconds
        self.outcomes: Counter[int] = Counter()
        self.statuses: Counter[str] = Counter()
        self.troubles: list[str] = []
        self.search_s: list[float] = []
        self.answered: list[tuple[float, float]] = []  # asked and answered, in the order of answers
        self.left = 0
        self.longest_line = 0
        self.brought_in = 0
        self.most_memory_bytes = 0
        self._end = 0.0

    def run(self, clients: int) -> None:
        """`clients` ask without a pause, one searches, one brings an article in every while."""
        self._end = time.monotonic() + self.seconds
        work: list[Callable[[], None]] = [self._asks] * clients
        work += [self._searches, self._brings_in]
        threads = [threading.Thread(target=one) for one in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @property
    def p95_search_s(self) -> float:
        return sorted(self.search_s)[int(0.95 * (len(self.search_s) - 1))]

    def overtaken(self, slack_s: float) -> int:
        """Answers that came before that of a question asked `slack_s` earlier."""
        latest, count = 0.0, 0
        for asked, _ in sorted(self.answered, key=lambda pair: pair[1]):
            count += asked < latest - slack_s
            latest = max(latest, asked)
        return count

    def _asks(self) -> None:
        with httpx2.Client(base_url=self.site.url) as client:
            while (asked := time.monotonic()) < self._end:
                body, left_s = {"question": spelt_anew(DOUBTFUL)}, self._end - asked
                try:
                    reply = client.post("/v1/answers", json=body, timeout=left_s + 0.1)
                except httpx2.TimeoutException:
                    self.left += 1
                    return
                self.outcomes[reply.status_code] += 1
                if reply.status_code == 503:
                    if not reply.headers.get("Retry-After", "").isdigit():
                        self.troubles.append("503 without Retry-After")
                    time.sleep(0.5)
                elif reply.status_code != 200:
                    self.troubles.append(f"{reply.status_code}: {reply.text[:200]}")
                else:
                    self.answered.append((asked, time.monotonic()))
                    self.statuses[reply.json()["status"]] += 1

    def _searches(self) -> None:
        with httpx2.Client(base_url=self.site.url, timeout=60) as client:
            while time.monotonic() < self._end:
                started = time.monotonic()
                reply = client.post("/v1/search", json={"question": QUESTION, "k": 3})
                self.search_s.append(time.monotonic() - started)
                if reply.status_code != 200:
                    self.troubles.append(f"search {reply.status_code}")
                self.longest_line = max(self.longest_line, self.site.desk.waiting)
                self.most_memory_bytes = max(self.most_memory_bytes, memory_bytes())
                time.sleep(0.1)

    def _brings_in(self) -> None:
        while time.monotonic() < self._end:
            number = self.brought_in
            file = self.folder / f"late{number}.md"
            file.write_text(f"The harbour of Lowick saw {number} boats in week {number}.")
            self.site.desk.newsroom().ingest([file])
            self.brought_in += 1
            time.sleep(0.5)


def memory_bytes() -> int:
    """What this process and the engine beside it hold."""
    whole = 0
    process = psutil.Process()
    for one in (process, *process.children(recursive=True)):
        try:
            whole += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return whole
