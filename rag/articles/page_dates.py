"""The day on which a page says that it was published.

Invariant: it is stated as such: by the page's head or its data, by its address, or by an element
that is marked so or stands by itself above the text. A day within a sentence is news, and the days
of the entries of a live page are theirs.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from rag.articles.blocks import drop_unseen, paragraphs
from rag.articles.datelines import BYLINE
from rag.articles.dates import stated
from rag.articles.furniture import Furniture

_IN_HEAD: dict[str, Any] = {
    "extensive_search": False,
    "original_date": True,
    "outputformat": "%Y-%m-%d",
    "min_date": "1700-01-01",
}
# What an office program notes in a page that it saves: when that was.
_OFFICE = re.compile(r"office|microsoft word", re.IGNORECASE)
_SAVED = frozenset({"created", "changed"})
_PUBLISHED = frozenset({"datepublished", "datecreated", "uploaddate"})
_PUBLISHED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:pub(?:lish(?:ed)?)?-?(?:date|time)|date-?published|published|entry-date"
    r"|post-?date|article-?(?:date|time)|dateline|posted-on|story-date|dt-published)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)(?=[/_-]|$)")
# Longer paragraphs are text: what stands above the first is the head of the article.
_FEWEST_TEXT_CHARS = 120
_MOST_DATE_CHARS = 50
_UPDATE = re.compile(r"updated|modified|revised", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[789]|20)\d\d")


def stated_day(
    tree: html.HtmlElement, address: str | None = None, in_data: str | None = None
) -> str | None:
    """The day as 2026-03-14; `in_data` is what the structured data says. None where none is stated.

    >>> stated_day(html.fromstring("<html><p>They vote on <time>2025-04-06</time>.</p></html>"))
    >>> stated_day(html.fromstring("<html><time itemprop='datePublished'>2025-04-06</time></html>"))
    '2025-04-06'
    """
    return (
        _in_head(tree)
        or _day(in_data)
        or _in_address(address)
        or _in_address(_canonical(tree))
        or next(_marked(tree), None)
        or _above_text(tree)
    )


def updated_day(tree: html.HtmlElement) -> str | None:
    """The day on which a page's head says that it was changed last."""
    return _in_head(tree, updates=True)


def _day(written: str | None) -> str | None:
    found = stated(written) if written else None
    return found.day.isoformat() if found else None


def _in_head(tree: html.HtmlElement, *, updates: bool = False) -> str | None:
    """The day in the page's `meta` elements, whose many names the library knows.

    It is not shown what is no whole day, of which it would make one: 2026-02 or 2026-02-30.
    """
    from htmldate import find_date

    page = html.Element("html")
    head = etree.SubElement(page, "head")
    metas = list(tree.iter("meta"))
    if any(_OFFICE.search(it.get("content") or "") for it in metas if _named(it) == "generator"):
        metas = [it for it in metas if _named(it) not in _SAVED]
    metas = [it for it in metas if _is_day(it.get("content")) and _is_update(it) is updates]
    head.extend(map(copy.deepcopy, metas))
    etree.SubElement(page, "body")
    found: str | None = find_date(page, url="", **_IN_HEAD)
    return found


def _is_day(content: str | None) -> bool:
    return bool(content and _YEAR.search(content) and stated(content))


def _is_update(meta: Any) -> bool:
    names = (meta.get(attribute) or "" for attribute in ("name", "property", "itemprop"))
    return bool(_UPDATE.search(" ".join(names)))


def _named(meta: Any) -> str:
    return (meta.get("name") or "").lower()


def _canonical(tree: html.HtmlElement) -> str | None:
    link = next(iter(tree.xpath("//link[@rel='canonical']/@href")), None)
    return str(link) if link else None


def _in_address(address: str | None) -> str | None:
    found = _ADDRESS.search(address or "")
    return _day("-".join(found.groups())) if found else None


def _marked(tree: html.HtmlElement) -> Iterator[str]:
    """Days that elements state as those of publication, the surest first."""
    marked = [one for one in tree.iter(etree.Element)
              if _PUBLISHED & set((one.get("itemprop") or "").lower().split())]  # fmt: skip
    marked += [one for one in tree.iter("time") if one.get("pubdate") is not None]
    for element in marked:
        if day := _day_of(element):
            yield day
    named = [
        one
        for one in tree.iter(etree.Element)
        if one.tag not in ("html", "body", "head", "script", "style", "meta")
        and _PUBLISHED_CLASS.search(f"{one.get('class') or ''}")
        and len("".join(one.itertext())) < _FEWEST_TEXT_CHARS
    ]
    days = {day for one in named if (day := _day_within(one) or _day_of(one))}
    if len(days) == 1:  # more are those of several entries
        yield from days


def _above_text(tree: html.HtmlElement) -> str | None:
    """The day of the one `time` that stands by itself, or with a byline, above the text."""
    seen = copy.deepcopy(tree)
    drop_unseen(seen)
    body = seen.find(".//body")
    if body is None:
        return None
    found = paragraphs(body)
    times = _by_block(body, {paragraph.block for paragraph in found})
    if not times:
        return None
    furniture = Furniture(body)
    days: set[str] = set()
    is_above = True
    for paragraph in found:
        if furniture.covers(paragraph):
            continue
        is_above = is_above and len(paragraph.text) < _FEWEST_TEXT_CHARS
        for element in times.get(paragraph.block, ()):
            said = " ".join("".join(element.itertext()).split())
            rest = paragraph.text.replace(said, " ", 1) if said else None
            if rest is None or not BYLINE.fullmatch(" ".join(rest.split())):
                continue
            if day := _day_of(element):
                if not is_above and day not in days:
                    return None  # entries of several days
                days.add(day)
    return days.pop() if len(days) == 1 else None


def _by_block(body: Any, blocks: set[Any]) -> dict[Any, list[Any]]:
    """The `time` elements of a page by the block of the paragraph that they stand in."""
    times: dict[Any, list[Any]] = {}
    for element in body.iter("time"):
        block = next((one for one in element.iterancestors() if one in blocks), None)
        times.setdefault(block, []).append(element)
    return times


def _day_of(element: Any) -> str | None:
    said = "".join(element.itertext())
    short = said if len(said) <= _MOST_DATE_CHARS else None
    for written in (element.get("datetime"), element.get("content"), short):
        if day := _day(written):
            return day
    return None


def _day_within(element: Any) -> str | None:
    days = {day for one in element.iter("time") if (day := _day_of(one))}
    return days.pop() if len(days) == 1 else None
