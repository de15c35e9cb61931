"""What can be asked of the catalogue; every question is one consistent read."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, func, select

from rag.articles.article import Article, Passage, Span
from rag.filters import Filters
from rag.index import schema, soundness, words
from rag.index.database import translated
from rag.index.entry import Entry
from rag.index.matching import count_matching, matching_among, vectors_matching
from rag.index.origins import Copy, copies_of
from rag.index.rows import (
    BATCH,
    Place,
    among,
    article_of,
    chunks,
    entries_query,
    passage_of,
    passages_query,
    passes,
    place_of,
    places_query,
    unpacked_guide,
    vectors_query,
)
from rag.text.guide import Guide

Vectors = NDArray[np.float32]
T = TypeVar("T")
_MOST_FACTS = 100
# How many titles are read to find what stands within one.
_TITLES_READ = 500
_LAST = "\U0010ffff"


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
    author: str | None = None
    published_as: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Version:
    """What decides whether an article needs work at ingest."""

    article_id: str
    source: str
    fingerprint: str


class Reading:
    """The asking half of `Catalogue`."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._where = where
        self._facts: dict[object, tuple[str, Any]] = {}
        # One statement sees one moment there without a transaction, whose begin and end are two
        # ways to the server and back.
        self._reads = (
            engine.execution_options(isolation_level="AUTOCOMMIT") if self.keeps_words else engine
        )

    # -- what the store is ------------------------------------------------------------------

    @property
    def where(self) -> str:
        """The database's address, without a password."""
        return self._where

    @property
    def revision(self) -> int:
        """Counts the changes; equal revisions mean equal contents."""
        with self._reading() as connection:
            return int(meta_of(connection)["revision"])

    @property
    def store_id(self) -> str:
        """Random, made with the catalogue: tells derived indexes whose they are."""
        with self._reading() as connection:
            return meta_of(connection)["store_id"]

    @property
    def marker(self) -> str:
        """Store and revision in one word, for what is derived from them."""
        with self._reading() as connection:
            facts = meta_of(connection)
        return f"{facts['store_id']}:{facts['revision']}"

    @property
    def changed_at(self) -> datetime.datetime | None:
        """When articles were last added, changed or removed (UTC); None before the first."""
        with self._reading() as connection:
            noted = meta_of(connection).get("changed_at")
        return datetime.datetime.fromisoformat(noted) if noted else None

    @property
    def embedding_model(self) -> tuple[str, int] | None:
        """Name and dimensions of the model whose vectors are kept; None before the first."""
        with self._reading() as connection:
            facts = meta_of(connection)
        if "embedding_model" not in facts:
            return None
        return facts["embedding_model"], int(facts["embedding_dimensions"])

    # -- reading ----------------------------------------------------------------------------

    def article(self, article_id: str) -> Article | None:
        return self.articles_by_id([article_id]).get(article_id)

    def articles_by_id(self, article_ids: Sequence[str]) -> dict[str, Article]:
        """The articles there are, by id."""
        table, query = schema.articles, _articles_query()
        found = {}
        with self._reading() as connection:
            for chunk in chunks(list(dict.fromkeys(article_ids))):
                for row in connection.execute(
                    query.where(among(connection, table.c.article_id, chunk))
                ):
                    article = article_of(row)
                    found[article.article_id] = article
        return found

    def articles(
        self, filters: Filters | None = None, most: int | None = None, *, offset: int = 0
    ) -> Iterator[ArticleSummary]:
        """The articles that pass `filters`, without their text, by source; at most `most`, from
        the one at `offset` on.
        """
        table = schema.articles
        columns = [table.c[name] for name in ArticleSummary.__dataclass_fields__]
        query = select(*columns).order_by(table.c.source).limit(most).offset(offset)
        with self._reading() as connection:
            for row in connection.execute(query.where(passes(filters)) if filters else query):
                yield ArticleSummary(**row._mapping)

    def named_like(self, typed: str, most: int) -> list[ArticleSummary]:
        """At most `most` articles, by title: those whose title or id begins with what was typed,
        then those of the first titles that have it elsewhere.

        It takes as long in a large catalogue as in a small one.
        """
        typed = typed.strip().replace("\0", "").encode("utf-8", "ignore").decode()
        table = schema.articles.c
        with self._reading() as connection:
            title = schema.title_key(connection)
            query = select(table.article_id, table.title).order_by(title, table.article_id)
            by_id = query.order_by(None).order_by(table.article_id)
            # SQLite makes small what has no accent, PostgreSQL what its language knows.
            spellings = dict.fromkeys(
                one[: schema.TITLE_CHARS] for one in (typed.lower(), _small(typed))
            )
            found = [
                row
                for asked, column, begin in (
                    *((query, title, spelling) for spelling in spellings),
                    (by_id, table.article_id, typed.lower()),
                )
                for row in connection.execute(asked.where(_begins(column, begin)).limit(most))
            ]
            if len(found) < most:
                small = typed.lower()
                first = connection.execute(query.limit(_TITLES_READ))
                found += [row for row in first if small in row.title.lower()]
            ids = list(dict.fromkeys(row.article_id for row in found))[:most]
            columns = [table[name] for name in ArticleSummary.__dataclass_fields__]
            stored = {
                row.article_id: ArticleSummary(**row._mapping)
                for chunk in chunks(ids)
                for row in connection.execute(
                    select(*columns).where(among(connection, table.article_id, chunk))
                )
            }
        return [stored[article_id] for article_id in ids if article_id in stored]

    def guide(self, article_id: str) -> Guide | None:
        """The guide of an article; None when there is no such article."""
        return self.guides([article_id]).get(article_id)

    def guides(self, article_ids: Sequence[str]) -> dict[str, Guide]:
        """The guides there are, by article; no article's text is read for it."""
        table = schema.guides.c
        query = select(table.article_id, table.guide)
        with self._reading() as connection:
            return {
                row.article_id: unpacked_guide(row.guide)
                for chunk in chunks(list(dict.fromkeys(article_ids)))
                for row in connection.execute(
                    query.where(among(connection, table.article_id, chunk))
                )
            }

    def guided(self, article_id: str) -> tuple[Article, Guide] | None:
        """An article and its guide in one read, so that the guide's spans are of this text."""
        query = _articles_query().add_columns(schema.guides.c.guide)
        query = query.join_from(schema.articles, schema.guides)
        with self._reading() as connection:
            row = connection.execute(
                query.where(schema.articles.c.article_id == article_id)
            ).first()
        if row is None:
            return None
        return article_of(row), unpacked_guide(row.guide)

    def versions(self) -> list[Version]:
        """Identity and fingerprint of every article."""
        table = schema.articles.c
        with self._reading() as connection:
            rows = connection.execute(select(table.article_id, table.source, table.fingerprint))
            return [Version(*row) for row in rows]

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """The passages there are, by id, their text cut from the article's."""
        found = {}
        with self._reading() as connection:
            for chunk in chunks(list(dict.fromkeys(passage_ids))):
                query = passages_query().where(
                    among(connection, schema.passages.c.passage_id, chunk)
                )
                for row in connection.execute(query):
                    found[row.passage_id] = passage_of(row)
        return found

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of one article, in order."""
        query = passages_query().where(schema.passages.c.article_id == article_id)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(schema.passages.c.ordinal))
            return tuple(passage_of(row) for row in rows)

    def places(self, passage_ids: Sequence[str]) -> dict[str, Place]:
        """Where the passages stand, by id; no article's text is read for it."""
        found = {}
        with self._reading() as connection:
            for chunk in chunks(list(dict.fromkeys(passage_ids))):
                query = places_query().where(among(connection, schema.passages.c.passage_id, chunk))
                for row in connection.execute(query):
                    found[row.passage_id] = place_of(row)
        return found

    def vectors_of(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those passages, by id."""
        found: dict[str, Vectors] = {}
        with self._reading() as connection:
            for chunk in chunks(passage_ids):
                query = vectors_query().where(
                    among(connection, schema.passages.c.passage_id, chunk)
                )
                rows = connection.execute(query).all()
                vectors = schema.unpack_vectors([row.vector for row in rows])
                found.update(zip((row.passage_id for row in rows), vectors, strict=True))
        return found

    def count_articles(self, filters: Filters | None = None) -> int:
        """How many articles pass `filters`."""
        if not filters:
            return self.counts()[0]
        query = select(func.count()).select_from(schema.articles).where(passes(filters))
        return self._once(("articles", filters), lambda connection: connection.scalar(query) or 0)

    def count_matching(self, filters: Filters) -> int:
        """How many passages have an article that passes `filters`."""
        return self._once(("matching", filters), lambda c: count_matching(c, filters))

    def matching_among(self, passage_ids: Sequence[str], filters: Filters) -> set[str]:
        """Those of the passages whose article passes `filters`."""
        with self._reading() as connection:
            return matching_among(connection, passage_ids, filters)

    def vectors_matching(self, filters: Filters) -> tuple[list[str], Vectors]:
        """Ids and vectors of the passages whose article passes `filters`."""
        with self._reading() as connection:
            return vectors_matching(connection, filters)

    def passage_ids_matching(self, filters: Filters) -> set[str]:
        """Ids of the passages whose article passes `filters`."""
        query = (
            select(schema.passages.c.passage_id)
            .join_from(schema.passages, schema.articles)
            .where(passes(filters))
        )
        with self._reading() as connection:
            return set(connection.scalars(query))

    def passage_ids(self) -> set[str]:
        """Ids of all passages."""
        with self._reading() as connection:
            return set(connection.scalars(select(schema.passages.c.passage_id)))

    def counts(self) -> tuple[int, int]:
        """How many articles and passages there are."""

        def ask(connection: Connection) -> tuple[int, int]:
            articles = connection.scalar(select(func.count()).select_from(schema.articles))
            passages = connection.scalar(select(func.count()).select_from(schema.passages))
            return articles or 0, passages or 0

        return self._once("counts", ask)

    def publishers(self) -> tuple[str, ...]:
        """Every publisher named, sorted."""
        column = schema.articles.c.publisher

        def ask(connection: Connection) -> tuple[str, ...]:
            named = connection.scalars(select(column).where(column.is_not(None)).distinct())
            return tuple(sorted(named))

        return self._once("publishers", ask)

    def date_range(self) -> tuple[datetime.date, datetime.date] | None:
        """First and last day of publication; None when no article has one."""
        column = schema.articles.c.published_at
        with self._reading() as connection:
            first, last = connection.execute(select(func.min(column), func.max(column))).one()
        return None if first is None else (first, last)

    def known_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of `keys` whose vectors are kept."""
        with self._reading() as connection:
            return kept_keys(connection, set(keys))

    def origin_ids(self, article_ids: Sequence[str]) -> dict[str, str]:
        """The origin of each article: articles that are mostly one text have the same."""
        table = schema.articles.c
        query = select(table.article_id, table.origin_id)
        with self._reading() as connection:
            return {
                row.article_id: row.origin_id
                for chunk in chunks(list(dict.fromkeys(article_ids)))
                for row in connection.execute(
                    query.where(among(connection, table.article_id, chunk))
                )
            }

    def copies_of(self, places: Sequence[tuple[str, Span]]) -> list[tuple[Copy, ...]]:
        """For each (article_id, span): where else its words stand, most words first.

        One Copy for each other article, over the best run of copied sentences there.
        """
        with self._reading() as connection:
            return copies_of(connection, places)

    # -- by words, where the catalogue itself keeps them -----------------------------------------

    @property
    def keeps_words(self) -> bool:
        """True where the catalogue itself is searched by words: on PostgreSQL."""
        return self._engine.dialect.name == "postgresql"

    @property
    def words_are_whole(self) -> bool:
        """False where the words of some passages are missing or were made in another way."""
        with self._reading() as connection:
            return words.is_whole(connection)

    def search_words(
        self, question: str, k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """The `k` best passages as (passage_id, BM25 score), best first."""
        with self._reading() as connection:
            return words.search(connection, question, k, filters)

    def passage_ids_with_words(self) -> set[str]:
        """Ids of the passages that can be found by their words."""
        with self._reading() as connection:
            return words.ids(connection)

    # -- for the derived indexes ------------------------------------------------------------

    def entries(self) -> Iterator[tuple[list[Entry], Vectors]]:
        """Batches of all passages with their vectors, by id."""
        yield from map(_entries, self._all(entries_query()))

    def written_since(self, revision: int) -> list[str]:
        """Ids of the passages written after that revision, in the order of their writing."""
        passages = schema.passages.c
        query = select(passages.passage_id).where(passages.revision > revision)
        with self._reading() as connection:
            return list(connection.scalars(query.order_by(passages.revision)))

    def entries_by_id(self, passage_ids: Sequence[str]) -> Iterator[tuple[list[Entry], Vectors]]:
        """Batches of the passages named, with their vectors."""
        for chunk in chunks(passage_ids):
            with self._reading() as connection:
                named = among(connection, schema.passages.c.passage_id, chunk)
                rows = connection.execute(entries_query().where(named)).all()
            if rows:
                yield _entries(rows)

    def removed_since(self, revision: int) -> list[str]:
        """Ids of passages that went after that revision and are not back."""
        query = select(schema.removals.c.passage_id).where(schema.removals.c.revision > revision)
        with self._reading() as connection:
            return list(connection.scalars(query))

    def vectors(self) -> Iterator[tuple[list[str], Vectors]]:
        """Batches of (passage ids, their vectors), by id."""
        for rows in self._all(vectors_query()):
            yield [row[0] for row in rows], schema.unpack_vectors([row[1] for row in rows])

    def damage(self) -> str | None:
        """What a search of the whole catalogue finds wrong; None when it is sound."""
        # Read in portions, for which PostgreSQL wants a transaction.
        with translated(self._where), self._engine.connect() as connection:
            return soundness.damage(connection)

    def sampled_damage(self) -> str | None:
        """The same of a sample, in a time that does not grow with the catalogue."""
        with translated(self._where), self._engine.connect() as connection:
            return soundness.sampled_damage(connection)

    # -- inside -----------------------------------------------------------------------------

    def _all(self, query: Select[Any]) -> Iterator[Sequence[Any]]:
        """Batches of the rows of all passages, by the id of the passage."""
        column = schema.passages.c.passage_id
        query = query.order_by(column).limit(BATCH)
        last = ""
        while True:
            with self._reading() as connection:
                rows = connection.execute(query.where(column > last)).all()
            if not rows:
                return
            last = rows[-1].passage_id
            yield rows

    def _once(self, name: object, ask: Callable[[Connection], T]) -> T:
        """What `ask` finds, asked once for each revision: counting is work for every passage."""
        with self._reading() as connection:
            revision = meta_of(connection)["revision"]
            known = self._facts.get(name)
            if known is not None and known[0] == revision:
                return cast("T", known[1])
            found = ask(connection)
        if len(self._facts) >= _MOST_FACTS:
            self._facts.clear()
        self._facts[name] = revision, found
        return found

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self._where), self._reads.connect() as connection:
            yield connection


def _begins(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """True where `column` begins with `text`, asked so that an index can tell it."""
    return (column >= text) & (column < text + _LAST)


def _small(text: str) -> str:
    """In small letters, but for those with an accent."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _articles_query() -> Select[Any]:
    """Everything that an Article has, in its order."""
    table = schema.articles.c
    return select(
        *(table.source, table.text, table.title, table.publisher, table.published_at, table.url),
        *(table.author, table.published_as, table.language, table.entries),
    )


def meta_of(connection: Connection) -> dict[str, str]:
    """The named facts about the store."""
    return {row.name: row.value for row in connection.execute(select(schema.meta))}


def kept_keys(connection: Connection, keys: set[bytes]) -> set[bytes]:
    """Those of `keys` whose vectors are kept."""
    column = schema.embeddings.c.text_key
    return {
        key
        for chunk in chunks(list(keys))
        for key in connection.scalars(select(column).where(among(connection, column, chunk)))
    }


def _entries(rows: Sequence[Row[Any]]) -> tuple[list[Entry], Vectors]:
    return [Entry(*tuple(row)[:-1]) for row in rows], schema.unpack_vectors(
        [row[-1] for row in rows]
    )
