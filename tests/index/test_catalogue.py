from __future__ import annotations

import datetime
import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event

from rag.articles.article import Article, LiveEntry, Span, normalise
from rag.articles.passages import passages_of
from rag.errors import (
    EmbeddingMismatchError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreVersionError,
)
from rag.filters import Filters
from rag.index.catalogue import Catalogue
from rag.index.database import CATALOGUE_FILE
from rag.settings import Settings
from rag.text.guide import guide_of
from tests.articles.hostile import texts
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import RAIN, article, put, titles_are_found_at_once


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    opened = Catalogue.open(settings)
    yield opened
    opened.close()


def test_an_article_comes_back_as_it_was_put(catalogue: Catalogue) -> None:
    ferry = article("ferry.md", publisher="Daily", day="2016-10-21")
    passages = put(catalogue, ferry)
    assert catalogue.article(ferry.article_id) == ferry
    assert catalogue.passages([p.passage_id for p in passages]) == {
        passage.passage_id: passage for passage in passages
    }
    assert catalogue.passages_of(ferry.article_id) == tuple(passages)
    assert catalogue.counts() == (1, len(passages))


def test_the_entries_of_a_live_page_come_back_with_it(catalogue: Catalogue) -> None:
    plain = article("live.md")
    entry = LiveEntry.of(Span(0, 20), "2024-03-07T13:20")
    live = replace(plain, entries=(entry,))
    assert plain.fingerprint != live.fingerprint
    put(catalogue, live)
    assert catalogue.article(live.article_id) == live
    found = catalogue.guided(live.article_id)
    assert found is not None
    assert found[0].entries == (entry,)


def test_an_article_has_a_guide_that_goes_and_changes_with_it(catalogue: Catalogue) -> None:
    ferry, rain = article("ferry.md"), article("rain.md", RAIN)
    put(catalogue, ferry, rain)
    assert catalogue.guide(ferry.article_id) == guide_of(ferry)
    assert catalogue.guides([rain.article_id, "none", ferry.article_id]) == {
        ferry.article_id: guide_of(ferry),
        rain.article_id: guide_of(rain),
    }
    changed = article("ferry.md", "The ferry Aurora was raised off Lowick on Tuesday.")
    put(catalogue, changed)
    assert catalogue.guide(ferry.article_id) == guide_of(changed) != guide_of(ferry)
    assert catalogue.guided(ferry.article_id) == (changed, guide_of(changed))
    catalogue.remove(ferry.article_id)
    assert catalogue.guide(ferry.article_id) is None
    assert catalogue.guided(ferry.article_id) is None
    assert catalogue.guides([]) == {}


@given(st.lists(texts().filter(str.strip), min_size=1, max_size=4))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_text_comes_back_exactly(catalogue: Catalogue, raws: list[str]) -> None:
    """Texts, spans and passages survive storage, versions of one source replacing each other."""
    for raw in raws:
        source = Article("hostile.txt", normalise(raw), "Title")
        passages = put(catalogue, source)
        stored = catalogue.article(source.article_id)
        assert stored == source
        assert catalogue.passages_of(source.article_id) == tuple(passages)
        for passage in catalogue.passages_of(source.article_id):
            assert passage.span.of(stored.text) == passage.text
    assert catalogue.counts()[0] == 1
    assert catalogue.damage() is None


def test_an_article_put_again_replaces_passages_and_vectors_whole(catalogue: Catalogue) -> None:
    before = put(catalogue, article("a.md"))
    after = put(catalogue, article("a.md", RAIN))
    assert catalogue.passage_ids() == {passage.passage_id for passage in after}
    assert set(catalogue.removed_since(0)) == {passage.passage_id for passage in before}
    assert sum(len(ids) for ids, _ in catalogue.vectors()) == len(after)
    assert catalogue.damage() is None


def test_an_article_that_returns_to_an_earlier_version_is_not_noted_as_gone(
    catalogue: Catalogue,
) -> None:
    first = put(catalogue, article("a.md"))
    put(catalogue, article("a.md", RAIN))
    put(catalogue, article("a.md"))
    assert not {p.passage_id for p in first} & set(catalogue.removed_since(0))


def test_removal_takes_everything_of_the_article_and_nothing_else(catalogue: Catalogue) -> None:
    gone, kept = article("gone.md"), article("kept.md")
    put(catalogue, gone, kept)
    assert catalogue.remove(gone.article_id)
    assert not catalogue.remove(gone.article_id)
    assert [summary.source for summary in catalogue.articles()] == ["kept.md"]
    assert sum(len(ids) for ids, _ in catalogue.vectors()) == len(passages_of(kept))


