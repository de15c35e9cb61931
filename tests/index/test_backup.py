from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from rag.errors import (
    InputError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreVersionError,
)
from rag.index import health
from rag.index.backup import REPLACED_FILE, backup, restore
from rag.index.catalogue import Catalogue
from rag.index.database import CATALOGUE_FILE
from rag.index.owner import Owner
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN, article, put
from tests.index.test_migrations import WRITTEN_BY_SCHEMA_1

ARTICLES = 12


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "news.backup"


@pytest.fixture
def filled(settings: Settings) -> Settings:
    catalogue = Catalogue.open(settings)
    catalogue.require_embedding_model(HashingEmbedder())
    put(catalogue, *(article(f"{n}.md", f"{RAIN} {FERRY} {n}") for n in range(ARTICLES)))
    catalogue.close()
    return settings


def sources(settings: Settings) -> set[str]:
    with Store.open(settings, HashingEmbedder()) as store:
        assert store.catalogue.damage() is None
        assert store.vectors.ids() == store.lexical.ids() == store.catalogue.passage_ids()
        ids = [summary.article_id for summary in store.catalogue.articles()]
        assert set(store.catalogue.guides(ids)) == set(ids)
        return {summary.source for summary in store.catalogue.articles()}


def damage_a_page(settings: Settings) -> None:
    """Noise over one page in use, behind the first ones, which say what the file is."""
    path = settings.home / CATALOGUE_FILE
    content = bytearray(path.read_bytes())
    at = content.index(b"Rain fell on the north", 8_192) // 4_096 * 4_096
    content[at : at + 4_096] = os.urandom(4_096)
    path.write_bytes(content)


def test_a_damaged_catalogue_is_put_back_from_its_last_backup_as_the_doctor_says(
    filled: Settings, file: Path
) -> None:
    made = backup(filled, file)
    assert (made.articles, made.file) == (ARTICLES, file)
    damage_a_page(filled)
    (finding,) = (f for f in health.check(filled) if f.part == "catalogue")
    assert not finding.ok
    assert f"groundwire restore {file} --replace" in finding.fix
    assert restore(filled, file, replace=True).articles == ARTICLES
    assert sources(filled) == {f"{n}.md" for n in range(ARTICLES)}
    assert (filled.home / REPLACED_FILE).exists()


@pytest.mark.faults
def test_a_backup_is_taken_while_the_store_is_open_and_being_changed(
    filled: Settings, file: Path, tmp_path: Path
) -> None:
    """All or nothing of every change: a pair of articles is never seen as one of the two."""
    with Store.open(filled, HashingEmbedder()) as store:
        changed, stop = threading.Event(), threading.Event()

        def change() -> None:
            for n in range(100_000):
                if stop.is_set():
                    return
                pair = (article("left.md", f"{FERRY} {n}"), article("right.md", f"{FERRY} {n}"))
                put(store.catalogue, *pair)
                changed.set()

        writer = threading.Thread(target=change)
        writer.start()
        assert changed.wait(60)
        for n in range(4):
            backup(filled, file.with_name(f"{n}"))
        stop.set()
        writer.join()
    for n in range(4):
        elsewhere = Settings.load(home=tmp_path / f"elsewhere{n}")
        restore(elsewhere, file.with_name(f"{n}"))
        catalogue = Catalogue.open(elsewhere)
        texts = [
            found.text
            for summary in catalogue.articles()
            if summary.source in {"left.md", "right.md"}
            and (found := catalogue.article(summary.article_id))
        ]
        catalogue.close()
        assert len(texts) == 2
        assert len(set(texts)) == 1


def test_nothing_is_overwritten_unless_it_is_asked_for(filled: Settings, file: Path) -> None:
    backup(filled, file)
    before = file.read_bytes()
    with pytest.raises(InputError, match="--replace"):
        backup(filled, file)
    with pytest.raises(InputError, match="--replace"):
        restore(filled, file)
    assert file.read_bytes() == before
    backup(filled, file, replace=True)


def test_a_damaged_catalogue_does_not_become_a_backup(filled: Settings, file: Path) -> None:
    backup(filled, file)
    before = file.read_bytes()
    damage_a_page(filled)
    with pytest.raises(StoreDamagedError):
        backup(filled, file, replace=True)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 9_000])
def test_what_is_no_backup_is_refused_and_the_catalogue_stays(
    filled: Settings, file: Path, content: bytes
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises((InputError, StoreDamagedError)):
        restore(filled, file, replace=True)
    assert len(sources(filled)) == ARTICLES


def test_a_changed_backup_is_refused_and_the_catalogue_stays(filled: Settings, file: Path) -> None:
    backup(filled, file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE articles SET text = replace(text, '90', '91')")
    connection.close()
    with pytest.raises(StoreDamagedError, match="not the one that was put there"):
        restore(filled, file, replace=True)
    assert len(sources(filled)) == ARTICLES


def test_a_backup_of_an_older_schema_is_brought_up_to_date_and_of_a_newer_one_refused(
    settings: Settings, file: Path
) -> None:
    file.parent.mkdir()
    with sqlite3.connect(file) as connection:
        connection.executescript(WRITTEN_BY_SCHEMA_1)
    connection.close()
    assert restore(settings, file).articles == 3
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    connection.close()
    with pytest.raises(StoreVersionError, match="newer"):
        restore(settings, file, replace=True)


def test_no_index_of_the_catalogue_before_passes_for_one_of_the_backup(
    filled: Settings, file: Path
) -> None:
    """The same revision number may be reached twice with different contents."""
    backup(filled, file)
    first = Catalogue.open(filled)
    marker = first.marker
    first.close()
    restore(filled, file, replace=True)
    second = Catalogue.open(filled)
    assert second.marker != marker
    second.close()


def test_a_store_in_use_can_be_backed_up_but_not_put_back(filled: Settings, file: Path) -> None:
    owner = Owner(filled.home)
    backup(filled, file)
    with pytest.raises(StoreBusyError):
        restore(filled, file, replace=True)
    owner.release()


def test_the_files_are_for_their_owner_only(filled: Settings, file: Path) -> None:
    backup(filled, file)
    restore(filled, file, replace=True)
    for path in (file, filled.home / CATALOGUE_FILE, filled.home / REPLACED_FILE):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_catalogue_or_with_one_on_a_server_it_is_said(
    settings: Settings, file: Path
) -> None:
    with pytest.raises(StoreError, match="no catalogue"):
        backup(settings, file)
    with pytest.raises(InputError, match="no file"):
        restore(settings, file)
    server = Settings.load(home=settings.home, database_url="postgresql://nowhere/none")
    with pytest.raises(StoreError, match="pg_dump"):
        backup(server, file)
