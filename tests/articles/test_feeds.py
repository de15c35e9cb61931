from __future__ import annotations

import pytest

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
        "published_at": "2026-03-14",
        "stamp": "Sat, 14 Mar 2026 23:30:00 -0500",
        "text": None,
    }
    assert second["text"].startswith("The ferry sank")
    assert second["published_at"] is None


def test_an_atom_feed_gives_its_entries() -> None:
    entry = (
        "<entry><id>tag:7</id><title>Ferry sinks</title><link href='http://x/a'/>"
        "<published>2026-03-14T08:00:00Z</published><updated>2026-03-15T08:00:00Z</updated>"
        f"<content type='html'>{LONG.replace('<', '&lt;')}</content></entry>"
    )
    (found,) = extract(atom(entry), address="http://x/feed")["entries"]
    assert (found["published_at"], found["stamp"]) == ("2026-03-14", "2026-03-15T08:00:00Z")
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
