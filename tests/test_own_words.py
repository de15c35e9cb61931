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
# Whichever way a run lies, one of so many words that begins at every fifth word is within it.
PART = 4
STEP = RUN - PART + 1
# The shipped reports give what was said in public, as quotations; the set asks about it.
QUOTING = ("corpus/", "evals/questions/")


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def runs(words: list[str], length: int = RUN, step: int = 1) -> Iterator[tuple[int, str]]:
    """Each so many words in a row, and where they begin."""
    places = range(0, len(words) - length + 1, step)
    return ((at, " ".join(words[at : at + length])) for at in places)


def repeated(words: list[str], ours: dict[str, str], parts: set[str]) -> set[str]:
    """The runs of these words that are ours too."""
    return {
        run
        for at, part in runs(words, PART, STEP)
        if part in parts
        for _, run in runs(words[max(0, at - STEP + 1) : at + RUN])
        if run in ours
    }


def test_a_run_is_found_wherever_it_lies() -> None:
    kept = words_of("one two three four five six seven eight")
    ours, parts = {run: "a" for _, run in runs(kept)}, {run for _, run in runs(kept, PART)}
    for before in range(12):
        for after in range(6):
            told = [*("x" * before), *kept, *("y" * after)]
            assert repeated(told, ours, parts) == {" ".join(kept)}
            assert repeated([*told[: before + 7], "z", *told], ours, parts) == {" ".join(kept)}
            assert repeated(told[: before + 7], ours, parts) == set()


def test_nothing_that_is_kept_here_repeats_the_labelled_data() -> None:
    texts = [*(SHARED / "data").rglob("*.jsonl"), *(SHARED / "seeds").glob("*")]
    if not texts:
        pytest.skip("needs the data in ../shared")
    listed = ["git", "ls-files", "*.py", "*.md", "*.js", "*.jsonl"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ours: dict[str, str] = {}
    parts: set[str] = set()
    for name in names.splitlines():
        if not name.startswith(QUOTING):
            words = words_of((ROOT / name).read_text("utf-8"))
            ours |= {run: name for _, run in runs(words)}
            parts |= {part for _, part in runs(words, PART)}
    assert len(ours) > 100_000

    found = {
        (ours[run], run)
        for path in texts
        for line in path.read_text("utf-8").splitlines()
        for run in repeated(words_of(line), ours, parts)
    }

    assert found == set()