def test_equal_texts_share_one_vector(catalogue: Catalogue, settings: Settings) -> None:
    put(catalogue, article("a.md"), article("b.md"))
    with sqlite3.connect(settings.home / CATALOGUE_FILE) as connection:
        (vectors,) = connection.execute("SELECT count(*) FROM embeddings").fetchone()
    connection.close()
    assert vectors == len(passages_of(article("a.md")))


def test_vectors_come_back_as_they_were_put(catalogue: Catalogue) -> None:
    one = article("a.md")
    passages = passages_of(one)
    vectors = np.random.default_rng(0).normal(size=(len(passages), 8)).astype(np.float32)
    catalogue.put(one, passages, vectors)
    ((ids, found),) = catalogue.vectors()
    expected = {p.passage_id: v for p, v in zip(passages, vectors, strict=True)}
    assert all((expected[i] == v).all() for i, v in zip(ids, found, strict=True))


def test_every_change_is_a_revision_and_reading_is_none(catalogue: Catalogue) -> None:
    assert catalogue.revision == 0
    put(catalogue, article("a.md"))
    assert catalogue.revision == 1
    list(catalogue.articles())
    catalogue.remove("unknown")
    assert catalogue.revision == 1
    catalogue.remove(article("a.md").article_id)
    assert catalogue.revision == 2


def test_only_passages_of_later_revisions_are_news_to_an_index(catalogue: Catalogue) -> None:
    put(catalogue, article("a.md"))
    new = put(catalogue, article("b.md", RAIN))
    written = catalogue.written_since(1)
    found = [entry for entries, _ in catalogue.entries_by_id(written) for entry in entries]
    assert {entry.passage_id for entry in found} == {p.passage_id for p in new}
    assert {entry.text for entry in found} == {p.text for p in new}


def test_a_failed_change_changes_nothing(catalogue: Catalogue) -> None:
    put(catalogue, article("a.md"))
    before = (catalogue.revision, catalogue.passage_ids())
    with pytest.raises(KeyError):
        catalogue.put_many([(article("a.md", RAIN), passages_of(article("a.md", RAIN)))], {})
    assert (catalogue.revision, catalogue.passage_ids()) == before


@pytest.mark.parametrize(
    "filters",
    [
        Filters(publishers=("Daily",)),
        Filters(publishers=("Daily", "Weekly")),
        Filters(published_from=datetime.date(2016, 10, 21)),
        Filters(published_to=datetime.date(2016, 10, 21)),
        Filters(
            published_from=datetime.date(2016, 10, 22),
            published_to=datetime.date(2016, 10, 22),
            publishers=("Weekly",),
        ),
        Filters(),
    ],
)
def test_filters_narrow_as_they_say(catalogue: Catalogue, filters: Filters) -> None:
    articles = [
        article("a.md", publisher="Daily", day="2016-10-21"),
        article("b.md", publisher="Weekly", day="2016-10-22"),
        article("c.md", publisher="Weekly"),
        article("d.md"),
    ]
    put(catalogue, *articles)
    expected = {p.passage_id for one in articles if filters.matches(one) for p in passages_of(one)}
    assert catalogue.passage_ids_matching(filters) == expected


def test_what_the_corpus_holds_is_told(catalogue: Catalogue) -> None:
    assert (catalogue.publishers(), catalogue.date_range()) == ((), None)
    put(
        catalogue,
        article("b.md", publisher="Weekly", day="2016-10-22"),
        article("a.md", publisher="Daily", day="2016-10-21"),
    )
    assert catalogue.publishers() == ("Daily", "Weekly")
    assert catalogue.date_range() == (datetime.date(2016, 10, 21), datetime.date(2016, 10, 22))
    first = next(catalogue.articles())
    assert (first.source, first.title, first.publisher) == ("a.md", "Ferry sinks", "Daily")
    assert (first.passages, first.chars) == (1, len(article("a.md").text))


def test_unknown_ids_are_just_absent(catalogue: Catalogue) -> None:
    assert catalogue.article("unknown") is None
    assert catalogue.passages(["unknown"]) == {}
    assert catalogue.articles_by_id([]) == {}


def test_thousands_of_ids_can_be_asked_for_at_once(catalogue: Catalogue) -> None:
    (passage,) = put(catalogue, article("a.md"))
    found = catalogue.passages([passage.passage_id, *(f"unknown-{n}" for n in range(40_000))])
    assert list(found) == [passage.passage_id]


