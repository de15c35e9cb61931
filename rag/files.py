"""Folders and small files that only their owner may read, written whole or not at all."""

from __future__ import annotations

import os
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path

from rag.errors import StoreError, StoreFullError


def private_folder(folder: Path) -> Path:
    """`folder`, created for its owner only where it is missing. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    return folder


def write_whole(path: Path, text: str) -> None:
    """Replace a small file in one step: whoever reads it sees the old or the new text.

    Raises StoreError.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(
            os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` itself durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(path: Path, error: OSError) -> StoreError:
    """The error to raise when the system will not let us write to `path`."""
    if error.errno in (ENOSPC, EDQUOT, EFBIG):
        return StoreFullError(f"No room left for {path}", fix="Free some disk space and try again.")
    return StoreError(
        f"{path} cannot be written ({error.strerror or error})",
        fix="Check its permissions, or choose another folder with GROUNDWIRE_HOME.",
    )
