"""Raw fields to the description of an article: title, publisher, author, date, link, each checked.

Fields come from front matter, JSON, tables or mail headers of unknown origin, under the names that
common programs give them. Invariant: each is bounded and typed here; one that cannot be used is
left out and told in `Article.remarks`, and never costs the article. The text is only ever looked
at, never changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from rag.articles import languages
from rag.articles.article import Article, normalise
from rag.articles.datelines import day_above
from rag.articles.dates import Stated, stated
from rag.errors import ArticleError

MAX_FIELD_CHARS = 2_000
MAX_TITLE_CHARS = 300
_LOOKED_AT_FOR_A_TITLE = 10
# What Hugo, Jekyll, Obsidian, Pelican, JSON Feed, schema.org and common corpora call each field,
# the surest name first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline", "heading"),
    "publisher": (
        *("publisher", "source", "site", "site_name", "sitename", "publication", "outlet"),
        *("newspaper", "source_name"),
    ),
    "author": ("author", "authors", "byline", "creator", "by", "writer"),
    "published_at": (
        *("published_at", "published", "date_published", "datepublished", "published_date"),
        *("publication_date", "publish_date", "publishdate", "pubdate", "pub_date"),
        *("published_on", "published_time", "date", "datetime", "timestamp"),
        *("date_created", "created", "created_at"),
    ),
    "url": (
        *("url", "link", "canonical_url", "canonical", "source_url", "original_url"),
        *("permalink", "href", "source", "external_url"),
    ),
    "language": ("language", "lang"),
}
TEXT_NAMES = ("text", "body", "content", "content_text", "article", "article_text", "maintext")
HTML_NAMES = ("content_html", "html", "body_html")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")
_WEB_ADDRESS = re.compile(r"https?://\S+")
# Lines at the top of a page that are no headline.
_CREDITED = r"words|text|photos?|photograph|images?|pictures?|graphics?|videos?"
_PERSON = r"(?-i:[A-Z])[\w.’'-]*"
_FIRST = (
    "skip|sponsored|promoted|paid|breaking|latest|top|local|world|national|read|see|share|follow|"
    "sign|log|subscribe|print|email|save|live|back|main|home|site|full"
)
_LAST = (
    "advertisements?|adverts?|ads?|content|posts?|news|stories|story|more|this|article|page|us|in|"
    "up|out|on|now|here|updates?|menu|home|search|subscribe|share|print|save|comments?|top"
)
_LABEL = re.compile(
    rf"(?:{_CREDITED})(?:\s*:|\s+by\b).*|by {_PERSON}(?:,? (?:and|{_PERSON})){{1,6}}"
    rf"|(?:(?:{_FIRST}) )*(?:{_LAST})"
    r"|(?:last |first )?(?:published|updated|posted|date)(?:\s*:|\s+(?:on|at)\b|\s+\d).*\d.*"
    r"|\d+ (?:min(?:ute)?s?(?: read)?|comments?|shares?)",
    re.IGNORECASE,
)
_IDEOGRAPHS = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def described(
    source: str,
    text: str,
    fields: Mapping[str, Any],
    *,
    where: str,
    fallback_title: str,
    remarks: Iterable[str] = (),
) -> Article:
    """An Article of normalised `text` and untrusted `fields`.

    Raises ArticleError only where there is no text.
    """
    if not text.strip():
        raise ArticleError(f"{where} is empty", fix="Put the article's text into it, or remove it.")
    found = _Description(fields, remarks)
    title = found.line("title")
    published = found.date() or day_above(text)
    url = found.url()
    return Article(
        source=source,
        text=text,
        title=title[:MAX_TITLE_CHARS] if title else title_of(text) or fallback_title,
        publisher=found.line("publisher", unlike=_WEB_ADDRESS),
        published_at=published.day if published else None,
        url=url,
        author=found.line("author"),
        published_as=published.told_as if published else None,
        language=languages.coded(found.line("language")) or languages.language_of(text),
        remarks=tuple(found.remarks),
    )


def canonical(name: object) -> str:
    """How a field's name is compared.

    >>> canonical("Date Published"), canonical("pub-date")
    ('date_published', 'pub_date')
    """
    return re.sub(r"[\W_]+", "_", str(name).strip().lower()).strip("_")


def named(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The value of the first of these fields that has one."""
    return next(
        (fields[name] for name in names if fields.get(name) not in (None, "", [], {})), None
    )


