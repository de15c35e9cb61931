"""Articles that come in through the page or the API: uploaded files, and addresses of the web.

Both are strangers' words. Invariant: a name never leads out of the folder of uploads, and an
address is never read as a path of this machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from rag.articles.addresses import normalised
from rag.articles.limits import MEGABYTE
from rag.errors import ArticleError
from rag.web.article_bodies import FailedFile, Ingested, Item, PassedOverFile, Remarked
from rag.web.desk import Desk

if TYPE_CHECKING:
    from rag.index.ingest import Taken

MAX_ITEMS = 50


def not_too_many(items: int) -> None:
    """Raises ArticleError for more files and addresses than one request may bring."""
    if items > MAX_ITEMS:
        raise ArticleError(f"{items} files and addresses at once", fix=f"Send at most {MAX_ITEMS}.")


def kept_upload(path: Path, content: bytes) -> Path:
    """Write an uploaded file for its owner only, never through a link. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
    return path


def ingest_sent(
    desk: Desk,
    folder: Path,
    files: Iterable[tuple[str, bytes]],
    addresses: Iterable[str],
    max_file_bytes: int,
) -> Ingested:
    """Read files (name, content), which are kept in `folder`, and web addresses as articles.

    An address without its scheme is one of https. What cannot be read is named with its reason,
    and such a file is not kept. Raises InputError and StoreError as `Newsroom.ingest`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    items: list[tuple[str, Path | str | ArticleError]] = [
        (name, _kept(name, content, folder, max_file_bytes)) for name, content in files
    ]
    paths = [path for _, path in items if isinstance(path, Path)]
    items += [(address, _meant(address)) for address in addresses]
    readable = [item for _, item in items if not isinstance(item, ArticleError)]
    if not readable:
        return Ingested.of(
            [_became(name, why) for name, why in items if isinstance(why, ArticleError)]
        )
    newsroom = desk.newsroom()
    taken = iter(newsroom.ingest(readable).taken)
    known = {one.source.split("#")[0] for one in newsroom.articles()} if paths else set()
    for path in paths:
        if str(path.resolve()) not in known:
            path.unlink(missing_ok=True)
    # Whoever sent a file knows it by its name, and need not know where it is kept.
    kept = f"{folder.resolve()}{os.sep}"
    return Ingested.of(
        [
            _became(name, item if isinstance(item, ArticleError) else next(taken), without=kept)
            for name, item in items
        ]
    )


def _kept(name: str, content: bytes, folder: Path, max_bytes: int) -> Path | ArticleError:
    """The uploaded file in its place, or why it is not there."""
    # Only the last part of the name counts, whichever system it comes from.
    plain = PurePath(name.replace("\\", "/")).name
    plain = "".join(char for char in plain if char.isprintable())[-150:].lstrip(".")
    if not plain:
        return ArticleError("A file without a name", fix="Give it a name.")
    if len(content) > max_bytes:
        limit = f"Send at most {max_bytes // MEGABYTE} MB."
        return ArticleError(f"{plain} is too large", fix=limit)
    try:
        return kept_upload(folder / plain, content)
    except OSError as error:
        problem = f"{plain} cannot be kept: {error.strerror or error}"
        return ArticleError(problem, fix="Give it another, shorter name.")


def _meant(typed: str) -> str | ArticleError:
    """The address that was meant, never a path of this machine, or why it is none."""
    address = typed.strip()
    try:
        return normalised(address if "://" in address else f"https://{address}")
    except ArticleError as error:
        return error


def _became(name: str, taken: Taken | ArticleError, without: str = "\0") -> Item:
    """What became of an item; `without` is left out of what is told."""
    if isinstance(taken, ArticleError):
        return Item(name=name, failed=(_told(taken, without),))
    return Item(
        name=name,
        added=taken.added,
        updated=taken.updated,
        unchanged=taken.unchanged,
        failed=tuple(_told(error, without) for error in taken.failed),
        passed_over=tuple(
            PassedOverFile(source=it.source.replace(without, ""), why=it.why)
            for it in taken.passed_over
        ),
        remarks=tuple(
            Remarked(source=it.source.replace(without, ""), remark=it.text) for it in taken.remarks
        ),
        languages=dict(taken.languages),
    )


def _told(error: ArticleError, without: str) -> FailedFile:
    return FailedFile(problem=f"{error.problem}.".replace(without, ""), fix=error.fix)
