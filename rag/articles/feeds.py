"""An RSS or Atom feed to its entries: where each article is, or the article itself.

Runs in the process of `rag.articles.extraction_process`. A date is the day as the feed writes it,
in its own time zone; a text is what a reader would see of the entry's content.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

from rag.articles.fields import MAX_TITLE_CHARS
from rag.articles.html import fragment_text, without_controls
from rag.errors import ArticleError

MAX_ENTRIES = 200
# A shorter content is a teaser: the article is behind the link.
FULL_TEXT_CHARS = 800


def extract(content: bytes, *, address: str) -> dict[str, Any]:
    """`title` of the feed and its `entries`, newest as the feed orders them.

    An entry has `id`, `link`, `title`, `published_at`, `stamp` (changes when the entry does) and
    `text`, which is None unless the feed carries the article whole. Raises ArticleError.
    """
    import feedparser

    sound = without_controls(content.decode("latin-1")).encode("latin-1")  # each byte as it was
    feed = feedparser.parse(
        io.BytesIO(sound),  # given as text, it might be taken for an address and fetched
        response_headers={"content-location": address},
        sanitize_html=False,  # it would drop the styles that tell what is hidden
    )
    if not feed.get("version"):
        raise ArticleError("it is no RSS or Atom feed", fix="Give the address of a feed.")
    return {
        "title": _line(feed.feed.get("title")),
        "entries": [_entry(dict(entry)) for entry in feed.entries[:MAX_ENTRIES]],
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    text = max((_plain(part) for part in entry.get("content", ())), key=len, default="")
    link = entry.get("link")
    if not link and not text and entry.get("summary"):
        text = _plain({"value": entry["summary"], "type": "text/html"})
    whole = len(text) >= FULL_TEXT_CHARS or not link
    return {
        "id": entry.get("id") or link or entry.get("title") or text[:80],
        "link": link,
        "title": _line(entry.get("title")),
        "published_at": _day(entry),
        "stamp": entry.get("updated") or entry.get("published"),
        "text": text if whole and text else None,
    }


def _plain(part: Any) -> str:
    value = part.get("value") or ""
    if part.get("type") == "text/plain":
        return str(value).strip()
    with suppress(ArticleError):
        return fragment_text(value)
    return ""


def _line(text: str | None) -> str | None:
    return " ".join(fragment_text(text).split())[:MAX_TITLE_CHARS] or None if text else None


def _day(entry: Mapping[str, Any]) -> str | None:
    """The day of publication as written, or else as the library understood it."""
    written = entry.get("published") or entry.get("updated") or ""
    for read in (datetime.datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError):
            return read(written.strip()).date().isoformat()
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    return datetime.date(*parsed[:3]).isoformat() if parsed else None
