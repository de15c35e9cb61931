"""The same work on many items, some at once, with progress.

Invariant: results come in the order of the items, whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Step = Callable[[str, int, int], None]
T = TypeVar("T")
R = TypeVar("R")


def each(
    work: Callable[[T], R],
    items: Iterable[T],
    workers: int,
    phase: str,
    step: Step,
) -> list[R]:
    """The work on every item, in order, with progress; what is not begun is dropped on errors."""
    listed = list(items)
    results: list[R] = []
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, item) for item in listed]
        try:
            for future in futures:
                results.append(future.result())
                step(phase, len(results), len(listed))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results
