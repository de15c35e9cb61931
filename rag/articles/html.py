"""A web page to an article: its main text, and what the page says of itself.

Runs in the process of `rag.articles.extraction_process`. The text is what a reader of the page
sees: comments in the source, hidden elements and scripts never become text, nor does structured
data, but for the article of which the page shows only the beginning.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from rag.articles.blocks import drop_unseen, plain_text, show_shadow_trees
from rag.articles.charset import decoded
from rag.articles.datelines import day_above
from rag.articles.live_entries import entries_in_data
from rag.articles.losses import losses
from rag.articles.main_text import main_text
from rag.articles.page_data import PageData, told_in_data
from rag.articles.page_dates import stated_day, updated_day
from rag.errors import ArticleError

_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,12}|\d{1,12});?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_FIELD_CHARS = 300
_FROM_DATA = "the page shows only the beginning; the rest is from its structured data"


def extract(content: bytes, *, charset: str | None, address: str | None) -> dict[str, Any]:
    """Text and fields of a page, with `remarks` on what of its article is not in the text, and of
    a live page its `entries` (`rag.articles.live_entries`).

    `address` is where the page came from. Raises ArticleError.
    """
    tree = parsed(decoded(content, charset))
    show_shadow_trees(tree)
    told = told_in_data(tree)
    fields = _fields(tree, address, told)
    updated = updated_day(tree)
    drop_unseen(tree)
    found = main_text(tree, address)
    text, remark, entries = found.text, losses(found.left_out), found.entries
    whole = _text_of(told.body) if told is not None else ""
    if told is not None and told.tells_more_than(text, whole, fields["title"]):
        text, remark, entries = whole, _FROM_DATA, entries_in_data(whole)
    if not text:
        raise ArticleError("it shows no text", fix="Save the page with its text, or remove it.")
    if not fields["published_at"] and not day_above(text):
        fields["published_at"] = updated  # the only day that the page tells of itself
    told_more = {"entries": entries} if entries else {}
    return {"text": text, "remarks": [remark] if remark else [], **told_more, **fields}


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


def _text_of(body: str) -> str:
    """The text of an article in structured data, which may hold markup, or lines alone."""
    if re.search(r"<(?:p|br|div|li)\b", body):
        return fragment_text(body)
    return "\n\n".join(filter(None, map(fragment_text, body.split("\n"))))


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


def _fields(tree: html.HtmlElement, address: str | None, told: PageData | None) -> dict[str, Any]:
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(tree, default_url=address, date_config={"extensive_search": False})
    title = found.title
    if told is not None and told.is_live and told.headline:
        title = told.headline  # the library takes that of an entry
    return {
        "title": _short(title),
        "publisher": _short(found.sitename),
        "published_at": stated_day(tree, address, told.published if told else None),
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
