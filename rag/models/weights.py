"""The model files on this machine, and that they are exactly the pinned ones.

The packages that carry them were uploaded by strangers, so the hash is the trust: nothing is
handed to a loader before the whole file was hashed in this very start. A full hash each time
needs no remembered state that could be stale or forged, and it reads the file into the page
cache that the engine is about to map: about a second for 1.1 GB, a few on processors without
SHA instructions.

The chat model comes in parts; they are joined once in the cache folder (`assemble`). Where the
part packages are absent the same file is fetched from its official hub instead.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import StoreFullError, WeightsError
from rag.files import sync_folder
from rag.models.download import download, hub_url
from rag.models.parts import damaged, installed_parts, missing
from rag.models.pins import (
    MINILM_MODEL,
    MINILM_TOKENIZER,
    QWEN_CODER_1_5B,
    Weights,
)
from rag.settings import Settings

__all__ = [
    "ADAPTERS",
    "ENTAILMENT",
    "LOCATOR",
    "MINILM_MODEL",
    "MINILM_TOKENIZER",
    "QWEN_CODER_1_5B",
    "Progress",
    "Weights",
    "assemble",
    "resolve_model",
    "state_of",
    "verified_file",
]

Progress = Callable[[str, int, int], None]
"""Called with a label, the bytes done and the bytes in all."""

# Taught for QWEN_CODER_1_5B, and of use with no other (docs/figures.md says how).
LOCATOR = Path(__file__).with_name("locator.gguf")  # names the sentence that states an answer
ENTAILMENT = Path(__file__).with_name("entailment.gguf")  # says whether sources say a claim
ADAPTERS = LOCATOR, ENTAILMENT
BLOCK = 1 << 20
SPARE_BYTES = 64 << 20  # what assembling leaves free on the disk
WAIT_FOR_OTHER_S = 900.0


def resolve_model(settings: Settings, progress: Progress | None = None) -> Path:
    """The GGUF file to load: the user's own, or the pinned one, assembled where need be.

    Raises WeightsError, or StoreFullError when the disk has no room for it.
    """
    if settings.model_path is None:
        return assemble(QWEN_CODER_1_5B, settings.cache, progress)
    path = settings.model_path.expanduser().absolute()
    name = "VERIFIER" if settings.model_path == settings.verifier_path else "MODEL"
    fix = f"Set GROUNDWIRE_{name}_PATH to a GGUF model file, or unset it for the packaged model."
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise WeightsError(f"Cannot read the model {path}: {error.strerror}", fix=fix) from None
    if magic != b"GGUF":
        raise WeightsError(f"{path} is not a GGUF model file", fix=fix)
    return path


def assemble(weights: Weights, cache: Path, progress: Progress | None = None) -> Path:
    """The whole pinned file in `cache`: verified, and made first where it is not there yet.

    Safe to kill at any moment and to run in several processes at once: the bytes written so far
    are kept under another name, hashed again by the next run, and renamed only once the whole
    matches. Raises WeightsError, or StoreFullError naming the bytes needed and free.
    """
    report = progress or _silent
    target = cache / weights.filename
    if _matches(target, weights, report):
        return target
    with _writing(cache), _alone(cache / f"{weights.filename}.lock", weights, report):
        if _matches(target, weights, report):  # another process was faster
            return target
        target.unlink(missing_ok=True)
        partial = cache / f"{weights.filename}.partial"
        _check_room(weights, cache, partial)
        files = installed_parts(weights)
        if files:
            _join(weights, files, partial, report)
        elif weights.hub_repository:
            _fetch(weights, partial, report)
        else:
            raise missing(weights)
        partial.replace(target)
        sync_folder(cache)
    return target


def verified_file(weights: Weights) -> Path:
    """The installed file of single-part weights, used in place. Raises WeightsError."""
    files = installed_parts(weights)
    if not files:
        raise missing(weights)
    if not _matches(files[0], weights, _silent):
        raise damaged(weights)
    return files[0]


def state_of(weights: Weights, cache: Path) -> str:
    """ "whole", "absent" or "damaged": the assembled file in `cache`, which is only looked at."""
    target = cache / weights.filename
    if not target.exists():
        return "absent"
    return "whole" if _matches(target, weights, _silent) else "damaged"


def _silent(label: str, done: int, total: int) -> None:
    """No progress wanted."""


def _matches(path: Path, weights: Weights, report: Progress) -> bool:
    try:
        if path.stat().st_size != weights.size_bytes:
            return False
    except OSError:  # absent, or out of our reach: making it tells why
        return False
    digest, _ = _hashed(path, f"Verifying {weights.name}", weights, report)
    return digest.hexdigest() == weights.sha256


def _hashed(
    path: Path, label: str, weights: Weights, report: Progress
) -> tuple[hashlib._Hash, int]:
    """The running hash of a whole file, and its length."""
    digest, done = hashlib.sha256(), 0
    for block in _blocks([path]):
        digest.update(block)
        done += len(block)
        report(label, done, weights.size_bytes)
    return digest, done


def _join(weights: Weights, files: list[Path], partial: Path, report: Progress) -> None:
    """Append to `partial` what it lacks of the parts; it matches the pin when this returns."""
    digest, done = hashlib.sha256(), 0
    resumed = partial.exists() and 0 < partial.stat().st_size <= weights.size_bytes
    if resumed:
        label = f"Checking what is there of {weights.name}"
        digest, done = _hashed(partial, label, weights, report)
    with partial.open("ab" if resumed else "wb") as out:
        for block in _blocks(files, skip=done):
            out.write(block)
            digest.update(block)
            done += len(block)
            report(f"Assembling {weights.name}", min(done, weights.size_bytes), weights.size_bytes)
        out.flush()
        os.fsync(out.fileno())
    if done == weights.size_bytes and digest.hexdigest() == weights.sha256:
        return
    partial.unlink()
    if not resumed:
        raise damaged(weights)
    _join(weights, files, partial, report)  # what an earlier run left was damaged


def _fetch(weights: Weights, partial: Path, report: Progress) -> None:
    """Get the file from its hub; it matches the pin when this returns."""
    url = hub_url(weights.hub_repository, weights.hub_revision, weights.filename)
    label = f"Fetching {weights.name}"
    resumed = partial.exists()
    try:
        download(
            url,
            partial,
            weights.size_bytes,
            lambda done: report(label, done, weights.size_bytes),
        )
    except WeightsError as error:
        raise WeightsError(
            f"{missing(weights).problem}, and its hub is out of reach: {error.problem}",
            fix=missing(weights).fix,
        ) from None
    if _matches(partial, weights, report):
        return
    partial.unlink()
    if not resumed:
        raise WeightsError(
            f"What {url} sent is not {weights.name}: its sha256 differs, so it was thrown away",
            fix=missing(weights).fix,
        )
    _fetch(weights, partial, report)  # what an earlier run left was damaged


def _blocks(files: list[Path], *, skip: int = 0) -> Iterator[memoryview]:
    """The bytes of all files in turn, without the first `skip`. Raises WeightsError."""
    buffer = memoryview(bytearray(BLOCK))
    for path in files:
        try:
            size = path.stat().st_size
            with path.open("rb", buffering=0) as file:
                file.seek(min(skip, size))
                skip = max(0, skip - size)
                while count := file.readinto(buffer):
                    yield buffer[:count]
        except OSError as error:
            raise WeightsError(
                f"Cannot read {path}: {error.strerror}", fix="Check the disk and its rights."
            ) from None


def _check_room(weights: Weights, cache: Path, partial: Path) -> None:
    written = partial.stat().st_size if partial.exists() else 0
    needed = weights.size_bytes - written + SPARE_BYTES
    free = shutil.disk_usage(cache).free
    if free < needed:
        raise StoreFullError(
            f"{weights.name} needs {needed:,} bytes in {cache}, and {free:,} are free",
            fix="Free some space, or set GROUNDWIRE_CACHE to a folder on another disk.",
        )


@contextmanager
def _writing(cache: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that says so."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFullError(
                f"The disk of {cache} became full",
                fix="Free some space and start again: what was written so far is kept.",
            ) from None
        raise WeightsError(
            f"Cannot write the model to {cache}: {error.strerror or error}",
            fix="Set GROUNDWIRE_CACHE to a folder that can be written.",
        ) from None


@contextmanager
def _alone(path: Path, weights: Weights, report: Progress) -> Iterator[None]:
    """Hold the lock that lets one process at a time assemble."""
    import filelock

    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        report(f"Waiting for another process to assemble {weights.name}", 0, weights.size_bytes)
        try:
            lock.acquire(timeout=WAIT_FOR_OTHER_S)
        except filelock.Timeout:
            raise WeightsError(
                f"Another process has held {path} for {WAIT_FOR_OTHER_S:.0f} s",
                fix="End it, then start again.",
            ) from None
    try:
        yield
    finally:
        lock.release()
