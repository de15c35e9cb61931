"""An RSS, Atom or JSON feed to its entries: where each article is, or the article itself.

Runs in the process of `rag.articles.extraction_process`. A date is the day as the feed writes it,
in its own time zone, or none: the library's own reading fills what is missing from today. A text
is what a reader would see of the entry's content.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rag.articles.fields import MAX_TITLE_CHARS
from rag.articles.html import fragment_text, without_controls
from rag.errors import ArticleError

MAX_ENTRIES = 200
# A shorter content is a teaser: the article is behind the link.
FULL_TEXT_CHARS = 800


def extract(content: bytes, *, address: str) -> dict[str, Any]:
    """`title` of the feed and its `entries`, newest as the feed orders them.

    An entry has `id`, `link`, `title`, `author`, `published_at` as the feed writes it, `stamp`
    (changes when the entry does),
    `text`, all that the feed has of it, and `whole`: whether that is the article or only a part,
    which stands for it where its page cannot be had. Raises ArticleError.
    """
    if content.lstrip().removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return _of_json(content)
    return _of_xml(content, address)


def _of_xml(content: bytes, address: str) -> dict[str, Any]:
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


def _of_json(content: bytes) -> dict[str, Any]:
    """The same of a JSON feed; a field of another type than it should have counts for none."""
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError):
        feed = None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ArticleError("it is no sound JSON feed", fix="Give the address of a feed.")
    entries = [_item(item) for item in items[:MAX_ENTRIES] if isinstance(item, dict)]
    return {"title": _line(_said(feed, "title")), "entries": entries}


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    text, markup = _said(item, "content_text"), _said(item, "content_html")
    content = text.strip() if text else _plain({"value": markup})
    summary = (_said(item, "summary") or "").strip()
    link = _said(item, "url", "external_url")
    named = item["authors"] if isinstance(item.get("authors"), list) else [item.get("author")]
    writers = [_said(one, "name") for one in named if isinstance(one, dict)]
    best = max(content, summary, key=len)
    return {
        "id": _said(item, "id") or link or _said(item, "title") or best[:80],
        "link": link,
        "title": _line(_said(item, "title")),
        "published_at": _said(item, "date_published", "date_modified"),
        "author": _line(", ".join(filter(None, writers))),
        "stamp": _said(item, "date_modified", "date_published"),
        "text": best or None,
        "whole": bool(best) and (len(content) >= FULL_TEXT_CHARS or not link),
    }


def _said(fields: Mapping[str, Any], *names: str) -> str | None:
    """The first of the fields that is a text or a number, which ids may be."""
    found = (fields.get(name) for name in names)
    return next((str(it) for it in found if isinstance(it, str | int | float) and it != ""), None)


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    content = max((_plain(part) for part in entry.get("content", ())), key=len, default="")
    summary = _plain(entry.get("summary_detail") or {"value": entry.get("summary")})
    link = entry.get("link")
    text = max(content, summary, key=len)
    return {
        "id": entry.get("id") or link or entry.get("title") or text[:80],
        "link": link,
        "title": _line(entry.get("title")),
        "published_at": _date(entry),
        "author": _line(entry.get("author")),
        "stamp": entry.get("updated") or entry.get("published"),
        "text": text or None,
        "whole": bool(text) and (len(content) >= FULL_TEXT_CHARS or not link),
    }


def _plain(part: Any) -> str:
    value = part.get("value") or ""
    if part.get("type") == "text/plain":
        return str(value).strip()
    # Without a tag it is plain text, whatever its type says, and blank lines part its paragraphs.
    parts = [value] if "<" in value else re.split(r"\n\s*\n", value)
    with suppress(ArticleError):
        return "\n\n".join(filter(None, map(fragment_text, parts)))
    return ""


def _line(text: str | None) -> str | None:
    return " ".join(fragment_text(text).split())[:MAX_TITLE_CHARS] or None if text else None


def _date(entry: Mapping[str, Any]) -> str | None:
    """The date of publication as written, never as the library understood it."""
    return str(entry.get("published") or entry.get("updated") or "") or None
