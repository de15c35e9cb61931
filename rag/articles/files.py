"""Files and folders to articles; what cannot be read is named and the rest goes on.

Invariant: `read` never raises for bad content, it yields an ArticleError that names the file (and
line) with a fix; and no file in a folder is left out without a word, but for hidden ones.

Which formats there are, and how each is read: `rag.articles.formats`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.articles.article import Article, normalise
from rag.articles.extraction import extract
from rag.articles.fields import described
from rag.articles.formats import SUFFIXES, Format, format_of
from rag.articles.given import Found, Given, PassedOver
from rag.articles.limits import DEFAULT_LIMITS, Limits
from rag.articles.live_entries import live_entries
from rag.articles.text_files import storable
from rag.errors import ArticleError

_LEADS_OUT = "is a link that leads out of the folder"


def find(paths: Iterable[Path | str]) -> Iterator[Path | PassedOver | ArticleError]:
    """Every readable file among `paths` and in the folders among them, sorted, each once.

    In folders, hidden files are passed over without a word; files of other kinds and links out of
    the folder with one. A path given by name that is missing or of another kind is an ArticleError.
    """
    seen: set[Path] = set()
    for given in paths:
        path = Path(given).absolute()
        for found in _files_of(path):
            if not isinstance(found, Path):
                yield found
            elif (file := Path(os.path.normpath(found))) not in seen:
                seen.add(file)
                yield file


def read(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Found]:
    """The articles of one file, in order, with an ArticleError for each that cannot be read."""
    path = Path(os.path.normpath(path.absolute()))
    if path.exists() and not path.is_file():  # a pipe or device may never end
        yield ArticleError(f"{path} is no ordinary file", fix="Give a file or a folder.")
        return
    yield from read_given(Given.at(path), limits)


def read_given(given: Given, limits: Limits) -> Iterator[Found]:
    """The articles of a file, wherever it lies; as `read`."""
    row = format_of(given.source)
    if row is None:
        yield _unknown_kind(given.source)
        return
    try:
        yield from (
            row.load_reader()(given, limits) if row.reader else _extracted(row, given, limits)
        )
    except ArticleError as error:
        yield error
    except FileNotFoundError:
        yield _missing(given.source)
    except OSError as error:
        yield ArticleError(
            f"{given.source} cannot be read: {error.strerror or error}",
            fix="Check the file's permissions.",
        )


def belongs(file: Path, folder: Path) -> bool:
    """True when `file`, somewhere in `folder`, is one that is read there.

    Hidden files, files of other kinds and links out of the folder are not.
    """
    return not _hidden(file, folder) and _passed_over(file, folder) is None


def _hidden(file: Path, folder: Path) -> bool:
    """True for hidden files, and those with which Office notes who has a file open."""
    return file.name.startswith("~$") or any(
        part.startswith(".") for part in file.relative_to(folder).parts
    )


def _passed_over(file: Path, folder: Path) -> PassedOver | None:
    """Why a file in the folder is not read, if it is not."""
    if format_of(file.name) is None:
        return PassedOver(str(file), unread_kind(file.name))
    if file.is_symlink() and not file.resolve().is_relative_to(folder.resolve()):
        return PassedOver(str(file), _LEADS_OUT)
    return None


def unread_kind(name: str) -> str:
    """That files of this ending are not read."""
    ending = Path(name).suffix.lower()
    return f"{ending} files are not read" if ending else "files without an ending are not read"


def _files_of(path: Path) -> Iterator[Path | PassedOver | ArticleError]:
    try:
        if path.is_dir():
            yield from _files_in(path)
        elif not path.exists():
            yield _missing(str(path))
        elif format_of(path.name) is None:
            yield _unknown_kind(str(path))
        else:
            yield path
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        yield ArticleError(f"{path} cannot be opened: {reason}", fix="Check the path.")


def _files_in(folder: Path) -> Iterator[Path | PassedOver | ArticleError]:
    refused: list[ArticleError] = []

    def refuse(error: OSError) -> None:
        where = error.filename or folder
        refused.append(
            ArticleError(
                f"{where} cannot be read: {error.strerror}", fix="Check the folder's permissions."
            )
        )

    for parent, folders, names in os.walk(folder, onerror=refuse):
        for name in sorted(folders):
            if Path(parent, name).is_symlink() and not name.startswith("."):
                yield PassedOver(str(Path(parent, name)), "is a link to a folder")
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(parent, name)
            if not _hidden(file, folder):
                yield _passed_over(file, folder) or file
    yield from refused


def _missing(source: str) -> ArticleError:
    return ArticleError(f"{source} does not exist", fix="Check the path.")


def _unknown_kind(source: str) -> ArticleError:
    kinds = " ".join(sorted(SUFFIXES))
    return ArticleError(f"{source} is not of a kind that can be read", fix=f"Known are: {kinds}.")


def _extracted(row: Format, given: Given, limits: Limits) -> Iterator[Found]:
    """The articles of a file that has to be parsed."""
    content = given.content(limits)
    if not content.strip():
        raise ArticleError(f"{given.source} is empty", fix="Put the article into it, or remove it.")
    found = extract(row.name, content, where=given.source, limits=limits)
    yield from articles_of(given.source, found, fallback_title=given.stem)


def articles_of(
    source: str, found: Mapping[str, Any], *, fallback_title: str
) -> Iterator[Article | ArticleError]:
    """The one article that an extractor found in a file, or each of its `articles`."""
    if "articles" not in found:
        yield article_of(source, found, where=source, fallback_title=fallback_title)
        return
    for article in found["articles"]:
        fields = dict(article)
        where = f"{source}#{fields.pop('id')}"
        try:
            yield article_of(where, fields, where=where, fallback_title=fallback_title)
        except ArticleError as error:
            yield error


def article_of(
    source: str, found: Mapping[str, Any], *, where: str, fallback_title: str
) -> Article:
    """The article that an extractor found: its `text`, `remarks` and fields.

    Raises ArticleError.
    """
    fields = {
        name: storable(value) if isinstance(value, str) else value for name, value in found.items()
    }
    raw = fields.pop("text")
    remarks = fields.pop("remarks", None) or ()
    entries = live_entries(raw, fields.pop("entries", ()))
    article = described(
        source, normalise(raw), fields, where=where, fallback_title=fallback_title, remarks=remarks
    )
    return replace(article, entries=entries) if entries else article
