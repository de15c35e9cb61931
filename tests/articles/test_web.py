from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.articles.addresses import anywhere
from rag.articles.article import Article
from rag.articles.fetching import Fetcher
from rag.articles.limits import Limits
from rag.articles.visits import Visit, Visits
from rag.articles.web import Found, Gone, Unchanged, WebReader
from rag.errors import ArticleError
from tests.articles.made_files import docx, paragraph, pdf
from tests.articles.news_server import NewsSite, html, news_site, page, reply
from tests.articles.test_feeds import LONG, rss


@pytest.fixture(scope="module")
def shared_site() -> Iterator[NewsSite]:
    with news_site() as site:
        yield site


@pytest.fixture
def site(shared_site: NewsSite) -> NewsSite:
    shared_site.replies = {"/a": html(page("Oban")), "/b": html(page("Mull"))}
    shared_site.asked.clear()
    return shared_site


@pytest.fixture
def reader() -> Iterator[WebReader]:
    limits = Limits()
    with Fetcher(limits, may_connect=anywhere, pause_s=0.0) as fetcher:
        yield WebReader(fetcher, limits)


def only(found: Iterator[Found]) -> Found:
    (one,) = found
    return one


def feed_of(site: NewsSite, *items: str) -> None:
    site.replies["/feed"] = reply(
        200, rss("".join(items)), Content_Type="application/rss+xml", ETag='"f"'
    )


def item(link: str, stamp: str = "Sat, 14 Mar 2026 08:00:00 GMT", more: str = "") -> str:
    return (
        f"<item><title>An entry</title><link>{link}</link><pubDate>{stamp}</pubDate>{more}</item>"
    )


def test_a_page_is_an_article_named_by_its_address(site: NewsSite, reader: WebReader) -> None:
    article = only(reader.read(site.url("/a#top")))
    assert isinstance(article, Article)
    assert (article.source, article.url) == (site.url("/a"), site.url("/a"))
    assert article.title == "Ferry sinks off Oban"
    assert "sank at dawn off Oban" in article.text


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/pdf", pdf([["The ferry sank at dawn."]])),
        ("application/octet-stream", pdf([["The ferry sank at dawn."]])),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            docx(paragraph("The ferry sank at dawn.")),
        ),
        ("text/plain; charset=utf-8", b"The ferry sank at dawn."),
        ("", b"<!doctype html><p>The ferry sank at dawn."),
    ],
)
def test_files_are_read_from_the_web_as_from_a_folder(
    site: NewsSite, reader: WebReader, kind: str, content: bytes
) -> None:
    site.replies["/file"] = reply(200, content, Content_Type=kind)
    article = only(reader.read(site.url("/file")))
    assert isinstance(article, Article), article
    assert article.text.strip() == "The ferry sank at dawn."
    assert article.url == site.url("/file")


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("iso-8859-1", "Die Fähre sank.".encode("latin-1")),
        ("utf-16-le", "Die Fähre sank.".encode("utf-16-le")),
        ("iso-8859-1", "Die Fähre sank.".encode("utf-8-sig")),
        ("ascii", "Die Fähre sank.".encode()),
        ("no-such-charset", "Die Fähre sank.".encode()),
    ],
)
def test_a_text_is_decoded_by_its_mark_then_the_servers_word_then_as_utf8(
    site: NewsSite, reader: WebReader, charset: str, content: bytes
) -> None:
    site.replies["/file"] = reply(200, content, Content_Type=f"text/plain; charset={charset}")
    article = only(reader.read(site.url("/file")))
    assert isinstance(article, Article), article
    assert article.text == "Die Fähre sank."


def test_what_is_no_text_is_refused_by_its_type(site: NewsSite, reader: WebReader) -> None:
    site.replies["/image"] = reply(200, b"\x89PNG", Content_Type="image/png")
    error = only(reader.read(site.url("/image")))
    assert isinstance(error, ArticleError)
    assert "of the type image/png" in error.problem


def test_a_feed_gives_the_pages_behind_its_entries(site: NewsSite, reader: WebReader) -> None:
    feed_of(site, item("/a"), item("/missing"), item("/b"))
    oban, missing, mull = reader.read(site.url("/feed"))
    assert isinstance(oban, Article)
    assert isinstance(mull, Article)
    assert (oban.source, mull.source) == (site.url("/a"), site.url("/b"))
    assert isinstance(missing, Gone)
    assert oban.published_at == datetime.date(2026, 3, 14)


