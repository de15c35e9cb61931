"""Facts and figures may come from elsewhere, sentences may not: the labelled data stays out."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SHARED

ROOT = Path(__file__).resolve().parent.parent
# So many words in a row are hardly ever anybody's by chance.
RUN = 8
# The shipped reports give what was said in public, as quotations; the set asks about it.
QUOTING = ("corpus/", "evals/questions/")


def runs(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", text.lower())
    return (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def test_nothing_that_is_kept_here_repeats_the_labelled_data() -> None:
    texts = [*(SHARED / "data").rglob("*.jsonl"), *(SHARED / "seeds").glob("*")]
    if not texts:
        pytest.skip("needs the data in ../shared")
    listed = ["git", "ls-files", "*.py", "*.md", "*.js", "*.jsonl"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ours = {
        run: name
        for name in names.splitlines()
        if not name.startswith(QUOTING)
        for run in runs((ROOT / name).read_text("utf-8"))
    }
    assert len(ours) > 100_000

    repeated = {
        (ours[run], run)
        for path in texts
        for line in path.read_text("utf-8").splitlines()
        for run in runs(line)
        if run in ours
    }

    assert repeated == set()
