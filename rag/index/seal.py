"""Whether a folder is just as we left it: the sign that its index is at rest and untouched.

Sizes and times of every file are noted when an index has nothing left to write, and the note is
taken away before the next write. Without a matching note the index was killed while writing,
damaged, or changed by someone: then it is worth the seconds to look inside.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from rag.errors import StoreError
from rag.index.files import write_whole

SEAL_FILE = "groundwire-seal.json"


def seal(folder: Path) -> None:
    """Note the state of `folder`; a disk without room for the note costs only a look inside."""
    with contextlib.suppress(OSError, StoreError):
        write_whole(folder / SEAL_FILE, json.dumps(_state(folder)))


def unseal(folder: Path) -> None:
    """Take the note away, because something is about to be written."""
    (folder / SEAL_FILE).unlink(missing_ok=True)


def is_intact(folder: Path) -> bool:
    """True when the note is there and describes the folder as it is."""
    try:
        return bool(json.loads((folder / SEAL_FILE).read_text()) == _state(folder))
    except (OSError, ValueError):
        return False


def _state(folder: Path) -> dict[str, list[int]]:
    return {
        str(path.relative_to(folder)): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(SEAL_FILE)
    }
