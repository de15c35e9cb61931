"""Many together, or one alone."""

from __future__ import annotations

import threading

from rag.index.sharing import Sharing


def test_whoever_is_alone_has_nobody_beside() -> None:
    sharing = Sharing()
    inside, most, seen = [0], [0], []
    counting = threading.Lock()

    def read() -> None:
        for _ in range(200):
            with sharing.together():
                with counting:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                with counting:
                    inside[0] -= 1

    def write() -> None:
        for _ in range(50):
            with sharing.alone():
                seen.append(inside[0])

    threads = [threading.Thread(target=work) for work in (read, read, read, write, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert seen == [0] * 100


def test_many_are_inside_together() -> None:
    sharing, both = Sharing(), threading.Barrier(2, timeout=60)

    def meet() -> None:
        with sharing.together():
            both.wait()

    other = threading.Thread(target=meet)
    other.start()
    meet()
    other.join(timeout=60)
    assert not both.broken
