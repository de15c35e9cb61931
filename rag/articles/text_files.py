"""Text, markdown and JSON lines to articles, word for word.

Invariant: text reaches an Article as it was written, changed only by `normalise`; a character that
no UTF-8 or database can hold (NUL, a lone surrogate) becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rag.articles import frontmatter
from rag.articles.article import Article, normalise
from rag.articles.fields import described
from rag.articles.limits import Limits
from rag.errors import ArticleError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def content_of(path: Path, limits: Limits) -> bytes:
    """All bytes of a file. Raises ArticleError when it is too large, or no ordinary file."""
    if path.exists() and not path.is_file():  # a pipe or device may never end
        raise ArticleError(f"{path} is no ordinary file", fix="Give a file or a folder.")
    with path.open("rb") as file:
        content = file.read(limits.file_bytes + 1)
    if len(content) > limits.file_bytes:
        raise ArticleError(
            f"{path} is too large for one article "
            f"({path.stat().st_size:,} bytes, limit {limits.file_bytes:,})",
            fix="Split it into articles, for example as one JSONL line each, "
            "or raise GROUNDWIRE_MAX_FILE_MB.",
        )
    return content


def read_text_file(path: Path, limits: Limits) -> Iterator[Article | ArticleError]:
    """A text or markdown file with its front matter. Raises ArticleError."""
    content = content_of(path, limits)
    yield text_article(str(path), content, where=str(path), fallback_title=path.stem)


def text_article(
    source: str, content: bytes, *, where: str, fallback_title: str, charset: str | None = None
) -> Article:
    """The article of a text with its front matter; `charset` is a server's word on its encoding.

    Raises ArticleError.
    """
    text = normalise(_decoded(content, where, charset))
    try:
        fields, body = frontmatter.split(text)
    except frontmatter.FrontMatterError as error:
        raise ArticleError(
            f"{where}, line {error.line}: {error}",
            fix='Write "key: value" lines between two --- lines, values with a colon in quotes.',
        ) from None
    return described(source, body, fields, where=where, fallback_title=fallback_title)


def read_jsonl(path: Path, limits: Limits) -> Iterator[Article | ArticleError]:
    """An article, or what is wrong with it, for each line. Raises ArticleError when empty."""
    seen: dict[str, int] = {}
    articles = 0
    with path.open("rb") as lines:
        for number in itertools.count(1):
            line = lines.readline(limits.file_bytes + 1)
            if not line:
                break
            where = f"{path}, line {number}"
            too_long = len(line) > limits.file_bytes
            while len(line) > limits.file_bytes and not line.endswith(b"\n"):
                line = lines.readline(limits.file_bytes + 1)
                if not line:
                    break
            try:
                if too_long:
                    raise ArticleError(
                        f"{where}: longer than {limits.file_bytes:,} bytes",
                        fix="Split the article.",
                    )
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                if line.strip():
                    articles += 1
                    yield _article_of_line(path, line, where, number, seen)
            except ArticleError as error:
                yield error
    if not articles:
        raise ArticleError(f"{path} is empty", fix="Put one JSON object on each line.")


def _article_of_line(
    path: Path, line: bytes, where: str, number: int, seen: dict[str, int]
) -> Article:
    try:
        record = json.loads(_decoded(line, where))
    except RecursionError:
        raise ArticleError(f"{where}: nested too deeply", fix=_JSONL_FIX) from None
    except ValueError as error:
        problem = error.msg if isinstance(error, json.JSONDecodeError) else "a number is too long"
        raise ArticleError(f"{where}: not valid JSON ({problem})", fix=_JSONL_FIX) from None
    if not isinstance(record, dict):
        raise ArticleError(f"{where}: not a JSON object", fix=_JSONL_FIX)
    identity = record.get("id", record.get("_id"))
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if not isinstance(identity, str) or not identity.strip():
        raise ArticleError(f'{where}: no "id"', fix=_JSONL_FIX)
    identity = normalise(storable(identity.strip()))
    if identity in seen:
        raise ArticleError(
            f"{where}: the id {identity!r} was already used in line {seen[identity]}",
            fix="Give every line an id of its own.",
        )
    seen[identity] = number
    text = record.get("text")
    if not isinstance(text, str):
        raise ArticleError(f'{where}: no "text"', fix=_JSONL_FIX)
    fields = {**_metadata(record), **{name: value for name, value in record.items() if value}}
    return described(
        f"{path}#{identity}",
        normalise(storable(text)),
        {
            name: storable(value) if isinstance(value, str) else value
            for name, value in fields.items()
        },
        where=where,
        fallback_title=identity,
    )


_JSONL_FIX = 'Each line is one object: {"id": "…", "title": "…", "text": "…"}.'


def _metadata(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields that BEIR-shaped corpora keep one level down."""
    inner = record.get("metadata")
    return inner if isinstance(inner, dict) else {}


def _decoded(data: bytes, where: str, charset: str | None = None) -> str:
    encoding = "utf-8"
    for mark, name in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            encoding = name
    if encoding == "utf-8" and charset:
        with suppress(LookupError, UnicodeError):
            return storable(data.decode(charset))
    if encoding == "utf-8" and b"\0" in data:
        raise ArticleError(f"{where} is not text (it holds binary data)", fix="Remove it.")
    try:
        return storable(data.decode(encoding))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        at = f"byte {error.start + 1} in line {line}"
        raise ArticleError(
            f"{where} is not valid {encoding.upper()} ({at})", fix="Save it as UTF-8."
        ) from None


def storable(text: str) -> str:
    """The text with U+FFFD for what cannot be stored."""
    return _UNSTORABLE.sub("\ufffd", text)
