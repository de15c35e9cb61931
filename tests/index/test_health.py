"""Damage done for real to a store of real parts."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import EmbeddingMismatchError
from rag.index import health
from rag.index.database import CATALOGUE_FILE
from rag.index.lexical import LEXICAL_FOLDER
from rag.index.owner import Owner
from rag.index.seal import SEAL_FILE, unseal
from rag.index.store import Store
from rag.index.vectors import VECTORS_FOLDER
from rag.models.pins import QWEN_CODER_1_5B
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 1,300 passages: enough for Chroma to have written its segment files."""
    folder = tmp_path_factory.mktemp("sound")
    chosen = random.Random(1)  # noqa: S311 - noise, no secret
    words = [f"word{n}" for n in range(500)]
    (folder / "in").mkdir()
    for n in range(50):
        sentences = (" ".join(chosen.choices(words, k=9)).capitalize() for _ in range(53))
        (folder / "in" / f"{n}.txt").write_text(". ".join(sentences) + ".")
    with Store.open(Settings.load(home=folder / "home"), HashingEmbedder()) as store:
        assert store.ingest([folder / "in"]).passages == 1_300
    return folder / "home"


@pytest.fixture
def home(sound: Path, settings: Settings) -> Path:
    shutil.copytree(sound, settings.home)
    return settings.home


def segment(home: Path) -> Path:
    (folder,) = (path for path in (home / VECTORS_FOLDER).iterdir() if path.is_dir())
    return folder


def noise(size: int) -> bytes:
    return random.Random(2).randbytes(size)  # noqa: S311 - noise, no secret


def overwrite(path: Path) -> None:
    path.write_bytes(noise(path.stat().st_size))


VECTOR_DAMAGE: dict[str, Damage] = {
    "segment removed": lambda home: shutil.rmtree(segment(home)),
    "segment truncated": lambda home: os.truncate(segment(home) / "data_level0.bin", 1_000),
    "segment overwritten": lambda home: overwrite(segment(home) / "data_level0.bin"),
    "graph overwritten": lambda home: overwrite(segment(home) / "link_lists.bin"),
    "database overwritten": lambda home: overwrite(home / VECTORS_FOLDER / "chroma.sqlite3"),
    "all removed": lambda home: shutil.rmtree(home / VECTORS_FOLDER),
}
LEXICAL_DAMAGE: dict[str, Damage] = {
    "all removed": lambda home: shutil.rmtree(home / LEXICAL_FOLDER),
    "list of segments overwritten": lambda home: overwrite(home / LEXICAL_FOLDER / "meta.json"),
    "segments truncated": lambda home: (
        [os.truncate(path, 10) for path in (home / LEXICAL_FOLDER).glob("*.idx")] and None
    ),
    "terms overwritten": lambda home: (
        [overwrite(path) for path in (home / LEXICAL_FOLDER).glob("*.term")] and None
    ),
}


def is_whole(store: Store) -> bool:
    entries, vectors = next(store.catalogue.entries())
    asked = [0, 400, 800, 1_299]
    return (
        store.vectors.count() == store.lexical.count() == store.catalogue.counts()[1] == 1_300
        and all(store.vectors.search(vectors[n], 1)[0][1] > 0.999 for n in asked)
        and all(
            entries[n].passage_id in dict(store.lexical.search(entries[n].text, 3)) for n in asked
        )
    )


@pytest.mark.faults
def test_a_sound_store_has_nothing_to_report(home: Path, settings: Settings) -> None:
    findings = health.check(settings)
    assert [finding.part for finding in findings] == ["catalogue", "vectors", "lexical"]
    assert all(finding.ok and not finding.fix for finding in findings)


