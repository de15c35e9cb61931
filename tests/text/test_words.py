"""Stems are the same whoever asks for them at the same time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from rag.text.words import stem


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that take turns far more often than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_threads_that_stem_at_once_do_not_spoil_each_others_words() -> None:
    """The stemmer works on a word that it holds; unguarded, some of these come out wrong."""
    known = {"bombings": "bomb", "destroyed": "destroy", "running": "run", "carried": "carri"}
    wrong: list[str] = []

    def stems() -> None:
        for _ in range(2_000):
            for word, right in known.items():
                try:
                    if stem.__wrapped__(word) != right:
                        wrong.append(word)
                except Exception as error:  # any other one is the same fault
                    wrong.append(repr(error))

    threads = [threading.Thread(target=stems) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
