"""Span, Article, Passage: the text everything else points into.

Invariant: an article's text is normalised once, here, and never again; every span is a
half-open range of characters (Unicode code points) of that stored text.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character range `[start, end)`, never empty.

    >>> Span(4, 9).of("The ferry sank.")
    'ferry'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """The characters of `text` in this span."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """True when the two share a character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """True when `other` lies inside this one."""
        return self.start <= other.start and other.end <= self.end


def normalise(text: str) -> str:
    r"""The only change ever made to article text: Unicode NFC and `\n` line ends.

    >>> normalise("cafe\u0301\r\nopen\rnow")
    'café\nopen\nnow'
    """
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def article_id_of(source: str) -> str:
    """16 hex digits for an identity.

    >>> article_id_of("a.txt")
    '18b7cb099a9ea3f5'
    """
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Article:
    """One article as stored. `text` must already be normalised; `read` functions see to that.

    `source` is the identity: an absolute path, `path#id` for a JSONL line, or a URL.

    >>> article = Article(source="a.txt", text="It rained.", title="Rain")
    >>> article.article_id == Article(source="a.txt", text="It stopped.", title="").article_id
    True
    """

    source: str
    text: str
    title: str
    publisher: str | None = None
    published_at: datetime.date | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if self.text != normalise(self.text):
            raise ValueError(f"article text is not normalised: {self.source!r}")

    def page_at(self, offset: int) -> int | None:
        r"""The page of a character, counted from 1; None in a text without pages.

        A form feed ends a page. Being part of the text, it needs no bookkeeping that could drift.

        >>> Article("a.pdf", "One.\n\n\fTwo.\n\n\f", "A").page_at(7)
        2
        """
        return self.text.count("\f", 0, offset) + 1 if "\f" in self.text else None

    @cached_property
    def article_id(self) -> str:
        """16 hex digits that stay the same for every version of this article."""
        return article_id_of(self.source)

    @cached_property
    def sha256(self) -> str:
        """Hash of the stored text: the version."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        """Hash of everything stored about the article: what decides "unchanged" at ingest."""
        fields = (self.sha256, self.title, self.publisher, self.published_at, self.url)
        return hashlib.sha256(repr(fields).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Passage:
    """A run of whole sentences of one article.

    `sentences` are spans of the *article*, in order; `span` runs from the first to the last.
    `text` is `span.of(article.text)`.
    """

    passage_id: str
    article_id: str
    ordinal: int
    text: str
    sentences: tuple[Span, ...] = field(repr=False)

    @property
    def span(self) -> Span:
        return Span(self.sentences[0].start, self.sentences[-1].end)

    def quote(self, span: Span) -> str:
        """The words of an article span that lies inside this passage.

        >>> p = Passage("p", "a", 0, "It sank. All lived.", (Span(10, 18), Span(19, 29)))
        >>> p.quote(p.sentences[1])
        'All lived.'
        """
        if not self.span.contains(span):
            raise ValueError(f"{span} lies outside passage {self.passage_id}")
        return self.text[span.start - self.span.start : span.end - self.span.start]


def lies_in(source: str, path: str) -> bool:
    """True when `source` is the file `path`, a line of it, or in the folder `path`.

    >>> lies_in("/news/a.jsonl#7", "/news/a.jsonl"), lies_in("/newsroom/a.md", "/news")
    (True, False)
    """
    return source == path or source.startswith((f"{path}#", f"{path.rstrip(os.sep)}{os.sep}"))


def name_of(source: str) -> str:
    """The name by which questions speak of an article: its file name, or its id in a `.jsonl`.

    >>> name_of("/news/bridge.md"), name_of("/news/all.jsonl#a-17"), name_of("https://x.org/a/b")
    ('bridge.md', 'a-17', 'b')
    """
    path, _, fragment = source.partition("#")
    return fragment if fragment and path.endswith(".jsonl") else path.rstrip("/").rpartition("/")[2]
