"""A book or newspaper in EPUB to articles: one for each document in the order of reading.

Runs in the process of `rag.articles.extraction_process`. The list of contents and covers without
words are no articles.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from rag.articles import charset, html
from rag.articles.blocks import drop_unseen, plain_text
from rag.articles.limits import Limits
from rag.articles.office import DAMAGED, checked_package, parsed_xml
from rag.errors import ArticleError

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_BOOK = "{http://www.idpf.org/2007/opf}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_MODIFIED = "dcterms:modified"
# Fewer without the end of a sentence are the name of a book or of a part of it.
_LEAST_CHARS = 80
_SENTENCE_END = re.compile(r"[.!?。！？؟…]")
_SAVE_ANEW = "Save it anew."


def extract(content: bytes, limits: Limits) -> dict[str, Any]:
    """The documents of an EPUB, each an article. Raises ArticleError."""
    try:
        with checked_package(content, limits) as package:
            return {"articles": _articles(package)}
    except DAMAGED as error:
        raise ArticleError(f"it is no sound EPUB ({error})", fix=_SAVE_ANEW) from None


def _articles(package: ZipFile) -> list[dict[str, Any]]:
    container = parsed_xml(package.read("META-INF/container.xml"))
    root = container.find(f".//{_CONTAINER}rootfile")
    path = root.get("full-path") if root is not None else None
    if not path:
        raise ArticleError("it names no book", fix=_SAVE_ANEW)
    book = parsed_xml(package.read(path))
    said = {name: _said(book, name) for name in ("title", "publisher", "creator", "date")}
    made = [it.text for it in book.iter(f"{_BOOK}meta") if it.get("property") == _MODIFIED]
    if said["date"] in made:
        said["date"] = None  # a program's own: when it made the book
    articles: list[dict[str, Any]] = []
    short = 0
    names = set(package.namelist())
    for href in _in_order(book):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(href)))
        if name not in names:
            continue
        tree = html.parsed(charset.decoded(package.read(name)))
        drop_unseen(tree)
        title = _heading(tree) or _text_of(tree.find(".//title"))
        body = tree.find(".//body")
        text = plain_text(body) if body is not None else ""
        if _is_cover(text, said):
            short += bool(text)
            continue
        articles.append(
            {
                "id": href,
                "text": text,
                "title": title or said["title"],
                "publisher": said["publisher"] or _unless(said["title"], title),
                "author": said["creator"],
                "published_at": said["date"],
            }
        )
    if not articles:
        raise ArticleError("it holds no text", fix=_SAVE_ANEW)
    if short:
        pages = f"{short} page{'s' * (short > 1)} without a sentence"
        articles[0]["remarks"] = [f"{pages} left out (a cover, for example)"]
    return articles


def _unless(value: str | None, other: str | None) -> str | None:
    return value if value != other else None


def _is_cover(text: str, said: Mapping[str, str | None]) -> bool:
    r"""True for a page that has no more than what the book says of itself, or no sentence.

    >>> _is_cover("Ferry sinks\n\nAda Holm, 2021", {"title": "Ferry sinks", "creator": "Ada Holm"})
    True
    """
    if not _SENTENCE_END.search(text) and len(text) < _LEAST_CHARS:
        return True
    rest = " ".join(text.split())
    for value in filter(None, said.values()):
        rest = rest.replace(value, " ")
    return not re.search(r"[^\W\d_]{3}", rest)


def _in_order(book: etree._Element) -> list[str]:
    """Where the documents are, in the order of reading, without the list of contents."""
    items = {
        item.get("id"): item.get("href")
        for item in book.iter(f"{_BOOK}item")
        if re.search("html|xml", item.get("media-type") or "")
        and "nav" not in (item.get("properties") or "").split()
    }
    order = [items.get(ref.get("idref")) for ref in book.iter(f"{_BOOK}itemref")]
    return list(dict.fromkeys(href for href in order if href))


def _said(book: etree._Element, name: str) -> str | None:
    return _text_of(book.find(f".//{_DUBLIN}{name}"))


def _heading(tree: Any) -> str | None:
    return next((found for h in ("h1", "h2") if (found := _text_of(tree.find(f".//{h}")))), None)


def _text_of(element: Any) -> str | None:
    if element is None:
        return None
    return " ".join("".join(element.itertext()).split())[:300] or None
