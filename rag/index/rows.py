"""Rows to articles and passages and back, and the pieces of SQL that several queries share."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    any_,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.exc import DBAPIError

from rag.articles.article import Article, LiveEntry, Passage, Span
from rag.articles.passages import embedded_text, passage_prefix
from rag.filters import Filters
from rag.index import schema
from rag.index.database import PACKED
from rag.text.guide import Guide, guide_of

BATCH = 2_000
_ARTICLE_FIELDS = frozenset(Article.__dataclass_fields__)
_COPIED_FROM = 8
T = TypeVar("T")


def text_key(title: str, text: str) -> bytes:
    """Names the vector of a passage: what is embedded alike has one."""
    return sha256(embedded_text(title, text).encode()).digest()[:16]


def article_row(article: Article, passages: Sequence[Passage], origin_id: str) -> dict[str, Any]:
    """The articles row of an article."""
    return {
        "article_id": article.article_id,
        "source": article.source,
        "title": article.title,
        "publisher": article.publisher,
        "published_at": article.published_at,
        "url": article.url,
        "sha256": article.sha256,
        "fingerprint": article.fingerprint,
        "chars": len(article.text),
        "passages": len(passages),
        "origin_id": origin_id,
        "text": article.text,
        "author": article.author,
        "published_as": article.published_as,
        "language": article.language,
        "entries": _packed_entries(article),
    }


def _packed_entries(article: Article) -> str | None:
    packed = [(it.span.start, it.span.end, it.moment) for it in article.entries]
    return json.dumps(packed, separators=(",", ":")) if packed else None


def article_of(row: Row[Any]) -> Article:
    """The article of a row that has all fields of one, under their names, and maybe others."""
    fields = {name: value for name, value in row._mapping.items() if name in _ARTICLE_FIELDS}
    packed = json.loads(fields.pop("entries") or "[]")
    entries = tuple(LiveEntry.of(Span(start, end), moment) for start, end, moment in packed)
    return Article(**fields, entries=entries)


def passage_row(article: Article, passage: Passage, revision: int) -> dict[str, Any]:
    """The passages row of a passage written at `revision`."""
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


def sentences_in(passages: Iterable[Passage]) -> list[Span]:
    """Every sentence of an article once, from its passages, in order."""
    return sorted({span for passage in passages for span in passage.sentences})


def guide_row(article: Article, sentences: Sequence[Span]) -> dict[str, Any]:
    """The guides row of an article; `sentences` are all of its own."""
    guide = guide_of(article, sentences)
    packed = {
        "main": [(span.start, span.end) for span in guide.main],
        "people": guide.people,
        "places": guide.places,
        "days": guide.days,
    }
    return {
        "article_id": article.article_id,
        "guide": json.dumps(packed, ensure_ascii=False, separators=(",", ":")),
    }


def unpacked_guide(packed: str) -> Guide:
    """The guide that `guide_row` packed."""
    said = json.loads(packed)
    return Guide(
        main=tuple(Span(start, end) for start, end in said["main"]),
        people=tuple(said["people"]),
        places=tuple(said["places"]),
        days=tuple(said["days"]),
    )


def passages_query() -> Select[Any]:
    """Everything that `passage_of` needs, the text cut from the article's."""
    passages = schema.passages.c
    query = select(
        passages.passage_id,
        passages.article_id,
        passages.ordinal,
        passage_text(),
        passages.sentences,
    ).join_from(schema.passages, schema.articles)
    return query.execution_options(**PACKED)


def passage_of(row: Row[Any]) -> Passage:
    """The inverse of `passage_row`."""
    return Passage(
        passage_id=row.passage_id,
        article_id=row.article_id,
        ordinal=row.ordinal,
        text=row.text,
        sentences=schema.unpack_spans(row.sentences),
    )


@dataclass(frozen=True)
class Place:
    """A passage without its text, and what a search wants to know of its article."""

    passage_id: str
    article_id: str
    ordinal: int
    sentences: tuple[Span, ...]
    publisher: str | None
    published_at: datetime.date | None
    origin_id: str

    @property
    def span(self) -> Span:
        """Where the passage stands in its article."""
        return Span(self.sentences[0].start, self.sentences[-1].end)

    def is_of(self, article: Article) -> bool:
        """False when the article was replaced since: the spans are those of another text."""
        return self.passage_id.startswith(passage_prefix(article))

    def passage(self, article: Article) -> Passage:
        """The passage, cut from its article's text."""
        return Passage(
            passage_id=self.passage_id,
            article_id=self.article_id,
            ordinal=self.ordinal,
            text=self.span.of(article.text),
            sentences=self.sentences,
        )


def places_query() -> Select[Any]:
    """Everything that a Place has, in its order."""
    passages, articles = schema.passages.c, schema.articles.c
    query = select(
        passages.passage_id,
        passages.article_id,
        passages.ordinal,
        passages.sentences,
        articles.publisher,
        articles.published_at,
        articles.origin_id,
    ).join_from(schema.passages, schema.articles)
    return query.execution_options(**PACKED)


def place_of(row: Row[Any]) -> Place:
    """The Place of a row of `places_query`."""
    return Place(**{**row._mapping, "sentences": schema.unpack_spans(row.sentences)})


def vectors_query() -> Select[Any]:
    """Passage ids and their vectors."""
    passages, kept = schema.passages.c, schema.embeddings.c
    query = select(passages.passage_id, kept.vector).join_from(
        schema.passages, schema.embeddings, kept.text_key == passages.text_key
    )
    return query.execution_options(**PACKED)


def entries_query() -> Select[Any]:
    """Everything an Entry has, in its order, and the vector."""
    passages, articles = schema.passages.c, schema.articles.c
    return (
        select(
            passages.passage_id,
            passages.article_id,
            passage_text(),
            articles.title,
            articles.publisher,
            articles.published_at,
            schema.embeddings.c.vector,
        )
        .join_from(schema.passages, schema.articles)
        .join(schema.embeddings, schema.embeddings.c.text_key == passages.text_key)
        .execution_options(**PACKED)
    )


def passes(filters: Filters) -> ColumnElement[bool]:
    """The condition that an article passes `filters`."""
    articles = schema.articles.c
    conditions: list[ColumnElement[bool]] = []
    if filters.publishers:
        conditions.append(articles.publisher.in_(filters.publishers))
    if filters.published_from:
        conditions.append(articles.published_at >= filters.published_from)
    if filters.published_to:
        conditions.append(articles.published_at <= filters.published_to)
    return and_(True, *conditions)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, if there are any; all have the same columns."""
    if len(rows) >= _COPIED_FROM and connection.dialect.driver == "psycopg":
        _copy_rows(connection, table, rows)
    elif rows:
        connection.execute(insert(table), rows)


def _copy_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same in one statement of PostgreSQL's."""
    quoted = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quoted(column) for column in rows[0])
    statement = f"COPY {quoted(table.name)} ({columns}) FROM STDIN"
    try:
        with closing(connection.connection.cursor()) as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error


def among(
    connection: Connection, column: ColumnElement[T], values: Sequence[T]
) -> ColumnElement[bool]:
    """The condition that a column has one of many values: for PostgreSQL one parameter, for it
    reads a statement with thousands longer than it carries it out.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(values)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Runs of at most `BATCH` items: databases bound the parameters of a statement."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def passage_text() -> ColumnElement[str]:
    """The text of a passage, cut from its article's."""
    passages = schema.passages.c
    text: ColumnElement[str] = func.substr(
        schema.articles.c.text, passages.start + 1, passages.end - passages.start
    )
    return text.label("text")
