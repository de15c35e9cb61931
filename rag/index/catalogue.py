"""The catalogue: articles, passages with their exact spans, and embeddings. The truth.

Invariant: a change is one transaction and one new revision; an article is there whole (text,
passages, vectors) or not at all. Everything in the other indexes can be made again from here.
"""

from __future__ import annotations

import datetime
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from rag.articles.article import Article, Passage
from rag.articles.passages import embedded_text
from rag.errors import EmbeddingMismatchError, StoreVersionError
from rag.index import schema
from rag.index.database import open_engine, translated
from rag.index.entry import Entry, Filters
from rag.settings import Settings

Vectors = NDArray[np.float32]
T = TypeVar("T")
_BATCH = 2_000


@dataclass(frozen=True)
class ArticleSummary:
    """An article without its text."""

    article_id: str
    source: str
    title: str
    publisher: str | None
    published_at: datetime.date | None
    url: str | None
    sha256: str
    passages: int
    chars: int


@dataclass(frozen=True)
class Version:
    """What decides whether an article needs work at ingest."""

    article_id: str
    source: str
    fingerprint: str


def text_key(title: str, text: str) -> bytes:
    """Names the vector of a passage: equal texts have one."""
    return sha256(embedded_text(title, text).encode()).digest()[:16]


class Catalogue:
    """Open one with `Catalogue.open`. Safe to use from several threads."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._where = where
        self._writing = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> Catalogue:
        """Open or create the catalogue. Raises StoreError and its kinds."""
        engine = open_engine(settings)
        catalogue = cls(engine, engine.url.render_as_string(hide_password=True))
        try:
            catalogue._prepare()
        except BaseException:
            engine.dispose()
            raise
        return catalogue

    def close(self) -> None:
        self._engine.dispose()

    # -- what the store is ------------------------------------------------------------------

    @property
    def where(self) -> str:
        """The database's address, without a password."""
        return self._where

    @property
    def revision(self) -> int:
        """Counts the changes; equal revisions mean equal contents."""
        with self._reading() as connection:
            return int(_meta(connection)["revision"])

    @property
    def store_id(self) -> str:
        """Random, made with the catalogue: tells derived indexes whose they are."""
        with self._reading() as connection:
            return _meta(connection)["store_id"]

    @property
    def embedding_model(self) -> tuple[str, int] | None:
        """Name and dimensions of the model whose vectors are kept; None before the first."""
        with self._reading() as connection:
            facts = _meta(connection)
        if "embedding_model" not in facts:
            return None
        return facts["embedding_model"], int(facts["embedding_dimensions"])

    def require_embedding_model(self, name: str, dimensions: int) -> None:
        """Remember the model of an empty catalogue; raise EmbeddingMismatchError on another."""
        known = self.embedding_model
        if known is None:
            with self._transaction() as connection:
                _remember(connection, name, dimensions)
        elif known != (name, dimensions):
            raise EmbeddingMismatchError(
                f"The index was built with the embedding model {known[0]} "
                f"({known[1]} dimensions), not {name} ({dimensions})",
                fix="Use that model again, or run groundwire doctor --rebuild.",
            )

    # -- changing ---------------------------------------------------------------------------

    def put(
        self, article: Article, passages: Sequence[Passage], vectors: Vectors, *, root: str = ""
    ) -> None:
        """Replace `article` whole; `vectors` is (len(passages), dimensions), row by row."""
        keyed = {
            text_key(article.title, passage.text): vector
            for passage, vector in zip(passages, vectors, strict=True)
        }
        self.put_many([(article, passages, root)], keyed)

    def put_many(
        self,
        items: Sequence[tuple[Article, Sequence[Passage], str]],
        vectors: Mapping[bytes, NDArray[np.float32]],
    ) -> None:
        """Replace several articles (with passages and root) in one transaction.

        `vectors` holds one by `text_key` for every passage whose key is not kept already.
        """
        with self._change() as (connection, revision):
            ids = [article.article_id for article, _, _ in items]
            old_keys = _remove(connection, ids, revision)
            rows = [
                _passage_row(article, passage, revision)
                for article, passages, _ in items
                for passage in passages
            ]
            _insert(connection, schema.articles, [_article_row(*item) for item in items])
            _insert(connection, schema.passages, rows)
            for chunk in _chunks([row["passage_id"] for row in rows]):
                connection.execute(
                    delete(schema.removals).where(schema.removals.c.passage_id.in_(chunk))
                )
            keys = {row["text_key"] for row in rows}
            missing = keys - _kept(connection, keys)
            _insert(
                connection,
                schema.embeddings,
                [{"text_key": key, "vector": schema.pack_vector(vectors[key])} for key in missing],
            )
            _forget_vectors(connection, old_keys - keys)

    def remove(self, article_id: str) -> bool:
        """Remove an article whole; False when there was none."""
        return self.remove_many([article_id]) == 1

    def remove_many(self, article_ids: Sequence[str]) -> int:
        """Remove articles in one transaction; how many there were."""
        with self._reading() as connection:
            known = [
                article_id
                for chunk in _chunks(list(article_ids))
                for article_id in connection.scalars(
                    select(schema.articles.c.article_id).where(
                        schema.articles.c.article_id.in_(chunk)
                    )
                )
            ]
        if known:
            with self._change() as (connection, revision):
                _forget_vectors(connection, _remove(connection, known, revision))
        return len(known)

    def replace_vectors(
        self, name: str, dimensions: int, batches: Iterable[Mapping[bytes, NDArray[np.float32]]]
    ) -> None:
        """Exchange every vector for one of another model, in one transaction."""
        with self._change() as (connection, revision):
            connection.execute(delete(schema.embeddings))
            for vectors in batches:
                _insert(
                    connection,
                    schema.embeddings,
                    [
                        {"text_key": key, "vector": schema.pack_vector(vector)}
                        for key, vector in vectors.items()
                    ],
                )
            _remember(connection, name, dimensions)
            connection.execute(update(schema.passages).values(revision=revision))

    # -- reading ----------------------------------------------------------------------------

    def article(self, article_id: str) -> Article | None:
        return self.articles_by_id([article_id]).get(article_id)

    def articles_by_id(self, article_ids: Sequence[str]) -> dict[str, Article]:
        """The articles there are, by id."""
        table = schema.articles
        query = select(
            table.c.source,
            table.c.text,
            table.c.title,
            table.c.publisher,
            table.c.published_at,
            table.c.url,
        )
        found = {}
        with self._reading() as connection:
            for chunk in _chunks(list(dict.fromkeys(article_ids))):
                for row in connection.execute(query.where(table.c.article_id.in_(chunk))):
                    article = Article(**row._mapping)
                    found[article.article_id] = article
        return found

    def articles(self) -> Iterator[ArticleSummary]:
        """Every article without its text, by source."""
        table = schema.articles
        columns = [table.c[name] for name in ArticleSummary.__dataclass_fields__]
        with self._reading() as connection:
            for row in connection.execute(select(*columns).order_by(table.c.source)):
                yield ArticleSummary(**row._mapping)

    def versions(self, *, roots: Sequence[str] | None = None) -> Iterator[Version]:
        """Identity and fingerprint of every article, or of those that came from `roots`."""
        table = schema.articles
        query = select(table.c.article_id, table.c.source, table.c.fingerprint)
        if roots is not None:
            query = query.where(table.c.root.in_(roots))
        with self._reading() as connection:
            for row in connection.execute(query):
                yield Version(*row)

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """The passages there are, by id, their text cut from the article's."""
        found = {}
        with self._reading() as connection:
            for chunk in _chunks(list(dict.fromkeys(passage_ids))):
                query = _passages_query().where(schema.passages.c.passage_id.in_(chunk))
                for row in connection.execute(query):
                    found[row.passage_id] = _passage_of(row)
        return found

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of one article, in order."""
        query = _passages_query().where(schema.passages.c.article_id == article_id)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(schema.passages.c.ordinal))
            return tuple(_passage_of(row) for row in rows)

    def passage_ids_matching(self, filters: Filters) -> set[str]:
        """Ids of the passages whose article passes `filters`."""
        query = (
            select(schema.passages.c.passage_id)
            .join_from(schema.passages, schema.articles)
            .where(_passes(filters))
        )
        with self._reading() as connection:
            return set(connection.scalars(query))

    def passage_ids(self) -> set[str]:
        """Ids of all passages."""
        with self._reading() as connection:
            return set(connection.scalars(select(schema.passages.c.passage_id)))

    def counts(self) -> tuple[int, int]:
        """How many articles and passages there are."""
        with self._reading() as connection:
            articles = connection.scalar(select(func.count()).select_from(schema.articles))
            passages = connection.scalar(select(func.count()).select_from(schema.passages))
            return articles or 0, passages or 0

    def publishers(self) -> tuple[str, ...]:
        """Every publisher named, sorted."""
        column = schema.articles.c.publisher
        with self._reading() as connection:
            named = connection.scalars(select(column).where(column.is_not(None)).distinct())
            return tuple(sorted(named))

    def date_range(self) -> tuple[datetime.date, datetime.date] | None:
        """First and last day of publication; None when no article has one."""
        column = schema.articles.c.published_at
        with self._reading() as connection:
            first, last = connection.execute(select(func.min(column), func.max(column))).one()
        return None if first is None else (first, last)

    def known_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of `keys` whose vectors are kept."""
        with self._reading() as connection:
            return _kept(connection, set(keys))

    # -- for the derived indexes ------------------------------------------------------------

    def entries(self, *, since: int = 0) -> Iterator[tuple[list[Entry], Vectors]]:
        """Batches of passages written after revision `since`, with their vectors."""
        passages, articles = schema.passages.c, schema.articles.c
        query = (
            select(
                passages.passage_id,
                passages.article_id,
                _passage_text(),
                articles.title,
                articles.publisher,
                articles.published_at,
                schema.embeddings.c.vector,
            )
            .join_from(schema.passages, schema.articles)
            .join(schema.embeddings, schema.embeddings.c.text_key == passages.text_key)
            .where(passages.revision > since)
            .order_by(passages.passage_id)
            .limit(_BATCH)
        )
        last = ""
        while True:
            with self._reading() as connection:
                rows = connection.execute(query.where(passages.passage_id > last)).all()
            if not rows:
                return
            last = rows[-1].passage_id
            yield [Entry(*row[:-1]) for row in rows], schema.unpack_vectors([r[-1] for r in rows])

    def entries_by_id(self, passage_ids: Sequence[str]) -> Iterator[tuple[list[Entry], Vectors]]:
        """Batches of the passages named, with their vectors."""
        passages, articles = schema.passages.c, schema.articles.c
        for chunk in _chunks(list(passage_ids)):
            query = (
                select(
                    passages.passage_id,
                    passages.article_id,
                    _passage_text(),
                    articles.title,
                    articles.publisher,
                    articles.published_at,
                    schema.embeddings.c.vector,
                )
                .join_from(schema.passages, schema.articles)
                .join(schema.embeddings, schema.embeddings.c.text_key == passages.text_key)
                .where(passages.passage_id.in_(chunk))
            )
            with self._reading() as connection:
                rows = connection.execute(query).all()
            if rows:
                vectors = schema.unpack_vectors([row[-1] for row in rows])
                yield [Entry(*row[:-1]) for row in rows], vectors

    def removed_since(self, revision: int) -> list[str]:
        """Ids of passages that went after that revision and are not back."""
        query = select(schema.removals.c.passage_id).where(schema.removals.c.revision > revision)
        with self._reading() as connection:
            return list(connection.scalars(query))

    def vectors(self) -> Iterator[tuple[list[str], Vectors]]:
        """Batches of (passage ids, their vectors), by id."""
        for entries, vectors in self.entries():
            yield [entry.passage_id for entry in entries], vectors

    # -- inside -----------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self._where), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._writing, translated(self._where), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _change(self) -> Iterator[tuple[Connection, int]]:
        """A transaction that makes a new revision.

        The revision's row is locked first: writers of several processes take turns, and
        revisions are committed in their order.
        """
        counter = schema.meta.c.name == "revision"
        with self._transaction() as connection:
            # Written before it is read, so that SQLite takes its write lock at once.
            connection.execute(update(schema.meta).where(counter).values(value=schema.meta.c.value))
            revision = int(connection.scalar(select(schema.meta.c.value).where(counter)) or 0) + 1
            connection.execute(update(schema.meta).where(counter).values(value=str(revision)))
            yield connection, revision

    def _prepare(self) -> None:
        with self._transaction() as connection:
            schema.metadata.create_all(connection)
            facts = _meta(connection)
            if not facts:
                facts = {
                    "schema_version": str(schema.SCHEMA_VERSION),
                    "revision": "0",
                    "store_id": uuid.uuid4().hex,
                }
                _insert(
                    connection,
                    schema.meta,
                    [{"name": name, "value": value} for name, value in facts.items()],
                )
        found = int(facts["schema_version"])
        if found > schema.SCHEMA_VERSION:
            raise StoreVersionError(
                f"The catalogue at {self._where} was written by a newer Groundwire "
                f"(schema {found}, known up to {schema.SCHEMA_VERSION})",
                fix="Update Groundwire, or choose another folder with GROUNDWIRE_HOME.",
            )


