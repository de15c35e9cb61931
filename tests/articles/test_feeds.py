from __future__ import annotations

import pytest

from rag.articles.dates import stated
from rag.articles.feeds import extract
from rag.errors import ArticleError

LONG = "<p>" + "The ferry sank at dawn off Oban. " * 40 + "</p>"


def rss(items: str) -> bytes:
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Harbour &amp; Weekly</title>{items}</channel></rss>"
    ).encode()


def atom(entries: str) -> bytes:
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>Harbour Weekly</title>{entries}</feed>"
    ).encode()


def test_an_rss_feed_gives_its_entries() -> None:
    found = extract(
        rss(
            "<item><title>Ferry &lt;b&gt;sinks&lt;/b&gt;</title><link>/a</link>"
            "<guid isPermaLink='false'>7</guid>"
            "<description>A teaser.</description>"
            "<pubDate>Sat, 14 Mar 2026 23:30:00 -0500</pubDate></item>"
            f"<item><link>http://x/b</link><content:encoded><![CDATA[{LONG}]]>"
            "</content:encoded></item>"
        ),
        address="http://harbour.example/feed",
    )
    assert found["title"] == "Harbour & Weekly"
    first, second = found["entries"]
    assert first == {
        "id": "7",
        "link": "http://harbour.example/a",
        "title": "Ferry sinks",
        "author": None,
        "published_at": "Sat, 14 Mar 2026 23:30:00 -0500",
        "stamp": "Sat, 14 Mar 2026 23:30:00 -0500",
        "text": "A teaser.",
        "whole": False,
    }
    assert second["whole"]
    assert second["text"].startswith("The ferry sank")
    assert second["published_at"] is None


def test_an_atom_feed_gives_its_entries() -> None:
    entry = (
        "<entry><id>tag:7</id><title>Ferry sinks</title><link href='http://x/a'/>"
        "<published>2026-03-14T08:00:00Z</published><updated>2026-03-15T08:00:00Z</updated>"
        f"<content type='html'>{LONG.replace('<', '&lt;')}</content></entry>"
    )
    (found,) = extract(atom(entry), address="http://x/feed")["entries"]
    assert (found["published_at"], found["stamp"]) == (
        "2026-03-14T08:00:00Z",
        "2026-03-15T08:00:00Z",
    )
    assert found["text"].startswith("The ferry sank")


def test_what_a_feed_hides_is_no_text() -> None:
    hidden = LONG + "<p style='display:none'>Nobody was saved.</p><!-- Nobody was saved. -->"
    item = f"<item><link>http://x/b</link><content:encoded><![CDATA[{hidden}]]></content:encoded>"
    (found,) = extract(rss(item + "</item>"), address="http://x/")["entries"]
    assert "Nobody" not in found["text"]
    assert "ferry" in found["text"]


def test_an_entry_without_a_link_is_what_the_feed_says() -> None:
    item = "<item><title>Fog</title><guid isPermaLink='false'>8</guid>"
    item += "<description>No ferries.</description></item>"
    (found,) = extract(rss(item), address="http://x/")["entries"]
    assert (found["id"], found["link"], found["text"]) == ("8", None, "No ferries.")


@pytest.mark.parametrize("content", [b"", b"<html><p>It sank.</p></html>", b"http://127.0.0.1:1/"])
def test_what_is_no_feed_is_an_error(content: bytes) -> None:
    with pytest.raises(ArticleError, match="no RSS or Atom feed"):
        extract(content, address="http://x/")


def test_entities_of_a_feed_are_not_opened() -> None:
    entities = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    content = rss(
        "<item><title>&x;</title><guid isPermaLink='false'>1</guid><link>/a</link></item>"
    ).replace(b"<rss", entities.encode() + b"<rss")
    titles = [entry["title"] for entry in extract(content, address="http://x/")["entries"]]
    assert titles in ([], [None], ["&x;"])


def test_characters_that_no_xml_may_hold_do_not_spoil_a_feed() -> None:
    for odd in ("&#xD800;", "&#11;", "\x0b"):
        content = rss(f"<item><title>Fähre{odd} sinks</title><link>/a</link></item>")
        (found,) = extract(content, address="http://x/")["entries"]
        assert found["title"] == "Fähre sinks"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024/3/9 07:15:00", "2024-03-09"),
        ("9.3.2024 07:15", "2024-03-09"),
        ("Sa, 09 Mär 2024 07:15:00 +0100", "2024-03-09"),
        ("Sat, 9 Mar 2024 23:50:00 PST", "2024-03-09"),
        ("Saturday, March 9th, 2024", "2024-03-09"),
        ("1709967600", "2024-03-09"),
        ("03/09/2024", None),  # March or September
        ("March 2024", None),
        ("9 March", None),
        ("Saturday 07:15", None),
        ("yesterday", None),
        ("Sat, 31 Feb 2024 07:15:00 GMT", None),
    ],
)
def test_a_date_is_the_day_as_written_or_none_and_nothing_is_filled_in(
    written: str, day: str | None
) -> None:
    item = f"<item><link>http://x/a</link><pubDate>{written}</pubDate></item>"
    (found,) = extract(rss(item), address="http://x/")["entries"]
    told = stated(found["published_at"])
    assert (told and told.day.isoformat()) == day


def test_another_date_does_not_stand_in_for_one_that_cannot_be_read() -> None:
    entry = (
        "<entry><id>a</id><link href='http://x/a'/><published>some day</published>"
        "<updated>2026-03-15T08:00:00Z</updated></entry>"
    )
    (found,) = extract(atom(entry), address="http://x/")["entries"]
    assert found["published_at"] == "some day"


def test_an_entry_carries_the_longest_text_that_the_feed_has_of_it() -> None:
    item = (
        "<item><link>http://x/a</link><description>One line.\n\nAnd AT&amp;amp;T.</description>"
        "</item><item><link>http://x/b</link><description>&lt;p&gt;Two&lt;/p&gt;&lt;p&gt;lines"
        "&lt;/p&gt;</description><content:encoded>Short.</content:encoded></item>"
    )
    first, second = extract(rss(item), address="http://x/")["entries"]
    assert (first["text"], first["whole"]) == ("One line.\n\nAnd AT&T.", False)
    assert (second["text"], second["whole"]) == ("Two\n\nlines", False)
