"""Fetching a pinned file from its official hub, where the packages that carry it are absent.

Invariant: the partial file holds only what was received, in order, so that any later run can go
on from its end; what it holds is judged by the caller's hash and by nothing else.
"""

from __future__ import annotations

import http.client
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from rag.errors import WeightsError

OFFICIAL_HUB = "https://huggingface.co"
BLOCK = 1 << 20
STALL_S = 30.0
PAUSE_S = 1.0
TRIES = 5  # in a row without one new byte
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def hub_url(repository: str, revision: str, filename: str) -> str:
    """Where the hub keeps one revision of a file; `HF_ENDPOINT` names a mirror.

    Raises WeightsError for a mirror that is not https. Loopback may be http.
    """
    base = os.environ.get("HF_ENDPOINT", "").rstrip("/") or OFFICIAL_HUB
    parts = urllib.parse.urlsplit(base)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise WeightsError(f"HF_ENDPOINT is not an https address: {base!r}", fix="Correct it.")
    return f"{base}/{repository}/resolve/{revision}/{filename}"


def download(
    url: str,
    partial: Path,
    size_bytes: int,
    report: Callable[[int], None],
) -> None:
    """Append to `partial` until it has `size_bytes`, going on where an earlier run stopped.

    A cut connection is tried again as long as every attempt brings something new. Raises
    WeightsError; what was received stays for the next run.
    """
    failures = 0
    while (have := _size(partial)) < size_bytes:
        problem = _receive(url, partial, size_bytes, report)
        failures = 0 if _size(partial) > have else failures + 1
        if failures >= TRIES:
            raise WeightsError(f"Cannot fetch {url}: {problem}", fix="Try again later.")
        if problem:
            time.sleep(PAUSE_S * failures)


def _receive(url: str, partial: Path, size_bytes: int, report: Callable[[int], None]) -> str:
    """One attempt; returns what went wrong, empty when the file is whole."""
    have = _size(partial)
    request = urllib.request.Request(  # noqa: S310 - hub_url allows https and loopback only
        url, headers={"Range": f"bytes={have}-", "User-Agent": "groundwire"}
    )
    try:
        with urllib.request.urlopen(request, timeout=STALL_S) as response:  # noqa: S310 - as above
            if response.status != http.HTTPStatus.PARTIAL_CONTENT:
                have = 0  # it sends everything from the start
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                return "it sent another range than the one asked for"
            with partial.open("r+b" if partial.exists() else "wb") as out:
                out.truncate(have)
                out.seek(have)
                while have < size_bytes:
                    block = response.read(min(BLOCK, size_bytes - have))
                    if not block:
                        return "the connection was cut"
                    out.write(block)
                    have += len(block)
                    report(have)
                out.flush()
                os.fsync(out.fileno())
    except urllib.error.HTTPError as error:
        error.close()
        if error.code not in (408, 429) and error.code < 500:
            raise WeightsError(
                f"Cannot fetch {url}: HTTP {error.code}",
                fix="Check HF_ENDPOINT, or install the packages that carry the model.",
            ) from None
        return f"HTTP {error.code}"
    except (OSError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", None) or error) or type(error).__name__
    return ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
