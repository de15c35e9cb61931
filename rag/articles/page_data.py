"""What a page says of its article in structured data (JSON-LD): headline, day, and often the text.

Readers do not see that data. So its text is taken only where the page shows no more than the
beginning of the same article, as pages do that load the rest or want it paid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lxml import html

_MOST_NODES = 5_000
_MUCH_MORE = 1.5
_AT_LEAST_CHARS = 100
_SAME_SHARE = 0.6


@dataclass(frozen=True)
class PageData:
    """What the data tells of the page's article; `body` is markup or plain text as it stands."""

    headline: str
    published: str | None
    body: str
    is_live: bool = False

    def tells_more_than(self, text: str, whole: str, title: str | None) -> bool:
        """True when `whole`, the text of `body`, goes on where the `text` of the page ends."""
        if len(whole) < max(_MUCH_MORE * len(text), len(text) + _AT_LEAST_CHARS):
            return False
        shown, told = _words(text), _words(whole)
        if shown and len(shown & told) >= _SAME_SHARE * len(shown):
            return True
        headline = _words(self.headline)
        return bool(headline) and headline <= _words(f"{title} {text}")


def told_in_data(tree: html.HtmlElement) -> PageData | None:
    """What the scripts of structured data say of the article; None where there is none.

    >>> script = '{"@type": "NewsArticle", "headline": "Ship sinks", "articleBody": "It sank."}'
    >>> page = html.fromstring(f'<html><script type="application/ld+json">{script}</script></html>')
    >>> told_in_data(page)
    PageData(headline='Ship sinks', published=None, body='It sank.', is_live=False)
    """
    articles = [node for node in _nodes(tree) if _is_article(node)]
    if not articles:
        return None
    node = max(articles, key=lambda one: len(_body(one)))
    dated = next((one for one in articles if one.get("datePublished")), {})
    return PageData(
        headline=_string(node.get("headline") or node.get("name")),
        published=_string(node.get("datePublished") or dated.get("datePublished")) or None,
        body=_body(node),
        is_live=isinstance(node.get("liveBlogUpdate"), list),
    )


def _nodes(tree: html.HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects that describe the page, outermost first, not those that it only mentions."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        with suppress(ValueError, RecursionError):
            waiting = [json.loads(_uncommented(script.text or ""), strict=False)]
            for _ in range(_MOST_NODES):
                if not waiting:
                    break
                node = waiting.pop(0)
                if isinstance(node, list):
                    waiting[:0] = node
                elif isinstance(node, dict):
                    yield node
                    waiting += [node[key] for key in ("@graph", "mainEntity") if key in node]


def _uncommented(text: str) -> str:
    return re.sub(r"^\s*(?:/\*.*?\*/|//[^\n]*\n|<!\[CDATA\[|<!--)|(?:\]\]>|-->)\s*$", "", text)


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and re.search(r"(?:Article|Posting|Report|Review)$", kind)
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _body(node: dict[str, Any]) -> str:
    """The text of an article, or of the entries of a live one with their times and headings."""
    own = _string(node.get("articleBody"))
    entries = node.get("liveBlogUpdate")
    told = [
        "\n\n".join(filter(None, (_string(entry.get("datePublished")),
                                  _string(entry.get("headline")), _body(entry))))
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]  # fmt: skip
    return "\n\n".join(filter(None, (own, *told)))


def _string(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
