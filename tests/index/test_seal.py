from __future__ import annotations

from pathlib import Path

import pytest

from rag.index.seal import is_intact, seal, unseal
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


@pytest.mark.parametrize("note", ["", "{", "null", "[]"])
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
