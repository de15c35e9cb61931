"""Articles that come in through the page or the API: uploaded files, and addresses of the web.

Both are strangers' words. Invariant: a name never leads out of the folder of uploads, and an
address is never read as a path of this machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from rag.articles.addresses import normalised
from rag.articles.limits import MEGABYTE
from rag.errors import ArticleError
from rag.web.desk import Desk
from rag.web.schema import FailedFile, Ingested

if TYPE_CHECKING:
    from rag.index.ingest import IngestReport

MAX_FILES = 50


def not_too_many(files: Sized) -> None:
    """Raises ArticleError for more files than one request may bring."""
    if len(files) > MAX_FILES:
        raise ArticleError(f"{len(files)} files at once", fix=f"Send at most {MAX_FILES}.")


def kept_upload(path: Path, content: bytes) -> Path:
    """Write an uploaded file for its owner only, never through a link. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
    return path


def ingest_uploads(
    desk: Desk,
    folder: Path,
    files: Iterable[tuple[str, bytes]],
    max_file_bytes: int,
) -> Ingested:
    """Keep uploaded files (name, content) in `folder` and read them as articles.

    A file that cannot be read is named with its reason and not kept. Raises InputError and
    StoreError as `Newsroom.ingest`.
    """
    failed: list[FailedFile] = []
    paths: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files:
        # Only the last part of the name counts, whichever system it comes from.
        plain = PurePath(name.replace("\\", "/")).name
        plain = "".join(char for char in plain if char.isprintable())[-150:].lstrip(".")
        if not plain:
            failed.append(FailedFile(problem="A file without a name.", fix="Give it a name."))
        elif len(content) > max_file_bytes:
            limit = f"Send at most {max_file_bytes // MEGABYTE} MB."
            failed.append(FailedFile(problem=f"{plain} is too large.", fix=limit))
        else:
            try:
                paths.append(kept_upload(folder / plain, content))
            except OSError as error:
                problem = f"{plain} cannot be kept: {error.strerror or error}."
                failed.append(FailedFile(problem=problem, fix="Give it another, shorter name."))
    if not paths:
        return Ingested(added=0, updated=0, unchanged=0, failed=tuple(failed))
    newsroom = desk.newsroom()
    report = newsroom.ingest(paths)
    known = {one.source.split("#")[0] for one in newsroom.articles()}
    for path in paths:
        if str(path.resolve()) not in known:
            path.unlink(missing_ok=True)
    # Whoever sent a file knows it by its name, and need not know where it is kept.
    kept = f"{folder.resolve()}{os.sep}"
    failed += [
        FailedFile(problem=f"{e.problem}.".replace(kept, ""), fix=e.fix) for e in report.failed
    ]
    return _ingested(report, failed)


def ingest_address(desk: Desk, address: str) -> Ingested:
    """Fetch an article or a feed from the web; an address without its scheme is one of https.

    Raises ArticleError for what is no address, whatever it names on this machine's disk.
    """
    typed = address.strip()
    wanted = normalised(typed if "://" in typed else f"https://{typed}")
    report = desk.newsroom().ingest([wanted])
    failed = [FailedFile(problem=f"{e.problem}.", fix=e.fix) for e in report.failed]
    return _ingested(report, failed)


def _ingested(report: IngestReport, failed: Sequence[FailedFile]) -> Ingested:
    return Ingested(
        added=report.added,
        updated=report.updated,
        unchanged=report.unchanged,
        failed=tuple(failed),
    )
