"""Raw fields to the description of an article: title, publisher, date, link, each checked.

Fields come from front matter or JSON of unknown origin, so each is bounded and typed here; the
text is only ever looked at, never changed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from rag.articles.article import Article, normalise
from rag.errors import ArticleError

MAX_FIELD_CHARS = 2_000
MAX_TITLE_CHARS = 300
_LOOKED_AT_FOR_A_TITLE = 10
_HEADING = re.compile(r"^#{1,3}[^\S\n]+(\S[^\n]*?)[^\S\n]*#*[^\S\n]*$", re.MULTILINE)


def described(
    source: str, text: str, fields: Mapping[str, Any], *, where: str, fallback_title: str
) -> Article:
    """An Article of normalised `text` and untrusted `fields`. Raises ArticleError."""
    if not text.strip():
        raise ArticleError(f"{where} is empty", fix="Put the article's text into it, or remove it.")
    title = _line(fields, "title", where)
    return Article(
        source=source,
        text=text,
        title=title or title_of(text) or fallback_title,
        publisher=_line(fields, "publisher", where),
        published_at=_date(fields, where),
        url=_url(fields, where),
    )


def title_of(text: str) -> str | None:
    r"""The first markdown heading, or else the first of the opening lines that reads like one.

    >>> title_of("Advertisement\n\nFerry sinks off the coast\n\nIt sank.")
    'Ferry sinks off the coast'
    """
    beginning = text[:10_000]
    if heading := _HEADING.search(beginning):
        return heading[1][:MAX_TITLE_CHARS]
    lines = (line.strip() for line in beginning.split("\n"))
    opening = [line for line in lines if line][:_LOOKED_AT_FOR_A_TITLE]
    for line in opening:
        if len(line.split()) > 2 and len(line) <= MAX_TITLE_CHARS:
            return line
    return None


def _line(fields: Mapping[str, Any], name: str, where: str) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > MAX_FIELD_CHARS:
        raise ArticleError(
            f"{where}: {name} is not a line of text", fix=f"Write {name} as one line of text."
        )
    return normalise(" ".join(value.split())) or None


def _date(fields: Mapping[str, Any], where: str) -> datetime.date | None:
    """The day as the source writes it, whatever its time zone."""
    value = _line(fields, "published_at", where)
    if value is None:
        return None
    try:
        return datetime.datetime.fromisoformat(value).date()
    except ValueError:
        raise ArticleError(
            f"{where}: published_at is not a date: {value[:40]!r}", fix="Write it as 2016-10-21."
        ) from None


def _url(fields: Mapping[str, Any], where: str) -> str | None:
    value = _line(fields, "url", where)
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
    except ValueError:
        good = False
    if not good:
        raise ArticleError(
            f"{where}: url is not a web address: {value[:80]!r}", fix="Write it as https://…"
        )
    return value
