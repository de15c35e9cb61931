"""Killing a process that changes a store, and looking at what it left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from rag.closing import Closing
from rag.index.store import Store
from rag.settings import Settings
from tests.faults import kill_victim
from tests.index.hashing import HashingEmbedder


@dataclass
class State:
    """What is known to be in the store: the version of the articles, and which are gone."""

    version: int
    without: set[int] = field(default_factory=set)

    def after(self, acknowledged: str) -> State:
        match acknowledged.split():
            case ["version", version]:
                return State(int(version))
            case ["without", number]:
                return State(self.version, {*self.without, int(number)})
        return self


class Victim(Closing):
    """The program that is killed, once for each `kill`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._moments = random.Random(os.getpid())  # noqa: S311 - moments, no secret
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.kill_victim", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def close(self) -> None:
        """End the program."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        self._program.kill()
        self._program.stdout.close()
        self._program.wait()

    def kill(self, mode: str, state: State, *, acks: int) -> State:
        """Start a child in `mode`, kill it after so many acknowledgements and a while more.

        With none to wait for, it may be killed while it still opens the store.
        """
        assert self._program.stdin is not None
        self._program.stdin.write(f"{mode} {state.version}\n")
        self._program.stdin.flush()
        child, seen, last, took = None, 0, time.monotonic(), 0.5
        while child is None or seen < acks:
            line = self._line()
            if line.startswith("child "):
                child = int(line.removeprefix("child "))
            elif line.startswith("ack "):
                seen += 1
                took, last = time.monotonic() - last, time.monotonic()
                state = state.after(line.removeprefix("ack "))
        time.sleep(self._moments.uniform(0, min(1.5 * took, 5)))
        os.kill(child, signal.SIGKILL)
        while (line := self._line()) != "ended":
            if line.startswith("ack "):
                state = state.after(line.removeprefix("ack "))
        return state

    def _line(self) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, "the victim's parent has ended"
        return line.strip()


def found_after(
    folder: Path, mode: str, acknowledged: State, starts_s: list[float] | None = None
) -> State:
    """Open the store as the next start does and look at everything: the state that it is in.

    It is the one acknowledged, or that with the one change that was about to be. How long the
    start took is added to `starts_s`.
    """
    file = folder / kill_victim.FILE
    began = time.monotonic()
    with Store.open(Settings.load(home=folder / "home"), HashingEmbedder()) as store:
        if starts_s is not None:
            starts_s.append(time.monotonic() - began)
        assert not store.troubles
        assert store.catalogue.damage() is None
        numbers, versions = set(), set()
        for summary in store.catalogue.articles():
            article = store.catalogue.article(summary.article_id)
            assert article is not None
            number, version = int(article.title[1:]), int(article.text.split()[3])
            assert article.article_id == kill_victim.id_of(file, number)
            assert article.text == kill_victim.text_of(number, version)
            assert len(store.catalogue.passages_of(summary.article_id)) == summary.passages
            numbers.add(number)
            if number < kill_victim.ARTICLES:
                versions.add(version)
        wanted = store.catalogue.passage_ids()
        assert store.vectors.ids() == store.lexical.ids() == wanted
        for entries, vectors in store.catalogue.entries():
            kept = store.vectors.get([entry.passage_id for entry in entries])
            for entry, vector in zip(entries, vectors, strict=True):
                assert abs(kept[entry.passage_id] - vector).max() < 1e-3
        assert_expected(mode, acknowledged, numbers, versions)
        version = max(versions, default=acknowledged.version)
        own = {*kill_victim.numbers_of(version)}
        for number in numbers - own:  # what the kill kept from being pruned
            assert store.remove(kill_victim.id_of(file, number))
    return State(version, own - numbers)


def assert_expected(mode: str, known: State, numbers: set[int], versions: set[int]) -> None:
    """Nothing acknowledged is lost, and a change is there whole or not at all."""
    own = {*kill_victim.numbers_of(known.version)}
    assert len(versions) <= 1, f"articles of several versions: {sorted(versions)}"
    if mode == "update":
        (version,) = versions or {known.version}
        assert version in {known.version, known.version + 1}
        if version == known.version:
            assert numbers == own - known.without
        else:  # what is gone is pruned in the next transaction
            new = {*kill_victim.numbers_of(version)}
            assert new <= numbers <= new | {1_000 + known.version}
    elif mode == "remove":
        assert versions <= {known.version}
        left = own - known.without
        assert numbers in (left, {*sorted(left)[1:]} if left else own)
    else:
        assert numbers == own - known.without
