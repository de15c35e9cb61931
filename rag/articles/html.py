"""A web page to an article: its main text, and what the page says of itself.

Runs in the process of `rag.articles.extraction_process`. The text is what a reader of the page
sees: comments in the source, hidden elements, scripts and structured data never become text.
Only the date that a page states for itself is taken; none is guessed from its words.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from rag.articles.blocks import drop_unseen, plain_text
from rag.errors import ArticleError

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.I)
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,12}|\d{1,12});?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_FIELD_CHARS = 300
_DATES: dict[str, Any] = {
    "extensive_search": False,
    "original_date": True,
    "outputformat": "%Y-%m-%d",
}


def extract(content: bytes, *, charset: str | None, address: str | None) -> dict[str, Any]:
    """Text and fields of a page; `address` is where it came from. Raises ArticleError."""
    import trafilatura

    tree = parsed(decoded(content, charset))
    fields = _fields(tree, address)
    drop_unseen(tree)
    page = trafilatura.bare_extraction(tree, include_comments=False, url=address)
    text = plain_text(page.body) if page is not None and not isinstance(page, dict) else ""
    if not text:
        body = tree.find(".//body")
        text = plain_text(body) if body is not None else ""
    if not text:
        raise ArticleError("it shows no text", fix="Save the page with its text, or remove it.")
    return {"text": text, **fields}


def fragment_text(markup: str) -> str:
    """The plain text of a piece of HTML, as feeds carry it.

    >>> fragment_text("<p>It &amp; all<!-- x --></p><p hidden>no</p>")
    'It & all'
    """
    if not markup.strip():
        return ""
    tree = parsed(f"<body>{markup}</body>")
    drop_unseen(tree)
    return plain_text(tree)


def parsed(text: str) -> html.HtmlElement:
    """The tree of a page. Raises ArticleError when there is nothing in it."""
    parser = html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True)
    # A declared encoding was used to decode and may not be given twice.
    text = without_controls(re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text))
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, ValueError):
        raise ArticleError("it is empty", fix="Put the article into it, or remove it.") from None
    return tree


def without_controls(text: str) -> str:
    """Markup with a space for each character that no XML may hold, however it is written.

    >>> without_controls("a\x0bb&#11;c&#xD800;d&#233;")
    'a b c d&#233;'
    """

    def allowed(reference: re.Match[str]) -> str:
        said = reference[1]
        number = int(said[1:], 16) if said[0] in "xX" else int(said)
        controls = number < 32 and number not in (9, 10, 13)
        return " " if controls or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else reference[0]

    return _CONTROLS.sub(" ", _REFERENCE.sub(allowed, text))


def decoded(content: bytes, charset: str | None = None) -> str:
    """Bytes of a page as text: by its byte order mark, the server's word, UTF-8, its own word.

    >>> decoded("café".encode("cp1252"), "windows-1252")
    'café'
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace")
    said = _META_CHARSET.search(content[:4_096])
    for encoding in (charset, "utf-8", said[1].decode() if said else None):
        if encoding:
            with suppress(LookupError, UnicodeDecodeError):
                return content.decode(encoding)
    return content.decode("cp1252", "replace")


def _fields(tree: html.HtmlElement, address: str | None) -> dict[str, Any]:
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(tree, default_url=address, date_config=_DATES)
    return {
        "title": _short(found.title),
        "publisher": _short(found.sitename),
        "published_at": found.date,
        "url": address or _web_address(found.url),
    }


def _short(value: str | None) -> str | None:
    """A field as a page gives it, so that none can be long enough to spoil the article."""
    return value[:_MAX_FIELD_CHARS] if value else None


def _web_address(url: str | None) -> str | None:
    """The page's word on its own address, when it is one."""
    if not url or len(url) > _MAX_FIELD_CHARS or re.search(r"\s", url):
        return None
    with suppress(ValueError):
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    return None
