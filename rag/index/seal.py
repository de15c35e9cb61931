"""Whether a folder is just as we left it: the sign that its index was closed and not touched.

Sizes and times of every file are noted when the index is closed and the note is taken away when
it is opened. Without a matching note the index was killed, damaged or changed by someone: then it
is worth the seconds to look inside.
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


def break_seal(folder: Path) -> bool:
    """Take the note away; True when it described the folder as it is."""
    note = folder / SEAL_FILE
    try:
        intact = bool(json.loads(note.read_text()) == _state(folder))
    except (OSError, ValueError):
        intact = False
    note.unlink(missing_ok=True)
    return intact


def _state(folder: Path) -> dict[str, list[int]]:
    return {
        str(path.relative_to(folder)): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(SEAL_FILE)
    }
