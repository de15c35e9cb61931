"""The catalogue: articles, passages with their exact spans, and embeddings. The truth.

Invariant: a change is one transaction and one new revision; an article is there whole (text,
passages, vectors) or not at all. Everything in the other indexes can be made again from here.
"""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, func, inspect, select, update

from rag.articles.article import Article, Passage
from rag.errors import EmbeddingMismatchError, StoreVersionError
from rag.index import origins, schema, words
from rag.index.database import open_engine, translated
from rag.index.entry import Progress
from rag.index.migrations import migrate
from rag.index.postings import Postings
from rag.index.reading import ArticleSummary, Reading, Version, kept_keys, meta_of
from rag.index.rows import (
    among,
    article_row,
    chunks,
    guide_row,
    insert_rows,
    passage_row,
    sentences_in,
    text_key,
)
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.embeddings import Embedder

# Which of PostgreSQL's advisory locks `alone` takes; the number means nothing.
_ALONE = 0x67726F756E64
_PATIENCE_S = 2.0

__all__ = ["ArticleSummary", "Catalogue", "Version", "text_key"]


class Catalogue(Reading):
    """Open one with `Catalogue.open`. Safe to use from several threads."""

    def __init__(self, engine: Engine, where: str) -> None:
        super().__init__(engine, where)
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

    def require_embedding_model(self, embedder: Embedder) -> None:
        """Remember the model of an empty catalogue; raise EmbeddingMismatchError on another.

        An endpoint is asked for its dimensions only where nothing is known: a store must open
        also while it is down.
        """
        known = self.embedding_model
        if known is None:
            dimensions = embedder.dimensions
            with self._transaction() as connection:
                _take_turns(connection)
                if "embedding_model" not in meta_of(connection):
                    _remember(connection, embedder.name, dimensions)
            known = self.embedding_model
        if known is not None and known[0] != embedder.name:
            raise EmbeddingMismatchError(
                f"The index was built with the embedding model {known[0]}, not {embedder.name}",
                fix="Use that model again, or run groundwire doctor --rebuild.",
            )

    # -- changing ---------------------------------------------------------------------------

    def put(
        self, article: Article, passages: Sequence[Passage], vectors: NDArray[np.float32]
    ) -> None:
        """Replace `article` whole; `vectors` is (len(passages), dimensions), row by row."""
        keyed = {
            text_key(article.title, passage.text): vector
            for passage, vector in zip(passages, vectors, strict=True)
        }
        self.put_many([(article, passages)], keyed)

    def put_many(
        self,
        items: Sequence[tuple[Article, Sequence[Passage]]],
        vectors: Mapping[bytes, NDArray[np.float32]],
    ) -> None:
        """Replace several articles, each with its passages, in one transaction.

        `vectors` holds one by `text_key` for every passage whose key is not kept already.
        """
        # Before the transaction, so that other writers do not wait for it.
        guides = [guide_row(article, sentences_in(passages)) for article, passages in items]
        found_by = self._words_of(items)
        with self._change() as (connection, revision):
            ids = [article.article_id for article, _ in items]
            old_keys = _remove(connection, ids, revision)
            rows = [
                passage_row(article, passage, revision)
                for article, passages in items
                for passage in passages
            ]
            insert_rows(
                connection,
                schema.articles,
                [article_row(*item, origins.own_origin(item[0])) for item in items],
            )
            insert_rows(connection, schema.guides, guides)
            insert_rows(connection, schema.passages, rows)
            origins.record(
                connection, [(article, origins.sentences_of(article, p)) for article, p in items]
            )
            if found_by is not None:
                words.record(connection, [row["passage_id"] for row in rows], found_by)
            for chunk in chunks([row["passage_id"] for row in rows]):
                connection.execute(
                    delete(schema.removals).where(
                        among(connection, schema.removals.c.passage_id, chunk)
                    )
                )
            keys = {row["text_key"] for row in rows}
            missing = keys - kept_keys(connection, keys)
            insert_rows(
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
                for chunk in chunks(list(article_ids))
                for article_id in connection.scalars(
                    select(schema.articles.c.article_id).where(
                        among(connection, schema.articles.c.article_id, chunk)
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
                insert_rows(
                    connection,
                    schema.embeddings,
                    [
                        {"text_key": key, "vector": schema.pack_vector(vector)}
                        for key, vector in vectors.items()
                    ],
                )
            _remember(connection, name, dimensions)
            connection.execute(update(schema.passages).values(revision=revision))

    def forget_removals(self) -> None:
        """Drop the notes of passages gone, once every derived index has taken them over."""
        with self._transaction() as connection:
            connection.execute(delete(schema.removals))

    def mend_words(self, progress: Progress | None = None, *, anew: bool = False) -> None:
        """Where the catalogue itself is searched by words: make them again, as a whole if `anew`,
        and else where an older program has changed articles without them.
        """
        if not self.keeps_words or (not anew and self.words_are_whole):
            return
        with self._transaction() as connection:
            _take_turns(connection)
            if anew or not words.is_whole(connection):
                words.make_again(connection, progress)

    @contextmanager
    def alone(self, *, wait: bool = True) -> Iterator[bool]:
        """Holds off other processes that want to be alone on this catalogue, where it is on
        PostgreSQL; False where one already is and goes on, and `wait` is not wanted.

        A process that is killed lets go, once the server has noticed.
        """
        if not self.keeps_words:
            yield True
            return
        with translated(self._where):
            connection = self._engine.connect()
        try:
            with translated(self._where):
                # No transaction stays open meanwhile: a server may end one that is idle.
                connection.execution_options(isolation_level="AUTOCOMMIT")
                is_ours = _locked(connection, None if wait else _PATIENCE_S)
            yield is_ours
        finally:
            connection.invalidate()  # the lock ends with its connection, whatever became of that
            connection.close()

    # -- inside -----------------------------------------------------------------------------

    def _words_of(self, items: Sequence[tuple[Article, Sequence[Passage]]]) -> Postings | None:
        if not self.keeps_words:
            return None
        return words.analysed(
            [(article.title, passage.text) for article, passages in items for passage in passages]
        )

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
            _take_turns(connection)
            revision = int(connection.scalar(select(schema.meta.c.value).where(counter)) or 0) + 1
            connection.execute(update(schema.meta).where(counter).values(value=str(revision)))
            _note(connection, {"changed_at": datetime.datetime.now(datetime.UTC).isoformat()})
            yield connection, revision

    def _facts_if_any(self) -> dict[str, str]:
        with self._reading() as connection:
            return meta_of(connection) if inspect(connection).has_table("meta") else {}

    def _make_tables(self) -> dict[str, str]:
        facts = {
            "schema_version": str(schema.SCHEMA_VERSION),
            "revision": "0",
            "store_id": uuid.uuid4().hex,
        }
        with self._transaction() as connection:
            schema.metadata.create_all(connection)
            schema.index_titles(connection)
            words.create(connection)
            rows = [{"name": name, "value": value} for name, value in facts.items()]
            insert_rows(connection, schema.meta, rows)
        return facts

    def _migrate(self) -> None:
        with self._transaction() as connection:
            # A write opens the transaction before the first change of a table, so that a kill
            # takes all of it back, and waits for another process that migrates.
            connection.execute(update(schema.meta).values(value=schema.meta.c.value))
            migrate(connection)

    def _prepare(self) -> None:
        facts = self._facts_if_any()
        if not facts:
            with self.alone():  # of several processes that start on an empty database one makes it
                facts = self._facts_if_any() or self._make_tables()
        found = int(facts["schema_version"])
        if found < schema.SCHEMA_VERSION:
            self._migrate()
        if found > schema.SCHEMA_VERSION:
            raise StoreVersionError(
                f"The catalogue at {self._where} was written by a newer Groundwire "
                f"(schema {found}, known up to {schema.SCHEMA_VERSION})",
                fix="Update Groundwire, or choose another folder with GROUNDWIRE_HOME.",
            )


def _locked(connection: Connection, patience_s: float | None) -> bool:
    """Take the advisory lock; with `patience_s`, False where it was not to be had so long."""
    if patience_s is None:
        connection.execute(select(func.pg_advisory_lock(_ALONE)))
        return True
    until = time.monotonic() + patience_s
    while not connection.scalar(select(func.pg_try_advisory_lock(_ALONE))):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _take_turns(connection: Connection) -> None:
    """Lock the revision's row; written before it is read, so that SQLite locks at once too."""
    counter = schema.meta.c.name == "revision"
    connection.execute(update(schema.meta).where(counter).values(value=schema.meta.c.value))


def _remember(connection: Connection, name: str, dimensions: int) -> None:
    _note(connection, {"embedding_model": name, "embedding_dimensions": str(dimensions)})


def _note(connection: Connection, facts: Mapping[str, str]) -> None:
    """Write named facts about the store over what they were."""
    connection.execute(delete(schema.meta).where(schema.meta.c.name.in_(list(facts))))
    insert_rows(
        connection, schema.meta, [{"name": key, "value": value} for key, value in facts.items()]
    )


def _remove(connection: Connection, article_ids: Sequence[str], revision: int) -> set[bytes]:
    """Remove articles and note their passages as gone; the keys of their vectors."""
    origins.forget(connection, article_ids)
    words.forget(connection, article_ids)
    keys: set[bytes] = set()
    for chunk in chunks(list(article_ids)):
        theirs = among(connection, schema.passages.c.article_id, chunk)
        rows = connection.execute(
            select(schema.passages.c.passage_id, schema.passages.c.text_key).where(theirs)
        ).all()
        keys.update(row.text_key for row in rows)
        connection.execute(delete(schema.passages).where(theirs))
        connection.execute(
            delete(schema.guides).where(among(connection, schema.guides.c.article_id, chunk))
        )
        connection.execute(
            delete(schema.articles).where(among(connection, schema.articles.c.article_id, chunk))
        )
        insert_rows(
            connection,
            schema.removals,
            [{"passage_id": row.passage_id, "revision": revision} for row in rows],
        )
    return keys


def _forget_vectors(connection: Connection, keys: set[bytes]) -> None:
    """Drop the vectors of `keys` that no passage uses any more."""
    used = select(schema.passages.c.text_key)
    for chunk in chunks(list(keys)):
        still = set(
            connection.scalars(used.where(among(connection, schema.passages.c.text_key, chunk)))
        )
        gone = [key for key in chunk if key not in still]
        connection.execute(
            delete(schema.embeddings).where(among(connection, schema.embeddings.c.text_key, gone))
        )
