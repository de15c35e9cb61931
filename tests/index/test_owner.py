from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import StoreBusyError, StoreError
from rag.index.owner import LOCK_FILE, NOTE_FILE, Owner, owner_of

HOLD = """
import sys, pathlib
from rag.index.owner import Owner
owner = Owner(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_owner_is_told_who_holds_the_store(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(StoreBusyError, match=f"in use by process {child.pid}"):
            Owner(tmp_path)
        child.kill()
    Owner(tmp_path).release()  # the lock went with the process


def test_the_url_of_a_server_is_passed_on(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    owner.announce("http://127.0.0.1:7860")
    assert owner_of(tmp_path) == (os.getpid(), "http://127.0.0.1:7860")
    with pytest.raises(StoreBusyError, match=r"\(http://127.0.0.1:7860\)\. Use it at"):
        Owner(tmp_path)
    owner.release()
    assert owner_of(tmp_path) == (None, None)


@pytest.mark.parametrize("note", ["", "[]", '{"pid": "x"}', "\xff"])
def test_a_note_that_says_nothing_is_no_error(tmp_path: Path, note: str) -> None:
    owner = Owner(tmp_path)
    (tmp_path / NOTE_FILE).write_text(note)
    with pytest.raises(StoreBusyError, match="another process"):
        Owner(tmp_path)
    owner.release()


def test_lock_and_note_are_for_their_owner_only(tmp_path: Path) -> None:
    owner = Owner(tmp_path / "home")
    for name in (LOCK_FILE, NOTE_FILE):
        assert stat.S_IMODE((tmp_path / "home" / name).stat().st_mode) == 0o600
    owner.release()


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Owner(tmp_path / "file")
