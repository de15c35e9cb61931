"""Which files and pages are read, and by what: one row for each format.

To read another format, add its row to `FORMATS`, and a function that gives what it finds. Pure
data, so that the process that parses starts without what only the others need.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rag.articles.given import Reader

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Format:
    """How one format is known and read. Functions are named as "module:function"; they raise
    ArticleError.
    """

    name: str
    # What the names of its files end with, in lower case.
    suffixes: tuple[str, ...]
    # What servers call it. Without any it is read from files alone: an address is the identity of
    # one article.
    media_types: tuple[str, ...] = ()
    # What such a file begins with.
    begins: bytes = b""
    # Reads it in this process: plain text, and files of other files. A `Reader` of
    # `rag.articles.given`, called with what is given and the limits.
    reader: str = ""
    # Or parses it in the process of `rag.articles.extraction_process`: called with the bytes and
    # what it needs, it gives {"text", "title", "remarks", …}, or {"articles": […]} where it
    # `holds_many`.
    extractor: str = ""
    extractor_needs: tuple[Literal["limits", "charset", "address"], ...] = ("limits",)
    holds_many: bool = False

    def __post_init__(self) -> None:
        if bool(self.reader) == bool(self.extractor) or (self.holds_many and self.media_types):
            raise ValueError(f"{self.name} is read in two ways or in none")

    def load_reader(self) -> Reader:
        """The function that reads it in this process; only for one that has a `reader`."""
        reader: Reader = _function(self.reader)
        return reader

    def load_extractor(self) -> Callable[..., dict[str, Any]]:
        """The function that parses it in the other process."""
        extractor: Callable[..., dict[str, Any]] = _function(self.extractor)
        return extractor


def _function(named: str) -> Any:
    module, function = named.split(":")
    return getattr(importlib.import_module(module), function)


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
        reader=f"{_ARTICLES}.records:read_jsonl",
        holds_many=True,
    ),
    Format(
        "json",
        (".json",),
        reader=f"{_ARTICLES}.records:read_json",
        holds_many=True,
    ),
    Format(
        "csv",
        (".csv", ".tsv"),
        reader=f"{_ARTICLES}.records:read_csv",
        holds_many=True,
    ),
    Format(
        "html",
        (".html", ".htm", ".xhtml"),
        ("text/html", "application/xhtml+xml"),
        extractor=f"{_ARTICLES}.html:extract",
        extractor_needs=("charset", "address"),
    ),
    Format(
        "mhtml",
        (".mhtml", ".mht"),
        ("multipart/related", "application/x-mimearchive"),
        extractor=f"{_ARTICLES}.mail:extract_page",
        extractor_needs=(),
    ),
    Format("eml", (".eml",), ("message/rfc822",), extractor=f"{_ARTICLES}.mail:extract_message"),
    Format(
        "mbox",
        (".mbox",),
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
        extractor_needs=(),
    ),
    Format(
        "sheet",
        (".xlsx", ".xls", ".ods"),
        extractor=f"{_ARTICLES}.sheets:extract",
        holds_many=True,
    ),
    Format(
        "epub",
        (".epub",),
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
