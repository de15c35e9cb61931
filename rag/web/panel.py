"""What the source panel shows: exact quotes in their surroundings, as plain strings.

Article text is untrusted, so nothing here is markup: the page builds its elements with
`textContent`. Quotes travel as before / quote / after and not as offsets, because a browser counts
UTF-16 units where we count characters; words marked inside a text travel as its runs. Invariants:
`before + quote + after` is a run of the article, and the runs of a text joined are the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rag.answer import Citation
from rag.articles.article import Article, Span
from rag.retrieval.hits import Hit
from rag.text.guide import Guide
from rag.text.words import one_line
from rag.wording import day

AROUND_CHARS = 320
SHORT_CHARS = 240

_PARAGRAPH = re.compile(r"\n\s*\n|\n")


@dataclass(frozen=True)
class Excerpt:
    """A quote with what stands around it; `cut_…` says that the article goes on there."""

    before: str
    quote: str
    after: str
    cut_before: bool
    cut_after: bool


def excerpt(text: str, span: Span, around_chars: int = AROUND_CHARS) -> Excerpt:
    r"""The quote at `span` within its paragraph, at most `around_chars` characters each side.

    >>> found = excerpt("Rain.\nIt sank at dawn. All lived.\nMore.", Span(6, 22))
    >>> found.quote, found.after, found.cut_after
    ('It sank at dawn.', ' All lived.', True)
    """
    start = max((m.end() for m in _PARAGRAPH.finditer(text, 0, span.start)), default=0)
    found = _PARAGRAPH.search(text, span.end)
    end = found.start() if found else len(text)
    if span.start - start > around_chars:
        start = _next_word(text, span.start - around_chars, span.start)
    if end - span.end > around_chars:
        end = _last_word(text, span.end, span.end + around_chars)
    return Excerpt(
        before=text[start : span.start],
        quote=span.of(text),
        after=text[span.end : end],
        cut_before=bool(text[:start].strip()),
        cut_after=bool(text[end:].strip()),
    )


def _next_word(text: str, start: int, limit: int) -> int:
    blank = text.find(" ", start, limit)
    return start if blank < 0 else blank + 1


def _last_word(text: str, limit: int, end: int) -> int:
    blank = text.rfind(" ", limit, end)
    return end if blank < 0 else blank


def runs(text: str, marks: Iterable[Span]) -> list[str]:
    """The text cut where marked words begin and end: plain, marked, plain, marked, …, plain.

    >>> runs("All 214 people came ashore.", [Span(4, 14)])
    ['All ', '214 people', ' came ashore.']
    """
    cut, done = [""], 0
    for mark in sorted(marks):
        start, end = max(mark.start, done), min(mark.end, len(text))
        if start >= end:
            continue
        if len(cut) > 1 and start == done:  # it goes on where the one before ended
            cut[-2] += text[start:end]
        else:
            cut[-1] = text[done:start]
            cut += [text[start:end], ""]
        done = end
    cut[-1] = text[done:]
    return cut


def web_link(url: str | None) -> str | None:
    """The address when it is an http(s) one that a reader may follow, else None.

    >>> web_link("https://example.org/a"), web_link("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    if not url or any(ord(char) <= 32 or char in '<>"\\' for char in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def source_view(
    citation: Citation,
    article: Article | None,
    elsewhere: dict[str, Article],
    marks: Iterable[Span] = (),
) -> dict[str, Any]:
    """One card of the panel: a cited quote in its surroundings.

    `article` is None when it is no longer stored; `elsewhere` holds the articles of `also_in`;
    `marks` are the answering words, counted from the start of the quote.
    When the article has changed since, the quote is shown alone and `changed` says so.
    """
    around = Excerpt("", citation.quote, "", cut_before=False, cut_after=False)
    current = article is not None and article.sha256 == citation.article_sha256
    if article is not None and current:
        around = excerpt(article.text, Span(citation.start, citation.end))
    return {
        "number": citation.number,
        "article_id": citation.article_id,
        "sha256": citation.article_sha256,
        "start": citation.start,
        "end": citation.end,
        "title": citation.title,
        "publisher": citation.publisher,
        "day": day(citation.published_at),
        "page": citation.page,
        "url": web_link(citation.url),
        "before": around.before,
        "quote": around.quote,
        "runs": runs(around.quote, marks),
        "after": around.after,
        "cut_before": around.cut_before,
        "cut_after": around.cut_after,
        "changed": not current,
        "also_in": [
            {
                "article_id": also.article_id,
                "start": also.start,
                "end": also.end,
                **_byline(elsewhere.get(also.article_id)),
            }
            for also in citation.also_in
        ],
    }


def passage_view(hit: Hit) -> dict[str, Any]:
    """A passage that was read, shortened."""
    text = hit.passage.text
    short = (
        text
        if len(text) <= SHORT_CHARS
        else text[: _last_word(text, 1, SHORT_CHARS)].rstrip() + "…"
    )
    return {
        "passage_id": hit.passage.passage_id,
        "article_id": hit.article.article_id,
        "start": hit.passage.span.start,
        "end": hit.passage.span.end,
        "text": short,
        "page": hit.article.page_at(hit.passage.span.start),
        **_byline(hit.article),
    }


def article_view(article: Article, start: int | None, end: int | None) -> dict[str, Any]:
    """A whole article, split around the span to show; a span outside of it is ignored."""
    text = article.text
    marked = start is not None and end is not None and 0 <= start < end <= len(text)
    first, last = (start, end) if marked else (0, 0)
    return {
        "article_id": article.article_id,
        "url": web_link(article.url),
        "before": text[:first],
        "quote": text[first:last],
        "after": text[last:],
        **_byline(article),
    }


def guided_view(article: Article, guide: Guide) -> dict[str, Any]:
    """A whole article in runs, its main sentences at the odd places, with the rest of its guide."""
    return {
        "runs": runs(article.text, guide.main),
        "main": [one_line(span.of(article.text)) for span in guide.main],
        "people": list(guide.people),
        "places": list(guide.places),
        "days": list(guide.days),
    }


def _byline(article: Article | None) -> dict[str, Any]:
    if article is None:
        return {"title": "An article that is no longer stored", "publisher": None, "day": None}
    return {
        "title": article.title,
        "publisher": article.publisher,
        "day": day(article.published_at),
    }
