"""The bill of materials names all that the lock pins, and the models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from rag.models.pins import QWEN_CODER_1_5B
from tests.test_locks import pins

ROOT = Path(__file__).resolve().parent.parent


def test_every_pin_of_the_lock_is_in_the_bill_of_materials_with_its_hashes() -> None:
    said = subprocess.run([sys.executable, ROOT / ".ci" / "sbom"], capture_output=True, check=True)
    components = json.loads(said.stdout)["components"]
    libraries = {c["name"] for c in components if c["type"] == "library"}
    assert libraries == {pin.name.lower() for pin in pins("requirements.txt")}
    assert all(component["hashes"] for component in components)
    hashes = {h["content"] for c in components for h in c["hashes"]}
    assert QWEN_CODER_1_5B.sha256 in hashes
