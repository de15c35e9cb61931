from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.settings import Settings
from tests.index.hashing import HashingEmbedder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(home=tmp_path / "home")


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write files by name into one folder and return it."""
    folder = tmp_path / "in"
    folder.mkdir()

    def write_files(**texts: str) -> Path:
        for name, text in texts.items():
            (folder / f"{name}.md").write_text(text)
        return folder

    return write_files