def _meta(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(schema.meta))}


def _remember(connection: Connection, name: str, dimensions: int) -> None:
    facts = {"embedding_model": name, "embedding_dimensions": str(dimensions)}
    connection.execute(delete(schema.meta).where(schema.meta.c.name.in_(list(facts))))
    _insert(
        connection, schema.meta, [{"name": key, "value": value} for key, value in facts.items()]
    )


def _remove(connection: Connection, article_ids: Sequence[str], revision: int) -> set[bytes]:
    """Remove articles and note their passages as gone; the keys of their vectors."""
    keys: set[bytes] = set()
    for chunk in _chunks(list(article_ids)):
        theirs = schema.passages.c.article_id.in_(chunk)
        rows = connection.execute(
            select(schema.passages.c.passage_id, schema.passages.c.text_key).where(theirs)
        ).all()
        keys.update(row.text_key for row in rows)
        connection.execute(delete(schema.passages).where(theirs))
        connection.execute(delete(schema.articles).where(schema.articles.c.article_id.in_(chunk)))
        _insert(
            connection,
            schema.removals,
            [{"passage_id": row.passage_id, "revision": revision} for row in rows],
        )
    return keys


def _forget_vectors(connection: Connection, keys: set[bytes]) -> None:
    """Drop the vectors of `keys` that no passage uses any more."""
    used = select(schema.passages.c.text_key)
    for chunk in _chunks(list(keys)):
        still = set(connection.scalars(used.where(schema.passages.c.text_key.in_(chunk))))
        gone = [key for key in chunk if key not in still]
        connection.execute(delete(schema.embeddings).where(schema.embeddings.c.text_key.in_(gone)))


