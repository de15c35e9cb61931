from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import StoreFullError
from rag.index.store import Store
from rag.settings import Settings
from tests.faults import full_victim
from tests.faults.size import FULL
from tests.faults.tally import Tally
from tests.index.hashing import HashingEmbedder

MEGABYTES = [6, 7, 8, 9, 10, 12, 14, 16] if FULL else [9, 12]
ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A file system of that size at `folder`; False where we may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def run(folder: Path, *limit: str) -> tuple[list[int], list[str], str]:
    """Batches acknowledged, errors, and the rest of what the victim said."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.full_victim", str(folder), *limit],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    acknowledged = [int(line.split()[1]) for line in lines if line.startswith("ack ")]
    return acknowledged, [line for line in lines if line.startswith("error ")], lines[-1]


def assert_whole(folder: Path, acknowledged: list[int]) -> None:
    """With room again: what was acknowledged is there, and what was not goes in now."""
    with Store.open(Settings.load(home=folder / "home"), HashingEmbedder()) as store:
        assert not store.troubles
        assert store.catalogue.damage() is None
        names = {Path(summary.source).name for summary in store.catalogue.articles()}
        expected = {f"{b}-{n}.txt" for b in acknowledged for n in range(full_victim.ARTICLES)}
        assert expected <= names
        assert store.vectors.ids() == store.lexical.ids() == store.catalogue.passage_ids()
        following = len(acknowledged)
        report = store.ingest(full_victim.batch(folder.parent / "articles", following))
        assert report.added + report.unchanged == full_victim.ARTICLES
        assert store.vectors.ids() == store.lexical.ids() == store.catalogue.passage_ids()


@pytest.mark.parametrize("megabytes", MEGABYTES)
def test_a_full_disk_is_one_error_and_nothing_is_lost(
    tmp_path: Path, megabytes: int, tally: Tally
) -> None:
    folder = tmp_path / "disk"
    with small_disk(folder, megabytes) as mounted:
        if not mounted:
            pytest.skip("may not mount a small file system; see the test of large files")
        acknowledged, errors, last = run(folder)
        with tally.count("disk full"):
            assert len(errors) == 1
            assert errors[0].startswith("error store_full ")
            assert "Free some" in errors[0]
            if acknowledged:
                assert last == "found 5"
            with contextlib.suppress(StoreFullError):  # there may be no room even to open it
                Store.open(Settings.load(home=folder / "home"), HashingEmbedder()).close()
            grown = ["mount", "-o", "remount,size=200m", str(folder)]
            subprocess.run(grown, check=True)
            assert_whole(folder, acknowledged)


def test_a_file_that_may_not_grow_is_one_error_and_nothing_is_lost(
    tmp_path: Path, tally: Tally
) -> None:
    """For machines where no file system may be mounted, and for quotas."""
    folder = tmp_path / "disk"
    folder.mkdir()
    acknowledged, errors, _ = run(folder, str(3_000_000))
    with tally.count("file may not grow"):
        assert len(errors) == 1
        assert errors[0].startswith(("error store ", "error store_full "))
        assert_whole(folder, acknowledged)
