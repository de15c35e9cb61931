from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.index.seal import changed_files, is_intact, is_sealed, seal, unseal
from rag.index.store import Store
from rag.index.vectors import VECTORS_FOLDER
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder


def test_a_folder_is_intact_until_anything_in_it_changes(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "data.bin"
    file.write_bytes(b"12345")
    assert not is_intact(tmp_path)
    seal(tmp_path)
    assert is_intact(tmp_path)
    file.write_bytes(b"54321")
    assert not is_intact(tmp_path)
    seal(tmp_path)
    (tmp_path / "new").touch()
    assert not is_intact(tmp_path)
    seal(tmp_path)
    unseal(tmp_path)
    assert not is_intact(tmp_path)


def test_a_file_that_was_only_touched_is_as_it_was_left(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"12345")
    seal(tmp_path)
    (tmp_path / "data.bin").touch()
    assert is_intact(tmp_path)


def test_noise_that_keeps_size_and_time_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "data.bin"
    file.write_bytes(b"12345")
    before = file.stat()
    seal(tmp_path)
    file.write_bytes(b"12845")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert changed_files(tmp_path) == ["data.bin"]
    assert not is_intact(tmp_path)


def test_a_large_folder_is_not_read_each_time_that_it_comes_to_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.seal.READ_AT_START_BYTES", 0)
    file = tmp_path / "data.bin"
    file.write_bytes(b"12345")
    seal(tmp_path, read_large=False)
    assert is_intact(tmp_path)
    assert changed_files(tmp_path) == []
    file.touch()  # nobody noted its contents: neither intact nor damaged, to be looked into
    assert not is_intact(tmp_path)
    assert not is_sealed(tmp_path)
    assert changed_files(tmp_path) == []
    seal(tmp_path)
    file.write_bytes(b"12845")
    assert changed_files(tmp_path) == ["data.bin"]


def test_of_a_large_folder_only_what_looks_changed_is_read_at_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.seal.READ_AT_START_BYTES", 0)
    file = tmp_path / "data.bin"
    file.write_bytes(b"12345")
    before = file.stat()
    seal(tmp_path)
    file.write_bytes(b"12845")
    assert not is_intact(tmp_path)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert is_intact(tmp_path)
    assert changed_files(tmp_path) == ["data.bin"]  # what the doctor sees


@pytest.mark.parametrize("note", ["", "{", "null", "[]", '{"a": 1}', '{"file": [0, 0]}'])
def test_a_note_that_is_damaged_vouches_for_nothing(tmp_path: Path, note: str) -> None:
    seal(tmp_path)
    next(tmp_path.iterdir()).write_text(note)
    (tmp_path / "file").touch()
    assert not is_intact(tmp_path)


def test_a_store_at_rest_is_sealed_also_while_it_is_open(
    settings: Settings, tmp_path: Path
) -> None:
    """So that one killed while it only answers needs no look inside at the next start."""
    (tmp_path / "a.md").write_text("The ferry sank.")
    folder = settings.home / VECTORS_FOLDER
    with Store.open(settings, HashingEmbedder()) as store:
        store.ingest([tmp_path / "a.md"])
        store.vectors.search(HashingEmbedder().embed(["ferry"])[0], 3)
        assert is_intact(folder)
        store.vectors.delete([*store.catalogue.passage_ids()])
        assert not is_intact(folder)
    assert not is_intact(folder)
    with Store.open(settings, HashingEmbedder()) as store:
        assert store.vectors.count() == 1
        assert is_intact(folder)
    assert is_intact(folder)