def _kept(connection: Connection, keys: set[bytes]) -> set[bytes]:
    column = schema.embeddings.c.text_key
    return {
        key
        for chunk in _chunks(list(keys))
        for key in connection.scalars(select(column).where(column.in_(chunk)))
    }


def _insert(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _article_row(article: Article, passages: Sequence[Passage], root: str) -> dict[str, Any]:
    return {
        "article_id": article.article_id,
        "source": article.source,
        "root": root,
        "title": article.title,
        "publisher": article.publisher,
        "published_at": article.published_at,
        "url": article.url,
        "sha256": article.sha256,
        "fingerprint": article.fingerprint,
        "chars": len(article.text),
        "passages": len(passages),
        "text": article.text,
    }


def _passage_row(article: Article, passage: Passage, revision: int) -> dict[str, Any]:
    return {
        "passage_id": passage.passage_id,
        "article_id": article.article_id,
        "ordinal": passage.ordinal,
        "start": passage.span.start,
        "end": passage.span.end,
        "sentences": schema.pack_spans(passage.sentences),
        "text_key": text_key(article.title, passage.text),
        "revision": revision,
    }


def _passage_text() -> ColumnElement[str]:
    passages = schema.passages.c
    text: ColumnElement[str] = func.substr(
        schema.articles.c.text, passages.start + 1, passages.end - passages.start
    )
    return text.label("text")


def _passages_query() -> Select[Any]:
    passages = schema.passages.c
    return select(
        passages.passage_id,
        passages.article_id,
        passages.ordinal,
        _passage_text(),
        passages.sentences,
    ).join_from(schema.passages, schema.articles)


def _passage_of(row: Row[Any]) -> Passage:
    return Passage(
        passage_id=row.passage_id,
        article_id=row.article_id,
        ordinal=row.ordinal,
        text=row.text,
        sentences=schema.unpack_spans(row.sentences),
    )


def _passes(filters: Filters) -> ColumnElement[bool]:
    articles = schema.articles.c
    conditions: list[ColumnElement[bool]] = []
    if filters.publishers:
        conditions.append(articles.publisher.in_(filters.publishers))
    if filters.published_from:
        conditions.append(articles.published_at >= filters.published_from)
    if filters.published_to:
        conditions.append(articles.published_at <= filters.published_to)
    return and_(True, *conditions)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
