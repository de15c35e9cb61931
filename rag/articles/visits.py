"""What a page was like at the last visit, so that an unchanged one is not fetched again.

Kept beside the store in one small file. It only ever saves work: a file that is lost or damaged
means that pages are fetched once more.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MAX_VISITS = 50_000


@dataclass(frozen=True)
class Visit:
    """The server's marks of a page's state, and the mark that a feed gave its entry."""

    etag: str | None = None
    last_modified: str | None = None
    stamp: str | None = None


class Visits:
    """Visits by address. With a path they are kept there; `store_id` names whose they are."""

    def __init__(self, path: Path | None = None, store_id: str = "") -> None:
        self._path = path
        self._store_id = store_id
        self._visits: dict[str, Visit] = {}
        with suppress(OSError, ValueError, TypeError, AttributeError):
            kept: dict[str, Any] = json.loads(path.read_text("utf-8")) if path else {}
            if kept.get("store_id") == store_id:
                self._visits = {name: Visit(**facts) for name, facts in kept["visits"].items()}

    def last(self, address: str) -> Visit:
        """The last visit, or one that knows nothing.

        >>> Visits().last("https://example.org/")
        Visit(etag=None, last_modified=None, stamp=None)
        """
        return self._visits.get(address, Visit())

    def note(self, address: str, visit: Visit) -> None:
        """Remember a visit."""
        self._visits.pop(address, None)
        self._visits[address] = visit

    def forget(self, address: str) -> None:
        """Forget an address, so that it is fetched whole the next time."""
        self._visits.pop(address, None)

    def save(self) -> None:
        """Write them down, the latest `MAX_VISITS`; where that fails, nothing is lost but time."""
        if self._path is None:
            return
        latest = list(self._visits.items())[-MAX_VISITS:]
        kept = {"store_id": self._store_id, "visits": {name: asdict(v) for name, v in latest}}
        temporary = self._path.with_name(f"{self._path.name}.new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with suppress(OSError):
            with os.fdopen(os.open(temporary, flags, 0o600), "w") as new:
                json.dump(kept, new)
            temporary.replace(self._path)