# -- opening --------------------------------------------------------------------------------


def test_everything_is_there_after_closing_and_opening(settings: Settings) -> None:
    first = Catalogue.open(settings)
    put(first, article("a.md"))
    marker = first.marker
    first.close()
    again = Catalogue.open(settings)
    assert (again.marker, again.counts()) == (marker, (1, 1))
    again.close()


def test_files_are_for_their_owner_only(settings: Settings) -> None:
    catalogue = Catalogue.open(settings)
    put(catalogue, article("a.md"))
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    for file in settings.home.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    catalogue.close()


def test_another_embedding_model_is_refused_with_the_command_that_rebuilds(
    catalogue: Catalogue,
) -> None:
    catalogue.require_embedding_model(HashingEmbedder("one", 8))
    catalogue.require_embedding_model(HashingEmbedder("one", 8))
    assert catalogue.embedding_model == ("one", 8)
    with pytest.raises(EmbeddingMismatchError, match=r"one, not two.*doctor --rebuild"):
        catalogue.require_embedding_model(HashingEmbedder("two", 8))


def test_a_newer_schema_is_refused_and_left_alone(settings: Settings) -> None:
    Catalogue.open(settings).close()
    with sqlite3.connect(settings.home / CATALOGUE_FILE) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    connection.close()
    with pytest.raises(StoreVersionError, match="newer Groundwire"):
        Catalogue.open(settings)


def test_a_file_that_is_no_database_is_damage(settings: Settings) -> None:
    settings.home.mkdir()
    (settings.home / CATALOGUE_FILE).write_bytes(b"not a database at all, only words" * 100)
    with pytest.raises(StoreDamagedError, match="damaged"):
        Catalogue.open(settings)


def test_damaged_pages_are_found_by_a_check(settings: Settings) -> None:
    catalogue = Catalogue.open(settings)
    put(catalogue, *(article(f"{n}.md", f"{RAIN} {n}") for n in range(200)))
    catalogue.close()
    file = settings.home / CATALOGUE_FILE
    content = bytearray(file.read_bytes())
    content[8_192 : 8_192 + 40_000] = os.urandom(40_000)
    file.write_bytes(content)
    again = Catalogue.open(settings)
    try:
        assert again.damage() is not None
    except StoreDamagedError:
        pass  # so damaged that it cannot even be checked
    finally:
        again.close()


def test_a_changed_text_is_found_by_a_check(catalogue: Catalogue, settings: Settings) -> None:
    put(catalogue, article("a.md"))
    with sqlite3.connect(settings.home / CATALOGUE_FILE) as connection:
        connection.execute("UPDATE articles SET text = replace(text, '90', '91')")
    connection.close()
    assert catalogue.damage() == "the text of a.md is not the one that was put there"


def test_a_full_disk_is_said_and_changes_nothing(settings: Settings) -> None:
    catalogue = Catalogue.open(settings)
    put(catalogue, article("a.md"))
    catalogue.close()
    limited = Catalogue.open(settings)

    @event.listens_for(limited._engine, "connect")
    def _no_more_room_than_there_is(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    limited._engine.dispose()  # the next connection is a new one
    with pytest.raises(StoreFullError, match="nothing was changed"):
        put(limited, article("b.md", RAIN * 5_000))
    assert [summary.source for summary in limited.articles()] == ["a.md"]
    limited.close()


def test_a_catalogue_locked_by_another_program_is_busy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.database.BUSY_TIMEOUT_S", 0.05)
    catalogue = Catalogue.open(settings)
    other = sqlite3.connect(settings.home / CATALOGUE_FILE)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusyError):
        put(catalogue, article("a.md"))
    other.close()
    catalogue.close()


def test_a_home_that_cannot_be_made_is_said(settings: Settings) -> None:
    settings.home.parent.joinpath("file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Catalogue.open(Settings.load(home=settings.home.parent / "file" / "home"))


@pytest.mark.parametrize("url", ["nonsense://somewhere", "no url at all", "mssql://somewhere"])
def test_a_database_url_that_cannot_be_used_is_said(url: str) -> None:
    with pytest.raises(StoreError, match="GROUNDWIRE_DATABASE_URL cannot be used"):
        Catalogue.open(Settings.load(database_url=url))


def test_articles_are_found_by_their_titles_without_reading_the_list(catalogue: Catalogue) -> None:
    titles_are_found_at_once(catalogue)
