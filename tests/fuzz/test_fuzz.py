"""A little of `python -m tests.fuzz`, from a fixed seed; findings of before stay tried for ever."""

from __future__ import annotations

import pytest

from tests.fuzz.run import fuzz
from tests.fuzz.targets import SEEDS, TARGETS


@pytest.mark.faults
@pytest.mark.parametrize("target", TARGETS)
def test_no_bytes_break_a_promise(target: str) -> None:
    pytest.importorskip("atheris", reason="atheris has no wheel for this platform")
    done = fuzz(target, 500, seed=7)
    assert done.finding is None, f"{done.input!r}\n{done.finding}"
    assert done.cases >= 500


@pytest.mark.parametrize("target", TARGETS)
def test_sound_input_is_where_fuzzing_starts(target: str) -> None:
    for seed in SEEDS[target]:
        TARGETS[target](seed)
