"""What is looked through for examples in docstrings."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """A module of ours without examples is not imported for them: some take seconds."""
    if collection_path.suffix != ".py" or not collection_path.is_relative_to(ROOT):
        return None
    room = collection_path.relative_to(ROOT).parts[0]
    if room not in ("rag", "evals") or ">>>" in collection_path.read_text("utf-8"):
        return None
    return True