@pytest.mark.parametrize("damage", VECTOR_DAMAGE.values(), ids=VECTOR_DAMAGE)
def test_a_damaged_vector_index_is_made_again_at_the_next_start(
    home: Path, settings: Settings, damage: Damage
) -> None:
    damage(home)
    with Store.open(settings, HashingEmbedder()) as store:
        assert is_whole(store)


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["segment truncated", "segment overwritten"])
def test_a_large_index_that_nobody_sealed_is_looked_into_before_it_is_made_again(
    home: Path, settings: Settings, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.store.CHEAP_TO_REBUILD", 0)
    steps: list[str] = []
    unseal(home / VECTORS_FOLDER)  # as a kill while writing leaves it
    with Store.open(settings, HashingEmbedder(), lambda step, *_: steps.append(step)) as store:
        assert is_whole(store)
    assert steps == ["Checking the vector index"]
    unseal(home / VECTORS_FOLDER)
    VECTOR_DAMAGE[kind](home)
    with Store.open(settings, HashingEmbedder(), lambda step, *_: steps.append(step)) as store:
        assert is_whole(store)
    assert steps[1:] == ["Checking the vector index", "Updating the vector index"]


@pytest.mark.faults
def test_of_an_index_too_large_to_compare_at_a_start_a_sample_tells(
    home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.store.CHEAP_TO_REBUILD", 0)
    monkeypatch.setattr("rag.index.store.LOOKED_INTO", 40)
    monkeypatch.setattr("rag.index.seal.READ_AT_START_BYTES", 0)
    steps: list[str] = []
    for damage in (None, VECTOR_DAMAGE["segment truncated"]):
        unseal(home / VECTORS_FOLDER)  # as a kill while writing leaves it
        if damage:
            damage(home)
        with Store.open(settings, HashingEmbedder(), lambda step, *_: steps.append(step)) as store:
            assert is_whole(store)
    looked = "Checking the vector index"
    assert [one for one in steps if "vector" in one] == [
        looked,
        looked,
        "Updating the vector index",
    ]


def test_a_start_that_did_not_read_a_large_index_leaves_its_damage_for_the_doctor_to_see(
    home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.seal.READ_AT_START_BYTES", 0)
    path = segment(home) / "link_lists.bin"
    before = path.stat()
    later = before.st_mtime_ns + 10**9
    os.utime(home / VECTORS_FOLDER / SEAL_FILE, ns=(later, later))
    overwrite(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    Store.open(settings, HashingEmbedder()).close()
    (finding,) = (f for f in health.check(settings) if not f.ok)
    assert "link_lists.bin is not as it was left" in finding.message


@pytest.mark.parametrize("damage", LEXICAL_DAMAGE.values(), ids=LEXICAL_DAMAGE)
def test_a_damaged_lexical_index_is_made_again_at_the_next_start(
    home: Path, settings: Settings, damage: Damage
) -> None:
    damage(home)
    with Store.open(settings, HashingEmbedder()) as store:
        assert is_whole(store)


def test_a_damaged_lexical_index_is_reported(home: Path, settings: Settings) -> None:
    overwrite(home / LEXICAL_FOLDER / "meta.json")
    findings = health.check(settings)
    assert [(finding.part, finding.ok) for finding in findings] == [
        ("catalogue", True),
        ("vectors", True),
        ("lexical", False),
    ]
    assert "doctor --rebuild" in findings[-1].fix


@pytest.mark.parametrize("file", ["data_level0.bin", "link_lists.bin"])
def test_a_damaged_vector_index_is_reported_and_rebuilt_on_demand(
    home: Path, settings: Settings, file: str
) -> None:
    path = segment(home) / file
    before = path.stat()
    overwrite(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    (finding,) = (f for f in health.check(settings) if not f.ok)
    assert finding.part == "vectors"
    assert "damaged" in finding.message
    assert health.rebuild(settings, HashingEmbedder()) == 1_300
    with Store.open(settings, HashingEmbedder()) as store:
        assert is_whole(store)


def test_a_damaged_catalogue_is_reported_with_what_mends_it(home: Path, settings: Settings) -> None:
    content = bytearray((home / CATALOGUE_FILE).read_bytes())
    content[20_000:120_000] = noise(100_000)
    (home / CATALOGUE_FILE).write_bytes(content)
    (finding,) = (f for f in health.check(settings) if f.part == "catalogue")
    assert not finding.ok
    assert "backup" in finding.fix


def test_a_store_in_use_is_reported_and_left_alone(home: Path, settings: Settings) -> None:
    owner = Owner(home)
    (finding,) = health.check(settings)
    owner.release()
    assert (finding.part, finding.ok) == ("store", False)
    assert f"process {os.getpid()}" in finding.message


def test_another_embedding_model_needs_a_rebuild_and_no_sources(
    home: Path, settings: Settings
) -> None:
    other = HashingEmbedder("other", 32)
    with pytest.raises(EmbeddingMismatchError):
        Store.open(settings, other)
    shutil.rmtree(settings.home.parent / "in", ignore_errors=True)
    assert health.rebuild(settings, other) == 1_300
    with Store.open(settings, other) as store:
        assert is_whole(store)
        assert store.catalogue.embedding_model == ("other", 32)


def test_a_truncated_model_file_is_reported_and_left_for_the_next_start(tmp_path: Path) -> None:
    whole = b"GGUF" + noise(996)
    weights = replace(
        QWEN_CODER_1_5B,
        filename="tiny.gguf",
        size_bytes=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
    )
    settings = Settings.load(home=tmp_path, cache=tmp_path)
    assert health.check_model(settings, weights).ok
    (tmp_path / "tiny.gguf").write_bytes(whole)
    assert "hash is the pinned one" in health.check_model(settings, weights).message
    for damaged in (whole[:500], whole[:-1] + b"x"):
        (tmp_path / "tiny.gguf").write_bytes(damaged)
        finding = health.check_model(settings, weights)
        assert not finding.ok
        assert "damaged" in finding.message
        assert finding.fix
    assert (tmp_path / "tiny.gguf").read_bytes() == damaged


def test_a_model_file_of_ones_own_that_is_none_is_reported(tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(b"PK\3\4")
    settings = Settings.load(home=tmp_path, model_path=tmp_path / "own.gguf")
    assert not health.check_model(settings).ok
    elsewhere = Settings.load(home=tmp_path, openai_base_url="http://127.0.0.1:1/v1")
    assert health.check_model(elsewhere).ok
