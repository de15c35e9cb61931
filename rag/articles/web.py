"""A web address to articles: one for a page or file, one for each entry of a feed.

Invariant: as in `rag.articles.files`, what cannot be read is an ArticleError that names it, and
the rest goes on. An article's identity is its address, whether it was given or found in a feed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from rag.articles.addresses import normalised
from rag.articles.article import Article
from rag.articles.extraction import extract
from rag.articles.fetching import Fetcher, Page
from rag.articles.files import article_of
from rag.articles.formats import MEDIA_TYPES, beginning_with
from rag.articles.limits import Limits
from rag.articles.text_files import text_article
from rag.articles.visits import Visit, Visits
from rag.errors import ArticleError, PageGoneError

_KINDS = {
    **{kind: row.name for kind, row in MEDIA_TYPES.items()},
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/feed+json": "feed",
}
_CARRIED = "text of the feed"  # in place of the stamp of an entry whose page could not be had
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_PROLOGUE = rb"(?:\xef\xbb\xbf)?\s*(?:<[?][^>]*>\s*|<!--[^>]*>\s*)*"
_BEGINS_A_FEED = re.compile(_PROLOGUE + rb"<(?:rss|feed|rdf:RDF)\b")
_BEGINS_A_JSON_FEED = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_SAYS_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
_BEGINS_A_PAGE = re.compile(_PROLOGUE + rb"<(?:!doctype html|html)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Unchanged:
    """The article of this source is still as it is stored."""

    source: str


@dataclass(frozen=True)
class Gone:
    """The server says that there is no such page; `error` says so in words."""

    source: str
    error: ArticleError


Found = Article | Unchanged | Gone | ArticleError
IsStored = Callable[[str], bool]
"""Whether an article of that source is stored."""


class WebReader:
    """Reads addresses through one Fetcher, and remembers its visits."""

    def __init__(self, fetcher: Fetcher, limits: Limits, visits: Visits | None = None) -> None:
        self._fetcher = fetcher
        self._limits = limits
        self._visits = visits or Visits()

    def read(self, address: str, is_stored: IsStored = lambda source: False) -> Iterator[Found]:
        """The articles at an address; only what is stored may be passed over as unchanged."""
        try:
            source = normalised(address)
            last = self._visits.last(source if is_stored(source) else _feed_name(source))
            page = self._fetcher.get(source, etag=last.etag, last_modified=last.last_modified)
            if page is not None and _kind(page) == "feed":
                yield from self._entries(source, page, is_stored)
            elif page is not None:
                yield self._article(source, page)
            elif is_stored(source):
                yield Unchanged(source)
        except PageGoneError as error:
            yield Gone(source, error)
        except ArticleError as error:
            yield error

    def _entries(self, feed: str, page: Page, is_stored: IsStored) -> Iterator[Found]:
        found = extract("feed", page.content, where=feed, limits=self._limits, address=page.address)
        failed = False
        for entry in found["entries"]:
            article, settled = self._entry(page.address, found["title"], entry, is_stored)
            failed = failed or not settled
            yield article
        if failed:  # or what failed would not be tried again before the feed changes
            self._visits.forget(_feed_name(feed))
        else:
            self._visits.note(_feed_name(feed), Visit(page.etag, page.last_modified))

    def _entry(
        self, feed: str, publisher: str | None, entry: Mapping[str, Any], is_stored: IsStored
    ) -> tuple[Found, bool]:
        """The article of a feed's entry, and whether that is settled until the entry changes.

        It is the feed's own where the feed carries it whole, else its page's. Where the page
        cannot be had, what the feed has of it stands in, unless the page itself is stored.
        """
        said = {
            "title": entry["title"],
            "publisher": publisher,
            "author": entry["author"],
            "published_at": entry["published_at"],
        }
        try:
            source = normalised(entry["link"], feed) if entry["link"] else f"{feed}#{entry['id']}"
            carried = {**said, "text": entry["text"], "url": source if entry["link"] else feed}
            if entry["whole"]:
                return article_of(source, carried, where=source, fallback_title=source), True
            try:
                return self._page_of(source, said, entry["stamp"], is_stored), True
            except ArticleError as error:
                last = self._visits.last(source)
                if not entry["text"] or (is_stored(source) and last.stamp != _CARRIED):
                    raise
                why = f"{error.problem}; the text is what the feed has of it"
                carried["remarks"] = (why,)
                article = article_of(source, carried, where=source, fallback_title=source)
                self._visits.note(source, Visit(stamp=_CARRIED))
                return article, isinstance(error, PageGoneError)
        except PageGoneError as error:
            return Gone(source, error), True
        except ArticleError as error:
            return error, False

    def _page_of(
        self,
        source: str,
        said: Mapping[str, str | None],
        stamp: str | None,
        is_stored: IsStored,
    ) -> Article | Unchanged:
        """The article on the page of a feed's entry. Raises ArticleError."""
        last = self._visits.last(source) if is_stored(source) else Visit()
        if last.stamp and last.stamp == stamp:
            return Unchanged(source)
        page = self._fetcher.get(source, etag=last.etag, last_modified=last.last_modified)
        if page is None:
            self._visits.note(source, replace(last, stamp=stamp))
            return Unchanged(source)
        return self._article(source, page, said, stamp)

    def _article(
        self,
        source: str,
        page: Page,
        said: Mapping[str, str | None] = MappingProxyType({}),
        stamp: str | None = None,
    ) -> Article:
        """The article on a page; what the page does not state of itself is taken from `said`."""
        kind = _kind(page)
        name = unquote(PurePosixPath(urlsplit(source).path).stem) or urlsplit(source).netloc
        if kind == "feed":
            raise ArticleError(f"{source} is a feed, not an article", fix="Add it by itself.")
        if kind == "text":
            article = text_article(
                source, page.content, where=source, fallback_title=name, charset=page.charset
            )
        else:
            found = extract(
                kind,
                page.content,
                where=source,
                limits=self._limits,
                charset=page.charset,
                address=page.address,
            )
            stated = {field: value for field, value in found.items() if value}
            if stated.get("publisher") == urlsplit(page.address).netloc and said.get("publisher"):
                del stated["publisher"]  # only the host, for want of a name
            article = article_of(source, {**said, **stated}, where=source, fallback_title=name)
        self._visits.note(source, Visit(page.etag, page.last_modified, stamp))
        return article if article.url else replace(article, url=page.address)


def _kind(page: Page) -> str:
    """How a page is to be read: by its type, and by its beginning where that says nothing.

    Raises ArticleError for what cannot be read.
    """
    beginning = page.content[:4_096]
    if _BEGINS_A_FEED.match(beginning) or _is_json_feed(page.content):
        return "feed"
    if page.kind in _KINDS:
        return _KINDS[page.kind]
    if page.kind in _UNSAID or page.kind.endswith("/xml"):
        if known := next(beginning_with(beginning), None):
            return known.name
        if _BEGINS_A_PAGE.match(beginning):
            return "html"
    raise ArticleError(
        f"{page.address} is of the type {page.kind[:60] or 'unknown'}, which is not read",
        fix="Save it as a kind of file that is read: docs/formats.md lists them.",
    )


def _is_json_feed(content: bytes) -> bool:
    """True for an object that says so itself: servers often send it as any other JSON."""
    return bool(_BEGINS_A_JSON_FEED.match(content) and _SAYS_JSON_FEED.search(content))


def _feed_name(source: str) -> str:
    return f"feed {source}"
