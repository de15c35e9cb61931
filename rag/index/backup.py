"""The catalogue in one file, taken while the store is in use, and put back whole.

Invariant: a backup takes its name only after it was read through and found sound, and so does a
catalogue that is put back; at every moment in between, the one before is still there.
"""

from __future__ import annotations

import datetime
import json
import os
import shlex
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, update

from rag.errors import InputError, StoreDamagedError, StoreError, StoreVersionError
from rag.files import private_folder, sync_folder, unwritable, write_whole
from rag.index import schema
from rag.index.catalogue import Catalogue
from rag.index.database import (
    CATALOGUE_FILE,
    RESTORE,
    read_only_engine,
    translated,
)
from rag.index.derived import make_again
from rag.index.entry import Progress
from rag.index.owner import Owner
from rag.index.reading import Reading, meta_of
from rag.settings import Settings

NOTE_FILE = "last-backup.json"
REPLACED_FILE = "catalogue.replaced.sqlite3"
_SIDE_FILES = ("-wal", "-shm")


@dataclass(frozen=True)
class Backup:
    """A backup file and what is in it."""

    file: Path
    taken_at: datetime.datetime
    articles: int
    passages: int


def backup(settings: Settings, file: Path, *, replace: bool = False) -> Backup:
    """Write the catalogue as it is at this moment to `file`; others may go on changing it.

    Raises StoreError and its kinds, InputError where `file` is there and may not be replaced.
    """
    catalogue = _catalogue_file(settings)
    file = file.expanduser().absolute()
    if not catalogue.exists():
        raise StoreError(
            f"There is no catalogue in {settings.home}", fix="Ingest articles, then back them up."
        )
    if file.exists() and not replace:
        raise InputError(f"{file} is there already", fix="Name another file, or add --replace.")
    with _copied(catalogue, file.with_name(f"{file.name}.new")) as copy:
        articles, passages = _require_sound(copy, says=f"The copy of {catalogue}")
        _take_the_name(copy, file)
    made = Backup(file, datetime.datetime.now(datetime.UTC), articles, passages)
    note = {"file": str(file), "taken_at": made.taken_at.isoformat(timespec="seconds")}
    with suppress(StoreError):  # the backup is there whether or not there is room for a note
        write_whole(settings.home / NOTE_FILE, json.dumps(note))
    return made


def restore(
    settings: Settings, file: Path, *, replace: bool = False, progress: Progress | None = None
) -> Backup:
    """Put a backup in the place of the catalogue and make the indexes again from it.

    A catalogue that was there is kept beside it as `REPLACED_FILE`. Raises StoreError and its
    kinds, InputError where `file` is no backup or a catalogue is there and may not be replaced.
    """
    catalogue = _catalogue_file(settings)
    file = file.expanduser().absolute()
    if not file.is_file():
        raise InputError(f"There is no file {file}", fix="Name a file that groundwire backup made.")
    owner = Owner(settings.home)
    try:
        if catalogue.exists() and not replace:
            raise InputError(
                f"{settings.home} has a catalogue already",
                fix=f"Add --replace; it is then kept as {REPLACED_FILE}.",
            )
        taken_at = datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC)
        with _copied(file, catalogue.with_name(f"{CATALOGUE_FILE}.new")) as copy:
            articles, passages = _require_sound(copy, says=str(file))
            _make_it_another_store(copy)
            _set_aside(catalogue)
            _take_the_name(copy, catalogue)
        opened = Catalogue.open(settings)
        try:
            make_again(settings, opened, progress)
        finally:
            opened.close()
    finally:
        owner.release()
    return Backup(file, taken_at, articles, passages)


def last_backup(settings: Settings) -> tuple[Path, str] | None:
    """File and day of the last backup, where it is still there."""
    try:
        note = json.loads((settings.home / NOTE_FILE).read_text())
        file, day = Path(note["file"]), str(note["taken_at"])[:10]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (file, day) if file.is_file() else None


def how_to_restore(settings: Settings) -> str:
    """What mends a damaged catalogue: the command with the last backup's name, if there is one."""
    known = None if settings.database_url else last_backup(settings)
    if known is None:
        return RESTORE
    file, day = known
    return f"Run groundwire restore {shlex.quote(str(file))} --replace (the backup of {day})."


def _catalogue_file(settings: Settings) -> Path:
    if settings.database_url:
        raise StoreError(
            "The catalogue is in a database server",
            fix="Back it up and restore it with the server's own tools, for example pg_dump.",
        )
    return settings.home / CATALOGUE_FILE


@contextmanager
def _copied(source: Path, target: Path) -> Iterator[Path]:
    """A consistent copy of a SQLite file at `target`; gone when the block ends."""
    try:
        private_folder(target.parent)
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        engine = read_only_engine(source)
        with _released(engine), translated(str(source)), engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                "VACUUM INTO ?", (str(target),)
            )
        yield target
    except OSError as error:
        raise unwritable(target, error) from None
    finally:
        with suppress(OSError):
            target.unlink(missing_ok=True)


def _require_sound(copy: Path, *, says: str) -> tuple[int, int]:
    """Articles and passages of a copy that is a catalogue of ours, whole and not too new."""
    engine = read_only_engine(copy)
    with _released(engine):
        with translated(says), engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            facts = meta_of(connection) if "meta" in tables else {}
        if "schema_version" not in facts:
            raise InputError(
                f"{says} is no catalogue of Groundwire",
                fix="Name a file that groundwire backup made.",
            )
        if int(facts["schema_version"]) > schema.SCHEMA_VERSION:
            raise StoreVersionError(
                f"{says} was written by a newer Groundwire (schema {facts['schema_version']}, "
                f"known up to {schema.SCHEMA_VERSION})",
                fix="Update Groundwire.",
            )
        reading = Reading(engine, says)
        if damage := reading.damage():
            raise StoreDamagedError(f"{says} is damaged ({damage})", fix="Use an older backup.")
        return reading.counts()


def _make_it_another_store(copy: Path) -> None:
    """A new store id: no index made of the catalogue before may pass for one made of this."""
    engine = create_engine(f"sqlite:///{copy}")
    with _released(engine), translated(str(copy)), engine.begin() as connection:
        row = schema.meta.c.name == "store_id"
        connection.execute(update(schema.meta).where(row).values(value=uuid.uuid4().hex))


def _set_aside(catalogue: Path) -> None:
    """Keep the catalogue under another name, and leave no log behind that is not the next one's."""
    kept = catalogue.with_name(REPLACED_FILE)
    for suffix in ("", *_SIDE_FILES):
        kept.with_name(kept.name + suffix).unlink(missing_ok=True)
    if catalogue.exists():
        try:
            os.link(catalogue, kept)
        except OSError:  # a file system without links
            shutil.copyfile(catalogue, kept)
    for suffix in _SIDE_FILES:
        side = catalogue.with_name(catalogue.name + suffix)
        if side.exists():
            side.replace(kept.with_name(kept.name + suffix))


def _take_the_name(copy: Path, name: Path) -> None:
    """Put `copy` in the place of `name`, and both the file and the renaming on the disk."""
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.replace(name)
    sync_folder(name.parent)


@contextmanager
def _released(engine: Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()
