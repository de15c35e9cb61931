"""Older catalogues brought up to today's schema: one step for each version, all in one transaction.

Invariant: a catalogue is at one schema or at the next, never between, and no step needs the
sources or a model. A step says what the tables were then; a later change of a table it uses is a
step of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select, text, update

from rag.articles.article import Article, Span
from rag.articles.languages import language_of
from rag.index import origins, schema, words
from rag.index.reading import meta_of
from rag.index.rows import guide_row, insert_rows, passage_of, passages_query, text_key

_AT_ONCE = 100


def migrate(connection: Connection) -> int:
    """Bring the catalogue behind `connection` up to date; the schema version that it had.

    Raises KeyError on a version that no step leads away from.
    """
    found = int(meta_of(connection)["schema_version"])
    for version in range(found, schema.SCHEMA_VERSION):
        STEPS[version](connection)
        _set(connection, "schema_version", version + 1)
    return found


def _recognise_copies(connection: Connection) -> None:
    """1 to 2: copies are recognised, and a vector is named by its words without the title.

    Vectors keep what they were made of; whose title had been read with them is embedded afresh
    when the article changes.
    """
    connection.execute(
        text("ALTER TABLE articles ADD COLUMN origin_id VARCHAR(32) NOT NULL DEFAULT ''")
    )
    connection.execute(text("CREATE INDEX ix_articles_origin_id ON articles (origin_id)"))
    schema.anchors.create(connection)
    schema.copied.create(connection)
    _name_vectors_anew(connection)
    for article in _articles(connection):
        query = passages_query().where(schema.passages.c.article_id == article.article_id)
        rows = connection.execute(query.order_by(schema.passages.c.ordinal))
        passages = [passage_of(row) for row in rows]
        connection.execute(
            update(schema.articles)
            .where(schema.articles.c.article_id == article.article_id)
            .values(origin_id=origins.own_origin(article))
        )
        origins.record(connection, [(article, origins.sentences_of(article, passages))])
    # What shared one text under two titles now shares one vector: the indexes take it over.
    revision = int(meta_of(connection)["revision"]) + 1
    connection.execute(update(schema.passages).values(revision=revision))
    _set(connection, "revision", revision)


def _make_guides(connection: Connection) -> None:
    """2 to 3: an article has a guide. A few articles are held at a time, however many there are."""
    schema.guides.create(connection)
    table, passages = schema.articles.c, schema.passages.c
    query = _articles_query().add_columns(table.article_id).order_by(table.article_id)
    last = ""
    while rows := connection.execute(query.where(table.article_id > last).limit(_AT_ONCE)).all():
        last = rows[-1].article_id
        kept = select(passages.article_id, passages.sentences).where(
            passages.article_id.in_([row.article_id for row in rows])
        )
        sentences: defaultdict[str, set[Span]] = defaultdict(set)
        for row in connection.execute(kept):
            sentences[row.article_id].update(schema.unpack_spans(row.sentences))
        insert_rows(
            connection,
            schema.guides,
            [guide_row(Article(*row[:-1]), sorted(sentences[row.article_id])) for row in rows],
        )


def _tell_languages(connection: Connection) -> None:
    """3 to 4: an article has a language, told by its words, and may have an author.

    Its fingerprint is made anew, so that what has not changed still costs nothing.
    """
    for column in ("author TEXT", "published_as TEXT", "language VARCHAR(8)"):
        connection.execute(text(f"ALTER TABLE articles ADD COLUMN {column}"))
    connection.execute(text("CREATE INDEX ix_articles_language ON articles (language)"))
    table = schema.articles.c
    query = _articles_query().add_columns(table.article_id).order_by(table.article_id)
    last = ""
    while rows := connection.execute(query.where(table.article_id > last).limit(_AT_ONCE)).all():
        last = rows[-1].article_id
        for row in rows:
            article = replace(Article(*row[:-1]), language=language_of(row.text))
            connection.execute(
                update(schema.articles)
                .where(table.article_id == row.article_id)
                .values(language=article.language, fingerprint=article.fingerprint)
            )


def _keep_words(connection: Connection) -> None:
    """4 to 5: on PostgreSQL the catalogue itself is searched by words; the next step makes them."""


def _pack_words_anew(connection: Connection) -> None:
    """5 to 6: postings stand in runs, no longer in blocks; elsewhere than on PostgreSQL all stays.

    What was there is made again from the texts.
    """
    if words.are_kept(connection):
        words.metadata.drop_all(connection)
        words.create(connection)
        words.make_again(connection)


def _keep_entries(connection: Connection) -> None:
    """6 to 7: of a live page the entries are kept, once it is read again."""
    connection.execute(text("ALTER TABLE articles ADD COLUMN entries TEXT"))


def _index_titles(connection: Connection) -> None:
    """7 to 8: articles are found by what their titles begin with."""
    schema.index_titles(connection)


def _name_vectors_anew(connection: Connection) -> None:
    columns = schema.passages.c
    query = passages_query().add_columns(columns.text_key)
    new_keys = {row.text_key: text_key("", row.text) for row in connection.execute(query)}
    kept: set[bytes] = set()
    for old, new in new_keys.items():
        keys = {"old": old, "new": new}
        connection.execute(
            update(schema.passages)
            .where(columns.text_key == bindparam("old"))
            .values(text_key=bindparam("new")),
            keys,
        )
        vector = schema.embeddings.c.text_key == bindparam("old")
        if new in kept:
            connection.execute(delete(schema.embeddings).where(vector), {"old": old})
        else:
            rename = update(schema.embeddings).where(vector).values(text_key=bindparam("new"))
            connection.execute(rename, keys)
            kept.add(new)


def _articles(connection: Connection) -> list[Article]:
    rows = connection.execute(_articles_query().order_by(schema.articles.c.source)).all()
    return [Article(*row) for row in rows]


def _articles_query() -> Select[Any]:
    """Everything that an Article has had since the first version, in its order."""
    table = schema.articles.c
    return select(
        table.source, table.text, table.title, table.publisher, table.published_at, table.url
    )


def _set(connection: Connection, name: str, value: int) -> None:
    row = schema.meta.c.name == name
    connection.execute(update(schema.meta).where(row).values(value=str(value)))


STEPS: dict[int, Callable[[Connection], None]] = {
    1: _recognise_copies,
    2: _make_guides,
    3: _tell_languages,
    4: _keep_words,
    5: _pack_words_anew,
    6: _keep_entries,
    7: _index_titles,
}
"""From which version, and how."""
