"""The catalogue's tables, and how spans and vectors are packed into them.

Plain SQL types only, so that SQLite and PostgreSQL hold the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
    text,
)

from rag.articles.article import Span

SCHEMA_VERSION = 8

metadata = MetaData()

# Named facts about the store: schema version, revision, embedding model and its dimensions.
meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("article_id", String(16), primary_key=True),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("publisher", Text, index=True),
    Column("published_at", Date, index=True),
    Column("url", Text),
    Column("sha256", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("chars", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("origin_id", String(32), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("author", Text),
    Column("published_as", Text),
    Column("language", String(8), index=True),
    Column("entries", Text),  # of a live page, as JSON: `rag.index.rows` packs it
)

# What an article tells in short, as JSON: `rag.index.rows` packs it, `rag.text.guide` makes it.
# Beside the articles, so that a list of guides reads no text.
guides = Table(
    "guides",
    metadata,
    Column(
        "article_id",
        String(16),
        ForeignKey("articles.article_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("guide", Text, nullable=False),
)

# The beginning of a title in small letters, by its bytes: what is typed is looked for there. It is
# the expression of an index, which a query must use to the letter.
_TITLE = "lower(substr(title, 1, 100))"
TITLE_CHARS = 100

# `revision` is the store's revision that wrote the row: what a derived index has yet to take over.
passages = Table(
    "passages",
    metadata,
    Column("passage_id", String(64), primary_key=True),
    Column(
        "article_id",
        String(16),
        ForeignKey("articles.article_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    Column("text_key", LargeBinary, nullable=False, index=True),
    Column("revision", Integer, nullable=False, index=True),
    Index("passages_in_order", "article_id", "ordinal"),
)

# Passages gone since some revision, so that an index that lags behind can forget them.
removals = Table(
    "removals",
    metadata,
    Column("passage_id", String(64), primary_key=True),
    Column("revision", Integer, nullable=False, index=True),
)

# One vector for equal texts, however many passages say them.
embeddings = Table(
    "embeddings",
    metadata,
    Column("text_key", LargeBinary, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

# Where to look for copies of a sentence: `rag.articles.origins` says what an anchor is.
anchors = Table(
    "anchors",
    metadata,
    Column("anchor", BigInteger, primary_key=True),
    Column("article_id", String(16), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Sentences that have a copy in another article; copies have the same origin.
copied = Table(
    "copied",
    metadata,
    Column("article_id", String(16), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    Column("origin", String(32), nullable=False, index=True),
    Column("facts", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


def title_key(connection: Connection) -> ColumnElement[str]:
    """What the index of titles is made of, there."""
    return literal_column(_title_in(connection), String)


def index_titles(connection: Connection) -> None:
    """Make the index of titles, with which a few are found among many."""
    connection.execute(
        text(f"CREATE INDEX IF NOT EXISTS articles_by_title ON articles ({_title_in(connection)})")
    )


def _title_in(connection: Connection) -> str:
    # PostgreSQL would compare as the language of the database does.
    return f'({_TITLE} COLLATE "C")' if connection.dialect.name == "postgresql" else _TITLE


def pack_spans(spans: Sequence[Span]) -> bytes:
    """Starts and ends as little-endian 32-bit integers.

    >>> unpack_spans(pack_spans([Span(0, 5), Span(6, 9)]))
    (Span(start=0, end=5), Span(start=6, end=9))
    """
    return np.array([(span.start, span.end) for span in spans], dtype="<u4").tobytes()


def unpack_spans(packed: bytes) -> tuple[Span, ...]:
    """The inverse of `pack_spans`."""
    pairs = np.frombuffer(packed, dtype="<u4").reshape(-1, 2).tolist()
    return tuple(Span(start, end) for start, end in pairs)


def pack_vector(vector: NDArray[np.float32]) -> bytes:
    """A vector as little-endian float32."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def unpack_vectors(packed: Sequence[bytes]) -> NDArray[np.float32]:
    """Vectors of one length as an array of shape (n, dimensions); of none, (0, 0)."""
    if not packed:
        return np.zeros((0, 0), dtype=np.float32)
    joined = np.frombuffer(b"".join(packed), dtype="<f4")
    return joined.reshape(len(packed), -1).astype(np.float32, copy=False)
