"""A zip file of articles: each file in it is read as it would be in a folder.

Invariant: nothing is unpacked to the disk, so no name in an archive leads anywhere; what is read of
it is bounded by what comes out, whatever the archive declares; and every file in it that is not
read is told, but for hidden ones.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from rag.articles.formats import format_of
from rag.articles.given import Found, Given, PassedOver
from rag.articles.limits import Limits
from rag.errors import ArticleError

_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, EOFError, KeyError, ValueError),
)


def read_zip(given: Given, limits: Limits) -> Iterator[Found]:
    """The articles of the files in a zip file. Raises ArticleError, OSError."""
    with given.open() as file:
        _bound(file, given.source, limits)
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED as error:
            raise ArticleError(
                f"{given.source} is no sound zip file ({error})", fix="Pack it anew."
            ) from None
        with archive:
            yield from _members(archive, given.source, limits)


def _bound(file: BinaryIO, source: str, limits: Limits) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    if size > limits.unpacked_bytes:
        raise ArticleError(
            f"{source} is too large ({size:,} bytes, limit {limits.unpacked_bytes:,})",
            fix="Split it, or raise GROUNDWIRE_MAX_FILE_MB.",
        )


def _members(archive: zipfile.ZipFile, source: str, limits: Limits) -> Iterator[Found]:
    from rag.articles.files import read_given, unread_kind

    entries = archive.infolist()
    if len(entries) > limits.packed_files:
        raise ArticleError(
            f"{source} holds {len(entries):,} files, more than {limits.packed_files:,}",
            fix="Split it.",
        )
    left = limits.unpacked_bytes
    seen: set[str] = set()
    for entry in entries:
        parts = _parts(entry.filename)
        if entry.is_dir() or not parts or _is_hidden(parts):
            continue
        member = f"{source}#{'/'.join(parts)}"
        row = format_of(parts[-1])
        if row is None:
            yield PassedOver(member, unread_kind(parts[-1]))
        elif row.name == "zip":
            yield PassedOver(member, "an archive within an archive is not read")
        elif member in seen:
            yield PassedOver(member, "the archive holds two files of this name")
        else:
            seen.add(member)
            try:
                content = _content(archive, entry, member, min(limits.file_bytes, left))
            except ArticleError as error:
                yield error
                continue
            left -= len(content)
            yield from read_given(Given.holding(member, content), limits)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: str, most: int) -> bytes:
    """What is packed, at most so many bytes of it. Raises ArticleError."""
    if entry.flag_bits & 1:
        raise ArticleError(f"{member} is encrypted", fix="Pack it without a password.")
    try:
        with archive.open(entry) as packed:
            content = packed.read(most + 1)
    except (*_DAMAGED, OSError) as error:
        raise ArticleError(f"{member} cannot be unpacked ({error})", fix="Pack it anew.") from None
    if len(content) > most:
        raise ArticleError(
            f"{member} unpacks to more than {most:,} bytes",
            fix="Split it, or raise GROUNDWIRE_MAX_FILE_MB if you trust it.",
        )
    return content


def _parts(name: str) -> list[str]:
    """The parts of a packed file's name, without those that lead upwards or steer a terminal."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in name.replace("\\", "/"))
    return [part for part in plain.split("/") if part not in ("", ".", "..")]


def _is_hidden(parts: list[str]) -> bool:
    return parts[0] == "__MACOSX" or any(part.startswith(".") for part in parts)