def test_an_entry_that_is_whole_is_taken_from_the_feed(site: NewsSite, reader: WebReader) -> None:
    whole = f"<content:encoded><![CDATA[{LONG}]]></content:encoded>"
    feed_of(site, item("/whole", more=whole))
    article = only(reader.read(site.url("/feed")))
    assert isinstance(article, Article)
    assert article.source == article.url == site.url("/whole")
    assert (article.title, article.publisher) == ("An entry", "Harbour & Weekly")
    assert site.paths() == ["/feed"]


def test_where_a_page_cannot_be_had_the_text_of_the_feed_stands_in(
    site: NewsSite, reader: WebReader
) -> None:
    site.replies["/down"] = reply(500)
    told = "<description>Fog kept all ferries of Rost in port.</description>"
    feed_of(site, item("/missing", more=told), item("/down", more=told), item("/none"))
    missing, down, none = reader.read(site.url("/feed"))
    for article in (missing, down):
        assert isinstance(article, Article)
        assert article.text == "Fog kept all ferries of Rost in port."
        assert (article.title, article.published_at) == ("An entry", datetime.date(2026, 3, 14))
        (remark,) = article.remarks
        assert remark.endswith("; the text is what the feed has of it")
    assert isinstance(none, Gone)


def test_a_page_that_is_stored_is_not_replaced_by_the_text_of_the_feed(
    site: NewsSite, reader: WebReader
) -> None:
    told = "<description>Only a teaser of it.</description>"
    feed_of(site, item("/a", more=told))
    assert isinstance(only(reader.read(site.url("/feed"))), Article)
    site.replies["/a"] = reply(503)
    feed_of(site, item("/a", stamp="Sun, 15 Mar 2026 08:00:00 GMT", more=told))
    assert isinstance(only(reader.read(site.url("/feed"), lambda source: True)), ArticleError)


def test_the_page_takes_the_place_of_the_text_of_the_feed_once_it_is_there(
    site: NewsSite, reader: WebReader
) -> None:
    feed_of(site, item("/late", more="<description>Only a teaser of it.</description>"))
    site.replies["/late"] = reply(503)
    first = only(reader.read(site.url("/feed")))
    again = only(reader.read(site.url("/feed"), lambda source: source.endswith("/late")))
    assert isinstance(first, Article)
    assert first == again
    site.replies["/late"] = html(page("Rost"))
    late = only(reader.read(site.url("/feed"), lambda source: source.endswith("/late")))
    assert isinstance(late, Article)
    assert "Rost" in late.text


def test_entries_that_lead_to_this_machine_are_refused_one_by_one(site: NewsSite) -> None:
    feed_of(site, item("/a"), item("http://inner.example/secret"), item("file:///etc/passwd"))
    places = {"127.0.0.1": "127.0.0.1", "inner.example": "10.0.0.1"}
    limits = Limits()
    with Fetcher(
        limits,
        resolve=lambda host, port: [places[host]],
        may_connect=lambda ip: ip.is_loopback,
        pause_s=0,
    ) as fetcher:
        fine, inner, file = WebReader(fetcher, limits).read(site.url("/feed"))
    assert isinstance(fine, Article)
    assert isinstance(inner, ArticleError)
    assert "inner.example is on this machine" in inner.problem
    assert isinstance(file, ArticleError)
    assert "not a web address" in file.problem


def test_what_a_feed_says_is_unchanged_is_not_fetched_again(
    site: NewsSite, reader: WebReader
) -> None:
    feed_of(site, item("/a"), item("/b"))
    list(reader.read(site.url("/feed")))
    feed_of(site, item("/a"), item("/b", stamp="Sun, 15 Mar 2026 08:00:00 GMT"))
    site.asked.clear()
    first, second = reader.read(site.url("/feed"), lambda source: True)
    assert first == Unchanged(site.url("/a"))
    assert isinstance(second, Article)
    assert site.paths() == ["/feed", "/b"]