class _Description:
    """The fields by their plain names, and what is to be told of those that cannot be used."""

    def __init__(self, fields: Mapping[str, Any], remarks: Iterable[str]) -> None:
        self._fields = {canonical(name): value for name, value in reversed(list(fields.items()))}
        self.remarks = list(remarks)

    def line(self, name: str, unlike: re.Pattern[str] | None = None) -> str | None:
        """The value as one line of text; another name's where it is of the kind `unlike`."""
        for called in _NAMES[name]:
            value = self._fields.get(called)
            if value is None or value == "" or value == []:
                continue
            line = one_line(value)
            if line is None:
                self.remarks.append(f"its {called} is not a line of text and was left out")
            elif line and not (unlike and unlike.fullmatch(line)):
                return line
        return None

    def date(self) -> Stated | None:
        """The day as the source writes it, whatever its time zone."""
        problem = "cannot be read as one certain day; the article has no date"
        found: Stated | None = self._first("published_at", stated, problem)
        return found

    def url(self) -> str | None:
        """Where the article is on the web."""
        # A path of a site generator, or the name of a source, is no claim to be an address.
        found = self._first("url", _address, "is not a web address and was left out", "url")
        return found and str(found)

    def _first(
        self,
        name: str,
        read: Callable[[str], Any],
        problem: str,
        told_of: str | None = None,
    ) -> Any:
        unread: list[str] = []
        for called in _NAMES[name]:
            value = self._fields.get(called)
            line = one_line(value) if value not in (None, "", []) else ""
            if found := read(line) if line else None:
                return found
            if line != "" and told_of in (None, called):
                unread.append(f"its {called} {(line or str(value))[:60]!r} {problem}")
        self.remarks.extend(unread[:1])
        return None


def one_line(value: object) -> str | None:
    """Text, a number, a list or an object with a name as one line; None for anything else.

    >>> one_line(["[[Ada Holm]]", "Ben  Rook"]), one_line({"name": "Oban Daily"}), one_line(True)
    ('Ada Holm, Ben Rook', 'Oban Daily', None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        value = str(value)
    if isinstance(value, Mapping):
        value = named(value, ("name", "title", "$date"))  # the last is how MongoDB exports a date
    if isinstance(value, list | tuple):
        lines = [one_line(item) for item in value]
        value = None if None in lines else ", ".join(line for line in lines if line)
    if not isinstance(value, str) or len(value) > MAX_FIELD_CHARS:
        return None
    value = re.sub("[\x00\ud800-\udfff]", "\ufffd", value)
    return normalise(" ".join(_WIKI_LINK.sub(r"\1", value).split()))


def title_of(text: str) -> str | None:
    r"""The first markdown heading, or else the first of the opening lines that reads like one.

    >>> title_of("Advertisement\n\nFerry sinks off the coast\n\nIt sank.")
    'Ferry sinks off the coast'
    >>> title_of("```\n# pip install\n```\n\nMayor resigns\n\nShe left on Monday.")
    'Mayor resigns'
    """
    beginning = text[:10_000]
    heading, code = _heading_and_code(beginning)
    if heading:
        return heading[:MAX_TITLE_CHARS]
    lines = [line for number, line in enumerate(beginning.split("\n")) if number not in code]
    opening = [line.strip() for line in lines if line.strip()][:_LOOKED_AT_FOR_A_TITLE]
    return next((line for line in opening if _reads_like_a_title(line)), None)


def _reads_like_a_title(line: str) -> bool:
    if len(line) > MAX_TITLE_CHARS or _LABEL.fullmatch(line):
        return False
    words = len(line.split())
    if words == 2 and line[-1] in ".!?:":
        return False
    return words > 1 or len(_IDEOGRAPHS.findall(line)) > 3


def _heading_and_code(text: str) -> tuple[str | None, set[int]]:
    """The first heading of the upper three levels, and the numbers of the lines that are code."""
    from rag.articles.markdown import blocks

    code: set[int] = set()
    found = None
    for token, inline in blocks(text):
        if token.type in ("fence", "code_block", "html_block") and token.map:
            code.update(range(*token.map))
        elif token.type == "heading_open" and token.tag < "h4" and found is None and inline:
            # A line that is underlined is a heading; a paragraph of several is none.
            underlined = token.markup in "-=" and "\n" in inline.content
            found = None if underlined else " ".join(shown(inline).split()) or None
    return found, code


def shown(inline: Any) -> str:
    """The words of an inline token, without its marks."""
    return "".join(
        " " if part.type in ("softbreak", "hardbreak") else part.content
        for part in inline.children or ()
        if part.type in ("text", "code_inline", "softbreak", "hardbreak", "text_special")
    )


def _address(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
    except ValueError:
        return None
    return value if good else None
