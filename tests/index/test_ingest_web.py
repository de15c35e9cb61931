from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.index.store import VISITS_FILE, Store
from rag.settings import Settings
from tests.articles.news_server import NewsSite, html, news_site, page, reply
from tests.articles.test_feeds import rss
from tests.articles.test_web import item
from tests.index.hashing import HashingEmbedder


@pytest.fixture(scope="module")
def shared_site() -> Iterator[NewsSite]:
    with news_site() as site:
        yield site


@pytest.fixture
def site(shared_site: NewsSite) -> NewsSite:
    feed = rss(item("/a") + item("/b"))
    shared_site.replies = {
        "/a": lambda headers: (
            reply(304) if headers["If-None-Match"] == '"a"' else html(page("Oban"), ETag='"a"')
        ),
        "/b": html(page("Mull")),
        "/feed": reply(200, feed, Content_Type="application/rss+xml"),
    }
    shared_site.asked.clear()
    return shared_site


@pytest.fixture
def store(tmp_path: Path, embedder: HashingEmbedder) -> Iterator[Store]:
    settings = Settings.load(home=tmp_path / "home", fetch_private=True)
    with Store.open(settings, embedder) as opened:
        yield opened


def sources(store: Store) -> list[str]:
    return [article.source for article in store.catalogue.articles()]


def test_pages_and_feeds_come_in_beside_files(store: Store, site: NewsSite, tmp_path: Path) -> None:
    (tmp_path / "rain.txt").write_text("It rained all night.")
    report = store.ingest([tmp_path / "rain.txt", site.url("/feed"), site.url("/a")])
    assert (report.added, report.updated, report.unchanged, report.failed) == (3, 0, 0, ())
    assert sources(store) == [str(tmp_path / "rain.txt"), site.url("/a"), site.url("/b")]


def test_an_unchanged_page_is_not_sent_again(store: Store, site: NewsSite) -> None:
    store.ingest([site.url("/a")])
    report = store.ingest([site.url("/a")])
    assert (report.added, report.updated, report.unchanged) == (0, 0, 1)
    assert site.asked[-1][1]["if-none-match"] == '"a"'
    (stored,) = store.catalogue.articles()
    store.remove(stored.article_id)
    assert store.ingest([site.url("/a")]).added == 1


def test_a_page_that_is_gone_goes_with_prune_only(store: Store, site: NewsSite) -> None:
    store.ingest([site.url("/feed")])
    site.replies["/a"] = reply(410)
    kept = store.ingest([site.url("/a")])
    assert (kept.removed, len(kept.failed), len(sources(store))) == (0, 1, 2)
    pruned = store.ingest([site.url("/a")], prune=True)
    assert (pruned.removed, pruned.failed) == (1, ())
    assert sources(store) == [site.url("/b")]


def test_what_a_feed_no_longer_names_stays(store: Store, site: NewsSite) -> None:
    store.ingest([site.url("/feed")])
    site.replies["/feed"] = reply(200, rss(item("/b")), Content_Type="application/rss+xml")
    store.ingest([site.url("/feed")], prune=True)
    assert len(sources(store)) == 2


def test_a_page_that_cannot_be_had_is_named_and_what_is_stored_stays(
    store: Store, site: NewsSite
) -> None:
    store.ingest([site.url("/b")])
    site.replies["/b"] = reply(500)
    report = store.ingest([site.url("/b"), site.url("/a")], prune=True)
    assert report.added == 1
    assert [site.url("/b") in error.problem for error in report.failed] == [True]
    assert len(sources(store)) == 2


def test_this_machine_is_not_asked_unless_that_is_allowed(
    tmp_path: Path, embedder: HashingEmbedder, site: NewsSite
) -> None:
    with Store.open(Settings.load(home=tmp_path / "home"), embedder) as strict:
        report = strict.ingest([site.url("/a")])
    assert [error.code for error in report.failed] == ["private_address"]
    assert site.asked == []


def test_the_notes_of_visits_are_for_their_owner_only(store: Store, site: NewsSite) -> None:
    store.ingest([site.url("/a")])
    assert (store.settings.home / VISITS_FILE).stat().st_mode & 0o077 == 0
