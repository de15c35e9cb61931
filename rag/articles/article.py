"""Span, Article, Passage: the text everything else points into.

Invariant: an article's text is normalised once, here, and never again; every span is a
half-open range of characters (Unicode code points) of that stored text.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
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


# Never drawn, whatever stands beside it: soft hyphen, zero-width space, word joiner, byte order
# mark and their like. A name that holds one is another name to every search.
_NEVER_DRAWN = "\u00ad\u180e\u200b\u2060-\u2064\ufeff"
# Joiners and marks of direction are spelling in the scripts that have them, and emoji are built of
# joiners; after Latin, Greek or Cyrillic letters they show nothing, nor do marks within a word.
_INVISIBLE = re.compile(
    rf"[{_NEVER_DRAWN}]+"
    rf"|(?<=[0-9A-Za-z\u00c0-\u052f\u1e00-\u1fff])[\u200c\u200d{_NEVER_DRAWN}]+"
    rf"|(?<=\w)[\u061c\u200e\u200f{_NEVER_DRAWN}]+(?=\w)"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x85\u2028]")


def normalise(text: str) -> str:
    r"""The only change ever made to article text: it is kept as it is displayed.

    That is Unicode NFC, `\n` line ends, and no character that is never drawn.

    >>> normalise("cafe\u0301\r\nopen\rnow")
    'café\nopen\nnow'
    >>> normalise("Anne\u200bgret Sol\u00adling")
    'Annegret Solling'
    """
    text = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    while (shown := unicodedata.normalize("NFC", _INVISIBLE.sub("", text))) != text:
        text = shown  # what is taken out may bring together what is drawn as one
    return text


def article_id_of(source: str) -> str:
    """16 hex digits for an identity.

    >>> article_id_of("a.txt")
    '18b7cb099a9ea3f5'
    """
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class LiveEntry:
    """One entry of a live page: where it stands, the day on which it was written, and the time.

    `time` is as 09:30, in the page's own time zone.
    """

    span: Span
    day: datetime.date
    time: str

    @classmethod
    def of(cls, span: Span, moment: str) -> LiveEntry:
        """Of a moment told as 2026-03-14T09:30.

        >>> LiveEntry.of(Span(0, 9), "2026-03-14T09:30").moment
        '2026-03-14T09:30'
        """
        day, _, time = moment.partition("T")
        return cls(span, datetime.date.fromisoformat(day), time)

    @property
    def moment(self) -> str:
        """The inverse of `of`."""
        return f"{self.day.isoformat()}T{self.time}"


@dataclass(frozen=True)
class Article:
    """One article as stored. `text` must already be normalised; `read` functions see to that.

    `source` is the identity: an absolute path, `path#id` for one of several in a file, or a URL.
    `published_as` is date and time as the source tells them, where that is more than the day;
    `language` is a code of ISO 639-1, None where it cannot be told. `entries` are those of a live
    page, in order, each written at a moment of its own. `remarks` is for the report: what could
    not be taken over as the source has it; it is not stored.

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
    author: str | None = None
    published_as: str | None = None
    language: str | None = None
    entries: tuple[LiveEntry, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        # Not all of `normalise`: what an older version stored still has to be read.
        if "\r" in self.text or not unicodedata.is_normalized("NFC", self.text):
            raise ValueError(f"article text is not normalised: {self.source!r}")

    def page_at(self, offset: int) -> int | None:
        r"""The page of a character, counted from 1; None in a text without pages.

        A form feed ends a page. Being part of the text, it needs no bookkeeping that could drift.

        >>> Article("a.pdf", "One.\n\n\fTwo.\n\n\f", "A").page_at(7)
        2
        """
        return self.text.count("\f", 0, offset) + 1 if "\f" in self.text else None

    def entry_at(self, offset: int) -> LiveEntry | None:
        """The entry of a live page in which a character stands; None outside of entries."""
        return next((it for it in self.entries if it.span.start <= offset < it.span.end), None)

    def written_on(self, offset: int) -> datetime.date | None:
        """The day on which what stands there was written: that of its entry, or the article's.

        >>> entry = LiveEntry.of(Span(10, 19), "2026-03-15T09:30")
        >>> live = Article("a", "It began. It ended.", "A", entries=(entry,))
        >>> live.written_on(0), live.written_on(12)
        (None, datetime.date(2026, 3, 15))
        """
        entry = self.entry_at(offset)
        return entry.day if entry else self.published_at

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
        fields = (
            *(self.sha256, self.title, self.publisher, self.published_at, self.url),
            *(self.author, self.published_as, self.language),
            *self.entries,  # none of most articles, whose fingerprints stay what they were
        )
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
    """The name by which questions speak of an article: its file name, or its id in a file of many.

    >>> name_of("/news/bridge.md"), name_of("/news/all.jsonl#a-17"), name_of("https://x.org/a/b")
    ('bridge.md', 'a-17', 'b')
    >>> name_of("/news/week.zip#monday/ferry.txt")
    'ferry.txt'
    """
    path, _, fragment = source.partition("#")
    is_address = "://" in path
    return (path if is_address or not fragment else fragment).rstrip("/").rpartition("/")[2]
