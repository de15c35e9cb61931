"""Opening the catalogue's database, and its errors in our own words.

SQLite in `home` by default: write-ahead log, every commit on the disk before it is acknowledged,
files readable by their owner only. Any other SQLAlchemy URL by setting.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from rag.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
)
from rag.files import private_folder, unwritable
from rag.settings import Settings

CATALOGUE_FILE = "catalogue.sqlite3"
BUSY_TIMEOUT_S = 30.0
IDLE_S = 0.05  # a server that was killed takes longer to be back; asking takes about 1 ms
CACHE_KB = 32_000  # the pages that one ingest touches again and again
# Of a statement whose results hold packed bytes: PostgreSQL sends them as they are, not spelt out.
PACKED = {"packed": True}
RESTORE = (
    "Put a backup back with groundwire restore FILE --replace; without one, move it away and "
    "ingest the articles again."
)


def open_engine(settings: Settings) -> Engine:
    """An engine for the catalogue, its SQLite file created private where it is new."""
    if settings.database_url:
        return _server_engine(settings.database_url)
    path = settings.home / CATALOGUE_FILE
    private_folder(settings.home)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise unwritable(path, error) from None
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _configure_sqlite)
    return engine


def read_only_engine(file: Path) -> Engine:
    """An engine that reads a SQLite file and can neither make nor change one."""
    address = f"{file.resolve().as_uri()}?mode=ro"

    def connected() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S)

    return create_engine("sqlite://", creator=connected, poolclass=NullPool)


def _server_engine(address: str) -> Engine:
    # "postgresql://" alone would mean a driver of the last decade.
    for plain in ("postgres://", "postgresql://"):
        if address.startswith(plain):
            address = f"postgresql+psycopg://{address.removeprefix(plain)}"
    try:
        engine = create_engine(address)
    except (ImportError, SQLAlchemyError) as error:
        raise StoreError(
            f"GROUNDWIRE_DATABASE_URL cannot be used ({error})",
            fix="Correct it, and install the driver it names (for PostgreSQL: psycopg[binary]).",
        ) from None
    event.listen(engine, "checkout", partial(_ask_first_if_idle, engine))
    event.listen(engine, "checkin", _note_use)
    if engine.dialect.driver == "psycopg":
        event.listen(engine, "connect", _configure_postgresql)
        event.listen(engine, "before_cursor_execute", _send_packed)
    return engine


def _ask_first_if_idle(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """A server may have been restarted meanwhile; one that answered just now is not asked."""
    if time.monotonic() - record.info.get("used", 0.0) < IDLE_S:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _configure_postgresql(connection: Any, _record: Any) -> None:
    # Compiling a search to machine code takes longer than any of ours takes without.
    connection.execute("SET jit = off")
    connection.commit()


def _send_packed(
    _connection: Any, cursor: Any, _statement: str, _given: Any, context: Any, _many: bool
) -> None:
    if context is not None and context.execution_options.get("packed"):
        cursor.format = 1


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The file may be on a read-only disk: reading must then still work.
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError:
        connection.execute("PRAGMA query_only=ON")


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Database errors as StoreError, naming `where`."""
    try:
        yield
    except DBAPIError as error:
        raise _in_our_words(str(error.orig), where) from error
    except SQLAlchemyError as error:
        raise StoreError(
            f"The catalogue at {where} cannot be used ({error})",
            fix="Check GROUNDWIRE_DATABASE_URL.",
        ) from error


def _in_our_words(said: str, where: str) -> StoreError:
    said = said.strip().partition("\n")[0]
    low = said.lower()
    if "full" in low or "no space" in low or "disk quota" in low:
        return StoreFullError(
            f"No room left for the catalogue at {where}; nothing was changed",
            fix="Free some disk space and try again.",
        )
    if any(word in low for word in ("malformed", "not a database", "corrupt", "could not decode")):
        return StoreDamagedError(
            f"The catalogue at {where} is damaged ({said})",
            fix=RESTORE,
        )
    if "disk i/o" in low:
        return StoreError(
            f"The disk refused to read or write the catalogue at {where}; nothing was changed",
            fix="Look whether the disk is full or failing, then run groundwire doctor.",
        )
    if "locked" in low:
        return StoreBusyError(
            f"The catalogue at {where} is locked by another program", fix="Close it and try again."
        )
    if "readonly" in low or "unable to open" in low:
        return StoreError(
            f"The catalogue at {where} cannot be written ({said})",
            fix="Check its permissions, or choose another folder with GROUNDWIRE_HOME.",
        )
    if "connect" in low:
        return StoreError(
            f"The catalogue at {where} does not answer ({said})",
            fix="Start the database, or correct GROUNDWIRE_DATABASE_URL.",
        )
    return StoreError(
        f"The catalogue at {where} failed ({said})", fix="Run groundwire doctor to look for damage."
    )
