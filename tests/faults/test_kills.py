from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.faults.kills import State, Victim, found_after
from tests.faults.size import size
from tests.faults.tally import Tally

KILLS = size(15, 200)
MODES = ("update", "remove", "update", "rebuild")


@pytest.mark.faults
@pytest.mark.timeout(7_200)
def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    tmp_path: Path, tally: Tally
) -> None:
    state, starts_s = State(0), list[float]()
    with Victim(tmp_path) as victim:
        state = found_after(tmp_path, "update", victim.kill("update", state, acks=1))
        for n in range(KILLS - 1):
            mode = MODES[n % len(MODES)]
            acknowledged = victim.kill(mode, state, acks=n // len(MODES) % 2)
            fault = f"SIGKILL during {mode}"
            with tally.count(fault):
                state = found_after(tmp_path, mode, acknowledged, starts_s)
            tally.notes[fault] = (
                f"next start {statistics.median(starts_s):.1f} s, at most {max(starts_s):.1f} s"
            )


@pytest.mark.slow
def test_a_kill_in_mid_ingest_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """The quick form of the above."""
    with Victim(tmp_path) as victim:
        acknowledged = victim.kill("update", State(0), acks=1)
        state = found_after(tmp_path, "update", acknowledged)
        assert state.version >= 1
