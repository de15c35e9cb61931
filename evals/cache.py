"""Remembers what the judge's model said, so that nothing is asked twice.

Invariant: an entry is found again only for the same model, the same prompt and the same text;
each is on disk before the next question is asked, so a kill loses at most one. Failures are
never kept: what was unscored is asked again.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from pathlib import Path

from rag.closing import Closing
from rag.errors import StoreDamagedError


def cache_key(*parts: str) -> str:
    """One key of several texts; no two different lists of parts share one.

    >>> cache_key("ab", "c") == cache_key("a", "bc")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def mark_of(path: Path) -> str:
    """A short hash of a file, for keys that must change with it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


class Cache(Closing):
    """Log-odds by key, in one SQLite file; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        try:
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS said (key TEXT PRIMARY KEY, log_odds REAL NOT NULL)"
            )
            self._db.commit()
        except sqlite3.DatabaseError as error:
            raise StoreDamagedError(
                f"The judge's cache {path} cannot be used: {error}",
                fix="Delete that file; it holds nothing that cannot be made again.",
            ) from None

    def get(self, key: str) -> float | None:
        """The log-odds kept under `key`, or None."""
        with self._lock:
            row = self._db.execute("SELECT log_odds FROM said WHERE key = ?", (key,)).fetchone()
        return None if row is None else float(row[0])

    def put(self, key: str, log_odds: float) -> None:
        """Keep finite log-odds under `key`."""
        with self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO said VALUES (?, ?)", (key, log_odds))

    def close(self) -> None:
        with self._lock:
            self._db.close()
