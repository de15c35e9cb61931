"""Whether a folder is just as we left it: the sign that its index is at rest and untouched.

Size, time and hash of every file are noted when an index has nothing left to write, and the note
is taken away before the next write. Without a note the index was killed while writing. A file that
differs from its note was damaged or changed by someone: what no library would notice (noise in a
graph that still answers, a few vectors lost) is noticed here.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path

from rag.errors import StoreError
from rag.files import write_whole

SEAL_FILE = "groundwire-seal.json"
ALL = "**/*"
# Up to this much is read at every start; beyond, only files whose size or time changed.
READ_AT_START_BYTES = 200_000_000
# A file written later than this before its note may be written again without a change of its time.
_SETTLED_NS = 50_000_000

Note = dict[str, tuple[int, int, str]]
Hashes = dict[tuple[str, int, int], str]
_known: dict[Path, Hashes] = {}


def seal(folder: Path, *, only: str = ALL, read_large: bool = True) -> None:
    """Note the state of `folder`, or of the files in it that `only` names.

    A disk without room for the note costs only a look inside.

    Without `read_large`, the files of a large folder are noted by size and time alone, since an
    index that is ingested into all day would be read whole each time.

    A file of the size and time of its last note keeps that hash and is not read: it has not been
    vouched for since, and damage to it shall not be noted as what was there.
    """
    with contextlib.suppress(OSError, StoreError):
        known, files = _known_hashes(folder), _files(folder, only)
        reading = read_large or not _is_large(files)
        note = {
            name: (
                size,
                time_ns,
                known.get((name, size, time_ns)) or (_hash(folder / name) if reading else ""),
            )
            for name, (size, time_ns) in files.items()
        }
        if note != _note(folder):
            write_whole(folder / SEAL_FILE, json.dumps(note))


def unseal(folder: Path) -> None:
    """Take the note away, because something is about to be written."""
    _known[folder] = _known_hashes(folder)
    (folder / SEAL_FILE).unlink(missing_ok=True)


def is_sealed(folder: Path) -> bool:
    """True when there is a note that can be read, and that can tell of every file."""
    note, files = _note(folder), _files(folder, ALL)
    return note is not None and all(
        digest or name not in files or files[name][1] == time_ns
        for name, (_, time_ns, digest) in note.items()
    )


def changed_files(folder: Path, *, all_of_them: bool = True, only: str = ALL) -> list[str]:
    """Names of the files that are not as noted; empty without a note, which vouches for nothing.

    Every file is read, or, with `all_of_them` False, those of another size or time than noted
    where the folder is large.
    """
    note = _note(folder)
    if note is None:
        return []
    files = _files(folder, only)
    changed = sorted({*note} ^ {*files})
    thorough = all_of_them or not _is_large(files)
    for name in sorted({*note} & {*files}):
        size, time_ns, digest = note[name]
        if files[name][0] != size:
            changed.append(name)
        elif digest and (thorough or files[name][1] != time_ns):
            try:
                same = _hash(folder / name) == digest
            except OSError:
                same = False
            if not same:
                changed.append(name)
    return changed


def is_intact(folder: Path, *, only: str = ALL) -> bool:
    """True when the note is there and describes the folder as it is."""
    return is_sealed(folder) and not changed_files(folder, all_of_them=False, only=only)


def is_large_folder(folder: Path) -> bool:
    """True when reading the whole folder would make a start wait."""
    return _is_large(_files(folder, ALL))


def _note(folder: Path) -> Note | None:
    try:
        read = json.loads((folder / SEAL_FILE).read_text())
        return {
            name: (int(size), int(at), str(digest)) for name, (size, at, digest) in read.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _files(folder: Path, only: str) -> dict[str, tuple[int, int]]:
    """Size and time of each file but our note and the libraries' locks, which come and go."""
    found = {}
    for path in sorted(folder.glob(only)):
        if path.name.startswith(SEAL_FILE) or path.suffix == ".lock":
            continue
        with contextlib.suppress(FileNotFoundError):
            state = path.stat()
            if path.is_file():
                found[str(path.relative_to(folder))] = (state.st_size, state.st_mtime_ns)
    return found


def _is_large(files: Mapping[str, tuple[int, int]]) -> bool:
    return sum(size for size, _ in files.values()) > READ_AT_START_BYTES


def _known_hashes(folder: Path) -> Hashes:
    """What the note says, or said when it was taken away, of files that were left alone before."""
    note = _note(folder)
    if note is None:
        return _known.get(folder, {})
    with contextlib.suppress(OSError):
        until = (folder / SEAL_FILE).stat().st_mtime_ns - _SETTLED_NS
        return {
            (name, size, at): said for name, (size, at, said) in note.items() if said and at < until
        }
    return {}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
