"""A catalogue written by the first schema, as that version wrote it, and what becomes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table

from rag.articles.languages import language_of
from rag.articles.passages import passages_of
from rag.index import migrations, schema
from rag.index.catalogue import Catalogue
from rag.index.database import CATALOGUE_FILE
from rag.index.rows import insert_rows
from rag.index.store import Store
from rag.settings import Settings
from rag.text.guide import Guide, guide_of
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, article, put

WRITTEN_BY_SCHEMA_1 = (Path(__file__).parent / "schema_1.sql").read_text()


@pytest.fixture
def old(settings: Settings) -> Settings:
    settings.home.mkdir()
    with sqlite3.connect(settings.home / CATALOGUE_FILE) as connection:
        connection.executescript(WRITTEN_BY_SCHEMA_1)
    connection.close()
    return settings


def facts(settings: Settings) -> dict[str, str]:
    connection = sqlite3.connect(settings.home / CATALOGUE_FILE)
    found = dict(connection.execute("SELECT name, value FROM meta"))
    connection.close()
    return found


def test_every_schema_before_todays_leads_to_it() -> None:
    assert sorted(migrations.STEPS) == list(range(1, schema.SCHEMA_VERSION))


def test_a_store_of_an_older_schema_opens_whole_and_finds_what_it_holds(old: Settings) -> None:
    embedder = HashingEmbedder(dimensions=16)
    with Store.open(old, embedder) as store:
        assert facts(old)["schema_version"] == str(schema.SCHEMA_VERSION)
        assert store.catalogue.damage() is None
        assert store.catalogue.counts() == (3, 5)
        assert store.vectors.ids() == store.lexical.ids() == store.catalogue.passage_ids()
        for summary in store.catalogue.articles():
            for passage in store.catalogue.passages_of(summary.article_id):
                whole = store.catalogue.article(summary.article_id)
                assert whole is not None
                assert whole.text[passage.span.start : passage.span.end] == passage.text
        ((passage_id, _), *_) = store.lexical.search("schools closed", 1)
        assert "Schools were closed" in store.catalogue.passages([passage_id])[passage_id].text
        assert embedder.texts_embedded == 0


def test_copies_that_the_older_schema_did_not_know_are_recognised(old: Settings) -> None:
    catalogue = Catalogue.open(old)
    ids = {summary.source: summary.article_id for summary in catalogue.articles()}
    origins = catalogue.origin_ids(list(ids.values()))
    assert origins[ids["ferry.md"]] == origins[ids["wire.md"]] != origins[ids["rain.md"]]
    catalogue.close()


def test_articles_that_the_older_schema_kept_without_a_guide_have_one(old: Settings) -> None:
    catalogue = Catalogue.open(old)
    for summary in catalogue.articles():
        stored = catalogue.article(summary.article_id)
        assert stored is not None
        assert catalogue.guide(summary.article_id) == guide_of(stored) != Guide()
    catalogue.close()


def test_articles_that_the_older_schema_kept_have_a_language_and_count_as_unchanged(
    old: Settings,
) -> None:
    catalogue = Catalogue.open(old)
    fingerprints = {it.article_id: it.fingerprint for it in catalogue.versions()}
    for summary in catalogue.articles():
        stored = catalogue.article(summary.article_id)
        assert stored is not None
        assert stored.language == summary.language == language_of(stored.text)
        assert stored.fingerprint == fingerprints[summary.article_id]
    catalogue.close()


def test_guides_are_made_for_a_store_of_any_size_a_few_articles_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalogue.open(settings)
    put(catalogue, *(article(f"{n}.md", f"The ferry sank off Port {n}. {FERRY}") for n in range(7)))
    ids = [summary.article_id for summary in catalogue.articles()]
    before = catalogue.guides(ids)
    catalogue.close()
    with sqlite3.connect(settings.home / CATALOGUE_FILE) as connection:
        connection.execute("DROP TABLE guides")
        connection.execute("DROP INDEX ix_articles_language")
        for column in ("author", "published_as", "language", "entries"):
            connection.execute(f"ALTER TABLE articles DROP COLUMN {column}")
        connection.execute("UPDATE meta SET value = '2' WHERE name = 'schema_version'")
    connection.close()
    batches = []

    def insert(connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
        batches.append(len(rows))
        insert_rows(connection, table, rows)

    monkeypatch.setattr(migrations, "_AT_ONCE", 3)
    monkeypatch.setattr(migrations, "insert_rows", insert)
    catalogue = Catalogue.open(settings)
    assert catalogue.guides(ids) == before
    assert len(before) == 7
    assert batches == [3, 3, 1]
    catalogue.close()


def test_an_article_of_the_older_schema_is_replaced_and_removed_as_any_other(old: Settings) -> None:
    catalogue = Catalogue.open(old)
    changed = article("wire.md", FERRY, title="Ninety saved off Oban")
    passages = passages_of(changed)
    catalogue.put(changed, passages, HashingEmbedder(dimensions=16).embed([FERRY] * len(passages)))
    assert catalogue.damage() is None
    assert catalogue.remove_many([s.article_id for s in catalogue.articles()]) == 3
    assert catalogue.counts() == (0, 0)
    assert list(catalogue.vectors()) == []
    assert catalogue.guides([changed.article_id]) == {}
    catalogue.close()


def test_a_migration_that_is_cut_off_leaves_the_older_schema_as_it_was(
    old: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sqlite3.connect(old.home / CATALOGUE_FILE).iterdump()
    before = list(before)

    def cut_off(connection: object, name: str, value: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_set", cut_off)  # after every table has been changed
        with pytest.raises(KeyboardInterrupt):
            Catalogue.open(old)
    connection = sqlite3.connect(old.home / CATALOGUE_FILE)
    assert list(connection.iterdump()) == before
    connection.close()
    Catalogue.open(old).close()
    assert facts(old)["schema_version"] == str(schema.SCHEMA_VERSION)
