"""Text and Markdown to articles, as they are written.

Invariant: text reaches an Article as it was written, but for `normalise` and the rows of its
tables, which are kept with their headings; a character that no UTF-8 or database can hold (NUL, a
lone surrogate) becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from rag.articles import frontmatter
from rag.articles.article import Article, normalise
from rag.articles.fields import described
from rag.articles.given import Found, Given
from rag.articles.limits import Limits
from rag.articles.tables import rows_with_headings
from rag.errors import ArticleError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_GUESSED_FROM = 50_000
_WESTERN = "cp1252"
# Most of a Western text is plain letters; in another script most bytes are high.
_MOST_ACCENTED = 0.3
_DATED_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-(?=[^\W\d])")


def read_text_file(given: Given, limits: Limits) -> Iterator[Found]:
    """A text or Markdown file with its front matter. Raises ArticleError."""
    yield text_article(
        given.source, given.content(limits), where=given.source, fallback_title=given.stem
    )


def text_article(
    source: str, content: bytes, *, where: str, fallback_title: str, charset: str | None = None
) -> Article:
    """The article of a text with its front matter; `charset` is a server's word on its encoding.

    Raises ArticleError.
    """
    text, remarks = decoded(content, where, charset)
    found = frontmatter.split(normalise(text))
    fields = found.fields
    dated = _DATED_NAME.match(PurePosixPath(source).name) if fields else None
    if dated:  # as Jekyll names a post; front matter comes first
        fields = {**fields, "created": fields.get("created") or dated[1]}
    return described(
        source,
        normalise(rows_with_headings(found.body)),
        fields,
        where=where,
        fallback_title=fallback_title,
        remarks=(*remarks, *found.remarks),
    )


def decoded(data: bytes, where: str, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """A text's bytes as text, and what is to be told of it: the encoding, where it is a guess.

    By its byte order mark, the server's word, UTF-8, and else as it is most likely meant. Raises
    ArticleError for what is no text.
    """
    for mark, name in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            with suppress(UnicodeDecodeError):
                return storable(data.decode(name)), ()
            told = f"some of its bytes are no {name.removesuffix('-sig').upper()} and were replaced"
            return storable(data.decode(name, "replace")), (told,)
    if charset:
        with suppress(LookupError, UnicodeError):
            return storable(data.decode(charset)), ()
    if b"\0" in data:
        raise ArticleError(f"{where} is not text (it holds binary data)", fix="Remove it.")
    with suppress(UnicodeDecodeError):
        return storable(data.decode("utf-8")), ()
    guess = _likely_encoding(data)
    shown = "windows-1252" if guess == _WESTERN else guess
    told = f"it is not UTF-8 and was read as {shown}"
    return storable(data.decode(guess, "replace")), (told,)


def _likely_encoding(data: bytes) -> str:
    high = sum(byte > 127 for byte in data)
    letters = sum(65 <= byte <= 122 for byte in data)
    # A UTF-8 text with a broken byte or two, cut off for example, is no other encoding.
    shown = data.decode("utf-8", "replace")
    if shown.count("\ufffd") * 4 < high:
        return "utf-8"
    if high < _MOST_ACCENTED * max(letters, 1):
        return _WESTERN
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_GUESSED_FROM]).best()
    return best.encoding if best else _WESTERN


def storable(text: str) -> str:
    """The text with U+FFFD for what cannot be stored."""
    return _UNSTORABLE.sub("\ufffd", text)
