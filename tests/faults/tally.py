"""Counts of faults injected and survived, for the table that closes the suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Tally:
    """One for the whole run."""

    def __init__(self) -> None:
        self._injected: Counter[str] = Counter()
        self._survived: Counter[str] = Counter()
        self.notes: dict[str, str] = {}

    @contextmanager
    def count(self, fault: str, times: int = 1) -> Iterator[None]:
        """Around the look at what a fault left: survived when the block ends without an error."""
        self._injected[fault] += times
        yield
        self._survived[fault] += times

    def table(self) -> list[str]:
        """Lines of a Markdown table; empty when nothing was counted."""
        if not self._injected:
            return []
        rows = [
            f"| {fault} | {count} | {self._survived[fault]} | {count - self._survived[fault]} "
            f"| {self.notes.get(fault, '')} |"
            for fault, count in self._injected.items()
        ]
        return ["| fault | injected | survived | lost | |", "|---|---:|---:|---:|---|", *rows]
