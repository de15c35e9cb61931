"""Files and folders to articles; what cannot be read is named and the rest goes on.

Invariant: `read` never raises for bad content, it yields an ArticleError that names the file (and
line) with a fix. Text reaches an Article as it was written, changed only by `normalise`; a
character that no UTF-8 or database can hold (NUL, a lone surrogate) becomes U+FFFD.

To read another format, add a function to `READERS`.
"""

from __future__ import annotations

import codecs
import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.articles import frontmatter
from rag.articles.article import Article, normalise
from rag.articles.fields import described
from rag.errors import ArticleError

MAX_FILE_BYTES = 16_000_000
MAX_LINE_BYTES = 16_000_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

Reader = Callable[[Path], Iterator[Article | ArticleError]]


def find(paths: Iterable[Path | str]) -> Iterator[Path | ArticleError]:
    """Every readable file among `paths` and in the folders among them, sorted, each once.

    In folders, hidden files, files of other kinds and links out of the folder are passed over;
    a path given by name that is missing or of another kind is an ArticleError.
    """
    seen: set[Path] = set()
    for given in paths:
        path = Path(given).absolute()
        for found in _files_of(path):
            if isinstance(found, ArticleError):
                yield found
            elif (file := Path(os.path.normpath(found))) not in seen:
                seen.add(file)
                yield file


def read(path: Path) -> Iterator[Article | ArticleError]:
    """The articles of one file, in order, with an ArticleError for each that cannot be read."""
    path = Path(os.path.normpath(path.absolute()))
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        yield _unknown_kind(path)
        return
    try:
        yield from reader(path)
    except ArticleError as error:
        yield error
    except FileNotFoundError:
        yield _missing(path)
    except OSError as error:
        yield ArticleError(
            f"{path} cannot be read: {error.strerror or error}", fix="Check the file's permissions."
        )


def _files_of(path: Path) -> Iterator[Path | ArticleError]:
    try:
        if path.is_dir():
            yield from _files_in(path)
        elif not path.exists():
            yield _missing(path)
        elif path.suffix.lower() not in READERS:
            yield _unknown_kind(path)
        else:
            yield path
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        yield ArticleError(f"{path} cannot be opened: {reason}", fix="Check the path.")


def _files_in(folder: Path) -> Iterator[Path | ArticleError]:
    refused: list[ArticleError] = []

    def refuse(error: OSError) -> None:
        where = error.filename or folder
        refused.append(
            ArticleError(
                f"{where} cannot be read: {error.strerror}", fix="Check the folder's permissions."
            )
        )

    home = folder.resolve()
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(parent, name)
            if name.startswith(".") or file.suffix.lower() not in READERS:
                continue
            if file.is_symlink() and not file.resolve().is_relative_to(home):
                continue
            yield file
    yield from refused


def _read_text_file(path: Path) -> Iterator[Article | ArticleError]:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise ArticleError(
            f"{path} is too large for one article ({size:,} bytes, limit {MAX_FILE_BYTES:,})",
            fix="Split it into articles, for example as one JSONL line each.",
        )
    text = normalise(_decoded(path.read_bytes(), str(path)))
    try:
        fields, body = frontmatter.split(text)
    except frontmatter.FrontMatterError as error:
        raise ArticleError(
            f"{path}, line {error.line}: {error}",
            fix='Write "key: value" lines between two --- lines, values with a colon in quotes.',
        ) from None
    yield described(str(path), body, fields, where=str(path), fallback_title=path.stem)


def _read_jsonl(path: Path) -> Iterator[Article | ArticleError]:
    seen: dict[str, int] = {}
    articles = 0
    with path.open("rb") as lines:
        for number in itertools.count(1):
            line = lines.readline(MAX_LINE_BYTES + 1)
            if not line:
                break
            where = f"{path}, line {number}"
            too_long = len(line) > MAX_LINE_BYTES
            while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                line = lines.readline(MAX_LINE_BYTES + 1)
                if not line:
                    break
            try:
                if too_long:
                    raise ArticleError(
                        f"{where}: longer than {MAX_LINE_BYTES:,} bytes", fix="Split the article."
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
    identity = normalise(_storable(identity.strip()))
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
        normalise(_storable(text)),
        {
            name: _storable(value) if isinstance(value, str) else value
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


def _decoded(data: bytes, where: str) -> str:
    encoding = "utf-8"
    for mark, name in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            encoding = name
    if encoding == "utf-8" and b"\0" in data:
        raise ArticleError(f"{where} is not text (it holds binary data)", fix="Remove it.")
    try:
        return _storable(data.decode(encoding))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        at = f"byte {error.start + 1} in line {line}"
        raise ArticleError(
            f"{where} is not valid {encoding.upper()} ({at})", fix="Save it as UTF-8."
        ) from None


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _missing(path: Path) -> ArticleError:
    return ArticleError(f"{path} does not exist", fix="Check the path.")


def _unknown_kind(path: Path) -> ArticleError:
    kinds = " ".join(sorted(READERS))
    return ArticleError(f"{path} is not of a kind that can be read", fix=f"Known are: {kinds}.")


READERS: Mapping[str, Reader] = {
    ".md": _read_text_file,
    ".txt": _read_text_file,
    ".jsonl": _read_jsonl,
}