def test_what_is_not_stored_is_fetched_even_if_it_was_seen(
    site: NewsSite, reader: WebReader
) -> None:
    site.replies["/a"] = lambda headers: (
        reply(304) if headers["If-None-Match"] else html(page("Oban"), ETag='"1"')
    )
    list(reader.read(site.url("/a")))
    assert isinstance(only(reader.read(site.url("/a"))), Article)
    assert only(reader.read(site.url("/a"), lambda source: True)) == Unchanged(site.url("/a"))


def test_a_feed_of_which_an_entry_failed_is_read_again(site: NewsSite, reader: WebReader) -> None:
    feed_of(site, item("/a"), item("/odd"))
    site.replies["/odd"] = reply(500)
    list(reader.read(site.url("/feed")))
    list(reader.read(site.url("/feed")))
    assert all("if-none-match" not in headers for path, headers in site.asked if path == "/feed")
    feed_of(site, item("/a"))
    list(reader.read(site.url("/feed")))
    list(reader.read(site.url("/feed")))
    marks = [headers.get("if-none-match") for path, headers in site.asked if path == "/feed"]
    assert marks == [None, None, None, '"f"']


def test_visits_are_kept_for_one_store_and_a_damaged_file_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    visits = Visits(path, "store")
    visits.note("https://example.org/", Visit(etag='"1"'))
    visits.save()
    assert path.stat().st_mode & 0o077 == 0
    assert Visits(path, "store").last("https://example.org/") == Visit(etag='"1"')
    assert Visits(path, "other").last("https://example.org/") == Visit()
    path.write_text('{"store_id": "store", "visits": {"a": 3}}')
    assert Visits(path, "store").last("https://example.org/") == Visit()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_on_a_full_disk_the_visits_written_before_stay(tmp_path: Path) -> None:
    path = tmp_path / "visits.json"
    visits = Visits(path)
    visits.note("https://example.org/", Visit(etag='"1"'))
    visits.save()
    (tmp_path / "visits.json.new").symlink_to("/dev/full")
    visits.save()
    assert Visits(path).last("https://example.org/") == Visit(etag='"1"')


@pytest.mark.parametrize("kind", ["application/feed+json", "application/json; charset=utf-8"])
@pytest.mark.parametrize("last", [False, True])
def test_a_json_feed_is_read_as_any_feed_by_whatever_type_it_comes(
    site: NewsSite, reader: WebReader, kind: str, last: bool
) -> None:
    whole = "The lock at Varn was shut for a week. " * 40
    feed = {
        "title": "Varn Courier",
        "items": [
            {
                "id": 7,
                "url": site.url("/whole"),
                "title": "Lock shut",
                "content_html": f"<p>{whole}</p><p hidden>Not shown.</p>",
                "date_published": "2026-03-14T08:00:00+01:00",
                "authors": [{"name": "Ada Holm"}, {"name": "Per Lund"}, 3],
            },
            {"id": "a", "url": site.url("/a"), "summary": "A teaser."},
            {"id": "x", "content_text": "A note without a page.", "title": ["no text"]},
            "no item",
        ],
    }
    version = {"version": "https://jsonfeed.org/version/1.1"}
    told = json.dumps({**feed, **version} if last else {**version, **feed})
    site.replies["/feed.json"] = reply(200, told.replace("/", "\\/").encode(), Content_Type=kind)

    lock, ferry, note = reader.read(site.url("/feed.json"))

    assert isinstance(lock, Article)
    assert (lock.source, lock.title, lock.publisher) == (
        site.url("/whole"),
        "Lock shut",
        "Varn Courier",
    )
    assert (lock.author, lock.published_at) == ("Ada Holm, Per Lund", datetime.date(2026, 3, 14))
    assert lock.text.startswith("The lock at Varn")
    assert "Not shown" not in lock.text
    assert isinstance(ferry, Article)
    assert "sank at dawn off Oban" in ferry.text
    assert isinstance(note, Article)
    assert (note.text, note.source) == ("A note without a page.", f"{site.url('/feed.json')}#x")


@pytest.mark.parametrize("content", [b"{", b'{"items": 3}', b"{}", b"[1]", b'{"a": ' * 9999])
def test_what_only_says_that_it_is_a_json_feed_is_refused(
    site: NewsSite, reader: WebReader, content: bytes
) -> None:
    site.replies["/f"] = reply(200, content, Content_Type="application/feed+json")

    refused = only(reader.read(site.url("/f")))

    assert isinstance(refused, ArticleError)
    assert "Give the address of a feed" in str(refused)
