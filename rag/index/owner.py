"""One process owns the store: two that write to one Chroma folder lose vectors in silence.

The lock is the operating system's and goes with the process, however it ends; the note beside it
only says who holds it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import StoreBusyError
from rag.files import private_folder, unwritable, write_whole

LOCK_FILE = "store.lock"
NOTE_FILE = "store.owner.json"


class Owner:
    """Holds the store in `home` until `release`. Raises StoreBusyError at once when it is held."""

    def __init__(self, home: Path) -> None:
        self._note = private_folder(home) / NOTE_FILE
        self._lock = FileLock(home / LOCK_FILE, mode=0o600, thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise _busy(home) from None
        except OSError as error:
            raise unwritable(home / LOCK_FILE, error) from None
        self.announce(None)

    def announce(self, url: str | None) -> None:
        """Tell others where this process serves the store."""
        write_whole(self._note, json.dumps({"pid": os.getpid(), "url": url}))

    def release(self) -> None:
        self._note.unlink(missing_ok=True)
        self._lock.release()


def owner_of(home: Path) -> tuple[int | None, str | None]:
    """Process id and URL in the note of the store's owner, None where it does not say."""
    try:
        note = json.loads((home / NOTE_FILE).read_text())
        return int(note["pid"]), note["url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None, None


def _busy(home: Path) -> StoreBusyError:
    pid, url = owner_of(home)
    process = f"process {pid}" if pid else "another process"
    if url:
        return StoreBusyError(f"{home} is in use by {process} ({url})", fix=f"Use it at {url}.")
    return StoreBusyError(
        f"{home} is in use by {process}",
        fix="Wait until it is done, or choose another folder with GROUNDWIRE_HOME.",
    )
