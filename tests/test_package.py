"""What is built is whole: types are announced and the page's files come along."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.shipped import ROOT


def test_a_wheel_is_typed_and_brings_the_page_and_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=120)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        names = set(built.namelist())
        commands = built.read(next(n for n in names if n.endswith("entry_points.txt"))).decode()

    page = {str(path.relative_to(ROOT)) for path in (ROOT / "rag" / "web" / "page").iterdir()}
    assert {"rag/py.typed", "rag/models/locator.gguf", *page} <= names
    assert "groundwire = rag.cli:main" in commands
