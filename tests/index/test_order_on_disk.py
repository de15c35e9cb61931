"""Power may go at any moment: what is derived is never on the disk before the catalogue is.

A kill leaves what the operating system has; a power cut leaves only what it was told to put on the
disk. So the order of the system calls is watched.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace"),
]

INGEST = """
import sys
from pathlib import Path
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
folder = Path(sys.argv[1])
with Store.open(Settings.load(home=folder / "home"), HashingEmbedder()) as store:
    store.ingest([folder / "in"])
    for name in ("before", "after"):
        Path(folder / name).touch()
        if name == "before":
            (folder / "in" / "a.md").write_text("The ferry sank on Monday. Nine were saved.")
            store.ingest([folder / "in"])
"""
CALL = re.compile(r"^\d+\s+(\w+)\((?:\d+<([^>]+)>|AT_FDCWD[^,]*, \"([^\"]+)\")")
WRITES = {"write", "pwrite64", "pwritev", "writev"}
SYNCS = {"fsync", "fdatasync"}


def test_the_catalogue_is_on_the_disk_before_anything_derived_from_it_is_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text("The ferry sank on Monday.")
    trace = tmp_path / "trace"
    calls = ",".join(sorted({*WRITES, *SYNCS, "openat", "unlink"}))
    watched = ["strace", "-f", "-y", "-qq", "-e", f"trace={calls}", "-o", trace]
    done = subprocess.run(
        [*watched, sys.executable, "-c", INGEST, tmp_path],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    order = [step for step in map(step_of, trace.read_text(errors="replace").splitlines()) if step]
    change = order[order.index("before") : order.index("after")]
    written = change.index("catalogue written")
    synced = change.index("catalogue on disk")
    derived = [change.index(f"{name} written") for name in ("vectors", "lexical")]
    assert written < synced < min(derived)


def step_of(line: str) -> str | None:
    """What a system call means here; None for those of no interest."""
    found = CALL.match(line)
    if not found:
        return None
    call, path = found[1], found[2] or found[3]
    name = Path(path).name
    if call == "openat" and name in {"before", "after"}:
        return name
    catalogue = name.startswith("catalogue.sqlite3") and not name.endswith("-shm")
    if catalogue and call in WRITES | SYNCS:
        return "catalogue on disk" if call in SYNCS else "catalogue written"
    for folder in ("vectors", "lexical"):
        if call in WRITES and f"/home/{folder}/" in path and not name.endswith(".lock"):
            return f"{folder} written"
    return None
