"""Fuzzing one target for a stated number of cases, and what came of it."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import SEEDS

ROOT = Path(__file__).resolve().parents[2]
LONGEST_BYTES = 4_096
# One case may take so long before it counts as a finding.
CASE_S = 30


@dataclass(frozen=True)
class Fuzzed:
    """`cases` were tried; `finding` is the end of what was said, `input` the bytes that did it."""

    target: str
    cases: int
    seconds: float
    finding: str | None
    input: bytes | None


def fuzz(target: str, cases: int, *, seed: int) -> Fuzzed:
    """Let atheris try `cases` inputs on a target; it ends at the first finding."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        corpus = folder / "corpus"
        corpus.mkdir()
        for number, content in enumerate(SEEDS[target]):
            (corpus / str(number)).write_bytes(content)
        flags = [
            f"-runs={cases}",
            f"-seed={seed}",
            f"-max_len={LONGEST_BYTES}",
            f"-timeout={CASE_S}",
            "-rss_limit_mb=2048",
            f"-artifact_prefix={folder}/found-",
            str(corpus),
        ]
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.driver", target, *flags],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
        )
        found = next(folder.glob("found-*"), None)
        tried = re.findall(
            r"(?:Done (\d+) runs|stat::number_of_executed_units: (\d+))", done.stderr
        )
        count = next((int(part) for pair in tried for part in pair if part), 0)
        return Fuzzed(
            target,
            count,
            time.monotonic() - started,
            None if done.returncode == 0 else f"{done.stdout}{done.stderr}"[-4_000:],
            found.read_bytes() if found else None,
        )
