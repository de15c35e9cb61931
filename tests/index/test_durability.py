from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.index.store import Store
from rag.settings import Settings
from tests.index import kill_victim
from tests.index.hashing import HashingEmbedder

KILLS = 2  # tests/faults does it in earnest


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = random.Random(os.getpid())  # noqa: S311 - moments, no secret
    acknowledged = 0
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.index.kill_victim", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with victim:
        assert victim.stdin is not None
        assert victim.stdout is not None
        for _ in range(KILLS):
            victim.stdin.write(f"{acknowledged + 1}\n")
            victim.stdin.flush()
            # The child's first line and its parent's may come in either order.
            first_lines = sorted([victim.stdout.readline(), victim.stdout.readline()])
            child = int(first_lines[0].removeprefix("child "))
            if not acknowledged:  # however slow the machine, there is something to lose
                acknowledged = int(victim.stdout.readline().removeprefix("ack "))
            time.sleep(moments.uniform(0, 0.5))
            os.kill(child, signal.SIGKILL)
            while (line := victim.stdout.readline()) != "ended\n":
                acknowledged = max(acknowledged, int(line.split()[1]))
        victim.stdin.close()
    monkeypatch.setattr("rag.index.store.CHEAP_TO_REBUILD", 0)
    check_store(tmp_path, acknowledged)


def check_store(folder: Path, acknowledged: int) -> None:
    with Store.open(Settings.load(home=folder / "home"), HashingEmbedder()) as store:
        assert store.catalogue.damage() is None
        summaries = list(store.catalogue.articles())
        versions = set()
        for summary in summaries:
            article = store.catalogue.article(summary.article_id)
            assert article is not None
            number, version = int(article.title[1:]), int(article.text.split()[3])
            assert article.text == kill_victim.text_of(number, version)
            assert len(store.catalogue.passages_of(summary.article_id)) == summary.passages
            versions.add(version)
        # One batch is one transaction: all articles are of one version, that which was
        # acknowledged last or the one after; its removals may be the next transaction.
        assert versions <= {acknowledged - 1, acknowledged, acknowledged + 1}
        assert max(versions) >= acknowledged
        wanted = store.catalogue.passage_ids()
        assert store.vectors.ids() == store.lexical.ids() == wanted
        for entries, vectors in store.catalogue.entries():
            kept = store.vectors.get([entry.passage_id for entry in entries])
            for entry, vector in zip(entries, vectors, strict=True):
                assert abs(kept[entry.passage_id] - vector).max() < 1e-3
