"""What is built is whole: types are announced and the page's files come along."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.shipped import ROOT

# Packages whose name is not that of what is imported.
CALLED = {"yaml": "pyyaml", "markdown_it": "markdown-it-py", "spellchecker": "pyspellchecker"}


def test_a_wheel_is_typed_and_brings_the_page_and_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=120)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        names = set(built.namelist())
        commands = built.read(next(n for n in names if n.endswith("entry_points.txt"))).decode()

    samples = {f"rag/samples/{path.name}" for path in (ROOT / "corpus").iterdir()}
    page = {str(path.relative_to(ROOT)) for path in (ROOT / "rag" / "web" / "page").iterdir()}
    assert {"rag/py.typed", "rag/models/locator.gguf", "rag/models/reranker.onnx"} <= names
    assert {*page, *samples} <= names
    # No name but ours is taken among the packages of whoever installs it.
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"rag"}
    assert "groundwire = rag.cli:main" in commands


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {canonicalize_name(Requirement(it).name) for it in project["dependencies"]}
    missing = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "rag").rglob("*.py")
        for name in imported(path)
        if name not in sys.stdlib_module_names and name != "rag"
        if canonicalize_name(CALLED.get(name, name)) not in declared
    }
    assert missing == set()


def imported(path: Path) -> set[str]:
    """The top names of what a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
