"""The article on a page: which of its paragraphs are the news, and which the furniture around it.

Trafilatura says where on the page the article is; the words are then taken from the page itself,
since what that library makes of them loses lists in cells, times, and the headings of live blogs.
Invariant: each visible paragraph within the article is either in the text or in what is left out.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from rag.articles.blocks import BETWEEN_PARAGRAPHS, Paragraph, paragraphs
from rag.articles.furniture import Furniture, is_no_news
from rag.articles.live_entries import entries_on_page

# Elements within a sentence; without them nothing can take a sentence for several.
_WITHIN_SENTENCES = (
    *("abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font"),
    *("i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub"),
    *("sup", "time", "tt", "u", "var", "wbr", "nobr", "output"),
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset({"p", "tr", "td"})
_SHINGLE = 4
# So much of what was found lies in an element before that is where the article is.
_CORE_SHARE = 0.9


@dataclass(frozen=True)
class MainText:
    """The article's paragraphs as one text, those within it that are not in the text, and the
    entries of a live page (`rag.articles.live_entries`).
    """

    text: str
    left_out: tuple[str, ...]
    entries: Sequence[tuple[int, int, str]] = ()


def main_text(tree: html.HtmlElement, address: str | None) -> MainText:
    """The article on a page whose unseen parts are dropped already; empty if it shows no text."""
    body = tree.find(".//body")
    if body is None:
        return MainText("", ())
    withdrawn = _without_withdrawn(body)
    found = paragraphs(body)
    furniture = Furniture(body)
    known = _Known(_found_by_library(tree, furniture, address))
    sure = [known.has(one) and _belongs(one, furniture) for one in found]
    if not any(sure):  # too short a page for the library
        sure = [_belongs(one, furniture) for one in found]
    _with_headline(found, sure, furniture)
    chosen = [one for one, is_sure in zip(found, sure, strict=True) if is_sure]
    if not chosen:
        return MainText("", ())
    first, last = sure.index(True), len(sure) - 1 - sure[::-1].index(True)
    core, region = _core(body, chosen), _holding(chosen)
    furniture.spare(core)
    kept: list[Paragraph] = []
    left_out: list[str] = withdrawn
    for place, paragraph in enumerate(found):
        inside = first <= place <= last or _lies_in(paragraph.block, core)
        if inside and (sure[place] or _belongs(paragraph, furniture)):
            if is_no_news(paragraph.text):
                left_out.append(paragraph.text)
            else:
                kept.append(paragraph)
        elif _lies_in(paragraph.block, region) and not furniture.is_of_the_site(paragraph):
            left_out.append(paragraph.text)
    text = BETWEEN_PARAGRAPHS.join(paragraph.text for paragraph in kept)
    return MainText(text, tuple(left_out), entries_on_page(kept))


def _without_withdrawn(body: Any) -> list[str]:
    """What is marked as deleted, taken out: the page shows it struck through, and means it not."""
    withdrawn = []
    for element in list(body.iter("del")):
        withdrawn.append("".join(element.itertext()))
        element.drop_tree()
    return withdrawn


def _found_by_library(
    tree: html.HtmlElement, furniture: Furniture, address: str | None
) -> Iterable[str]:
    """The lines that the library takes for the article."""
    import trafilatura

    copied = copy.deepcopy(tree)
    for element, twin in zip(tree.iter(), copied.iter(), strict=True):
        if element in furniture.banners:
            twin.set("hidden", "")
    for twin in copied.xpath("//body//*[@hidden]"):
        twin.drop_tree()
    etree.strip_tags(copied, *_WITHIN_SENTENCES)
    page = trafilatura.bare_extraction(copied, include_comments=False, url=address)
    if page is None or isinstance(page, dict):
        return ()
    return [one.text for one in paragraphs(page.body)]


class _Known:
    """What the library found, to be found again in the page's own words."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._runs: set[tuple[str, ...]] = set()
        self._lines: set[tuple[str, ...]] = set()
        for line in lines:
            words = _words(line)
            self._lines.add(words)
            self._runs.update(_runs(words))

    def has(self, paragraph: Paragraph) -> bool:
        """True for a paragraph most of whose words were found in their order."""
        words = _words(paragraph.text)
        if not words:
            return False
        if len(words) < _SHINGLE:
            return words in self._lines
        runs = list(_runs(words))
        return 2 * sum(run in self._runs for run in runs) >= len(runs)


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.lower()))


def _runs(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


def _with_headline(found: list[Paragraph], sure: list[bool], furniture: Furniture) -> None:
    """Take the page's one headline for part of the article where it stands before its text."""
    headlines = [place for place, one in enumerate(found) if one.block.tag == "h1"]
    if len(headlines) == 1 and True in sure:
        (place,) = headlines
        if place < sure.index(True) and not furniture.is_of_the_site(found[place]):
            sure[place] = True


def _belongs(paragraph: Paragraph, furniture: Furniture) -> bool:
    """True for a paragraph that a reader of the article reads as part of it."""
    return not furniture.covers(paragraph) and not _is_link(paragraph)


def _is_link(paragraph: Paragraph) -> bool:
    """True for a line that only leads elsewhere; a heading may lead to itself."""
    return (
        2 * paragraph.linked > len(paragraph.text)
        and len(paragraph.text) < 200
        and paragraph.block.tag not in _HEADINGS
    )


def _core(body: Any, chosen: Sequence[Paragraph]) -> Any:
    """The innermost element that holds nearly all of the article."""
    held: Counter[Any] = Counter()
    for one in chosen:
        for element in (one.block, *one.block.iterancestors()):
            held[element] += len(one.text)
    least = _CORE_SHARE * held[body]
    core, fuller = None, body
    while fuller is not None:
        core = fuller
        parts = (one for one in core.iterchildren(etree.Element) if one.tag not in _LINES)
        fuller = next((part for part in parts if held[part] >= least), None)
    return core


def _holding(chosen: Sequence[Paragraph]) -> Any:
    """The innermost element that holds all of the article."""
    common = [*reversed(list(chosen[0].block.iterancestors())), chosen[0].block]
    for one in chosen[1:]:
        path = [*reversed(list(one.block.iterancestors())), one.block]
        same = 0
        while same < min(len(common), len(path)) and common[same] is path[same]:
            same += 1
        common = common[:same]
    return common[-1]


def _lies_in(element: Any, holder: Any) -> bool:
    return element is holder or any(one is holder for one in element.iterancestors())
