"""Whether the catalogue is as it was left: looked at when a store opens, and by the doctor.

A catalogue that came to rest is noted with its hash (`rag.index.seal`), so that at the next start
one read of the file vouches for every byte of it. Where the note does not vouch (the process was
killed, something wrote to the file), what it holds is checked instead. Of a file larger than
`READ_AT_START_BYTES` only a sample is checked: a start must not read gigabytes.

Invariant: a catalogue that was found damaged is not opened, and nothing is derived from it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from hashlib import sha256

import numpy as np
from sqlalchemy import Connection, Row, Select, func, select

from rag.index import schema
from rag.index.database import CATALOGUE_FILE
from rag.index.seal import READ_AT_START_BYTES, is_intact, seal
from rag.settings import Settings

_SAMPLE = 100
_ROWS_AT_ONCE = 1_000
_LENGTH_TOLERANCE = 1e-2


def is_as_left(settings: Settings) -> bool:
    """True when every byte is as it was when the catalogue came to rest, or nothing is there."""
    file = settings.home / CATALOGUE_FILE
    if settings.database_url is not None or not file.exists():
        return True
    return not is_large(settings) and is_intact(settings.home, only=CATALOGUE_FILE)


def note_as_left(settings: Settings) -> None:
    """Vouch for a catalogue that nobody has open any more; a large one is read at no end."""
    if settings.database_url is None and not is_large(settings):
        seal(settings.home, only=CATALOGUE_FILE)


def is_large(settings: Settings) -> bool:
    """True when reading the whole catalogue would make a start wait."""
    try:
        return (settings.home / CATALOGUE_FILE).stat().st_size > READ_AT_START_BYTES
    except OSError:
        return False


def damage(connection: Connection) -> str | None:
    """What a look at everything finds wrong; None when it is sound."""
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if said != "ok":
            return str(said)
    lost = connection.scalar(
        select(func.count())
        .select_from(schema.passages)
        .outerjoin(schema.embeddings, schema.embeddings.c.text_key == schema.passages.c.text_key)
        .where(schema.embeddings.c.text_key.is_(None))
    )
    if lost:
        return f"{lost} passages have lost their vectors"
    return _changed_row(connection)


def sampled_damage(connection: Connection) -> str | None:
    """What a look at some articles and as many vectors finds wrong, other ones each time.

    Of no more articles than that, all are looked at: drawn by chance, some would be left out.
    """
    articles = connection.scalar(select(func.count()).select_from(schema.articles))
    if not articles or articles <= _SAMPLE:
        return _changed_row(connection)
    chosen = random.Random()  # noqa: S311 - a sample, no secret
    ids, keys = schema.articles.c.article_id, schema.embeddings.c.text_key
    vectors = select(schema.embeddings.c.vector).order_by(keys).limit(1)
    for _ in range(_SAMPLE):
        text = _texts().where(ids >= f"{chosen.getrandbits(64):016x}").order_by(ids).limit(1)
        vector = vectors.where(keys >= chosen.randbytes(8))
        found = _changed_text(connection.execute(text)) or _changed_vectors(
            [connection.execute(vector).all()]
        )
        if found:
            return found
    return None


def _changed_row(connection: Connection) -> str | None:
    few = connection.execution_options(yield_per=_ROWS_AT_ONCE)
    return _changed_text(few.execute(_texts())) or _changed_vectors(
        few.execute(select(schema.embeddings.c.vector)).partitions()
    )


def _texts() -> Select[tuple[str, str, str]]:
    table = schema.articles.c
    return select(table.source, table.sha256, table.text)


def _changed_text(rows: Iterable[Row[tuple[str, str, str]]]) -> str | None:
    for row in rows:
        if sha256(row.text.encode()).hexdigest() != row.sha256:
            return f"the text of {row.source} is not the one that was put there"
    return None


def _changed_vectors(batches: Iterable[Iterable[Row[tuple[bytes]]]]) -> str | None:
    """Embeddings are kept as unit vectors: noise is none."""
    for rows in batches:
        packed = [row.vector for row in rows]
        if len({len(one) for one in packed}) > 1:
            return "a vector has not the length of the others"
        if not packed:
            continue
        with np.errstate(all="ignore"):  # noise may stand for any number, or none
            lengths = np.linalg.norm(schema.unpack_vectors(packed).astype(np.float64), axis=1)
            unit = np.abs(lengths - 1) < _LENGTH_TOLERANCE
        if not unit.all():
            return "a vector is not the one that was put there"
    return None
