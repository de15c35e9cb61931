"""Files and folders to articles; what cannot be read is named and the rest goes on.

Invariant: `read` never raises for bad content, it yields an ArticleError that names the file (and
line) with a fix.

To read another format, add a function to `READERS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.articles.article import Article, normalise
from rag.articles.extraction import extract
from rag.articles.fields import described
from rag.articles.limits import DEFAULT_LIMITS, Limits
from rag.articles.text_files import content_of, read_jsonl, read_text_file, storable
from rag.errors import ArticleError

Reader = Callable[[Path, Limits], Iterator[Article | ArticleError]]


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


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Article | ArticleError]:
    """The articles of one file, in order, with an ArticleError for each that cannot be read."""
    path = Path(os.path.normpath(path.absolute()))
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        yield _unknown_kind(path)
        return
    try:
        yield from reader(path, limits)
    except ArticleError as error:
        yield error
    except FileNotFoundError:
        yield _missing(path)
    except OSError as error:
        yield ArticleError(
            f"{path} cannot be read: {error.strerror or error}", fix="Check the file's permissions."
        )


def belongs(file: Path, folder: Path) -> bool:
    """True when `file`, somewhere in `folder`, is one that is read there.

    Hidden files, files of other kinds and links out of the folder are not.
    """
    inside = file.relative_to(folder).parts
    if file.suffix.lower() not in READERS or any(part.startswith(".") for part in inside):
        return False
    return not file.is_symlink() or file.resolve().is_relative_to(folder.resolve())


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

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(parent, name)
            if belongs(file, folder):
                yield file
    yield from refused


def _missing(path: Path) -> ArticleError:
    return ArticleError(f"{path} does not exist", fix="Check the path.")


def _unknown_kind(path: Path) -> ArticleError:
    kinds = " ".join(sorted(READERS))
    return ArticleError(f"{path} is not of a kind that can be read", fix=f"Known are: {kinds}.")


def _converted(kind: str) -> Reader:
    """The reader of a format that has to be parsed: one article a file."""

    def read_converted(path: Path, limits: Limits) -> Iterator[Article | ArticleError]:
        content = content_of(path, limits)
        if not content.strip():
            raise ArticleError(f"{path} is empty", fix="Put the article into it, or remove it.")
        found = extract(kind, content, where=str(path), limits=limits)
        yield article_of(str(path), found, where=str(path), fallback_title=path.stem)

    return read_converted


def article_of(
    source: str, found: Mapping[str, Any], *, where: str, fallback_title: str
) -> Article:
    """The article that an extractor found. Raises ArticleError."""
    fields = {
        name: storable(value) if isinstance(value, str) else value for name, value in found.items()
    }
    text = normalise(fields.pop("text"))
    return described(source, text, fields, where=where, fallback_title=fallback_title)


READERS: Mapping[str, Reader] = {
    ".md": read_text_file,
    ".txt": read_text_file,
    ".jsonl": read_jsonl,
    ".html": _converted("html"),
    ".htm": _converted("html"),
    ".xhtml": _converted("html"),
    ".pdf": _converted("pdf"),
    ".docx": _converted("docx"),
    ".odt": _converted("odt"),
}
