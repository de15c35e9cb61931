"""Which files and pages are read, and by what: one row for each format.

To read another format, add its row to `FORMATS`, and a function that gives what it finds. Pure
data, so that the process that parses starts without what only the others need.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Format:
    """How one format is known and read.

    `reader` ("module:function") reads it in this process: plain text, and files of other files. It
    is a `Reader` of `rag.articles.given`: called with what is given and the limits, it yields
    articles and errors. `extractor` parses it in the process of `rag.articles.extraction_process`:
    called with the bytes and what of `limits`, `charset` and `address` is in `told`, it gives
    `{"text", "title", "remarks", …}`, or `{"articles": […]}` where it `holds_many`. Both raise
    ArticleError. One of the two is given. `suffixes` and `media_types` (of
    servers) are in lower case, `begins` is what such a file begins with. One that `holds_many`
    articles is read from files alone: an address is the identity of one article.
    """

    name: str
    suffixes: tuple[str, ...]
    media_types: tuple[str, ...] = ()
    begins: bytes = b""
    reader: str = ""
    extractor: str = ""
    told: tuple[str, ...] = ("limits",)
    holds_many: bool = False

    def load(self) -> Callable[..., Any]:
        """The function that reads it."""
        module, function = (self.reader or self.extractor).split(":")
        loaded: Callable[..., Any] = getattr(importlib.import_module(module), function)
        return loaded


_ARTICLES = "rag.articles"
FORMATS = (
    Format(
        "text",
        (".md", ".markdown", ".mdown", ".mkd", ".txt", ".text"),
        ("text/plain", "text/markdown", "text/x-markdown"),
        reader=f"{_ARTICLES}.text_files:read_text_file",
    ),
    Format(
        "jsonl",
        (".jsonl", ".ndjson"),
        ("application/jsonl", "application/x-ndjson"),
        reader=f"{_ARTICLES}.records:read_jsonl",
        holds_many=True,
    ),
    Format(
        "json",
        (".json",),
        ("application/json", "application/feed+json"),
        reader=f"{_ARTICLES}.records:read_json",
        holds_many=True,
    ),
    Format(
        "csv",
        (".csv", ".tsv"),
        ("text/csv", "text/tab-separated-values"),
        reader=f"{_ARTICLES}.records:read_csv",
        holds_many=True,
    ),
    Format(
        "html",
        (".html", ".htm", ".xhtml"),
        ("text/html", "application/xhtml+xml"),
        extractor=f"{_ARTICLES}.html:extract",
        told=("charset", "address"),
    ),
    Format(
        "mhtml",
        (".mhtml", ".mht"),
        ("multipart/related", "application/x-mimearchive"),
        extractor=f"{_ARTICLES}.mail:extract_page",
        told=(),
    ),
    Format("eml", (".eml",), ("message/rfc822",), extractor=f"{_ARTICLES}.mail:extract_message"),
    Format(
        "mbox",
        (".mbox",),
        ("application/mbox",),
        extractor=f"{_ARTICLES}.mail:extract_mailbox",
        holds_many=True,
    ),
    Format(
        "pdf",
        (".pdf",),
        ("application/pdf",),
        begins=b"%PDF-",
        extractor=f"{_ARTICLES}.pdf:extract",
    ),
    Format(
        "docx",
        (".docx",),
        (f"{_OFFICE}.wordprocessingml.document",),
        extractor=f"{_ARTICLES}.office:extract_docx",
    ),
    Format("odt", (".odt",), (f"{_OPEN}.text",), extractor=f"{_ARTICLES}.office:extract_odt"),
    Format(
        "rtf",
        (".rtf",),
        ("application/rtf", "text/rtf"),
        begins=b"{\\rtf",
        extractor=f"{_ARTICLES}.rtf:extract",
        told=(),
    ),
    Format(
        "sheet",
        (".xlsx", ".xls", ".ods"),
        (f"{_OFFICE}.spreadsheetml.sheet", "application/vnd.ms-excel", f"{_OPEN}.spreadsheet"),
        extractor=f"{_ARTICLES}.sheets:extract",
        holds_many=True,
    ),
    Format(
        "epub",
        (".epub",),
        ("application/epub+zip",),
        extractor=f"{_ARTICLES}.epub:extract",
        holds_many=True,
    ),
    Format("zip", (".zip",), reader=f"{_ARTICLES}.archives:read_zip", holds_many=True),
)
SUFFIXES = {suffix: row for row in FORMATS for suffix in row.suffixes}
MEDIA_TYPES = {kind: row for row in FORMATS for kind in row.media_types}
EXTRACTED = {row.name: row for row in FORMATS if row.extractor}


def format_of(name: str) -> Format | None:
    """The format of a file of this name; None for one that is not read.

    >>> format_of("week/Report.PDF").name, format_of("photo.png")
    ('pdf', None)
    """
    return SUFFIXES.get(PurePath(name).suffix.lower())


def beginning_with(content: bytes) -> Iterator[Format]:
    """The formats that are known by how a file begins."""
    return (row for row in FORMATS if row.begins and content.startswith(row.begins))
