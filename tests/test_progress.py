from __future__ import annotations

import pytest

from rag import progress
from rag.progress import terminal_progress


def test_a_log_gets_a_line_for_a_step_that_lasts_and_then_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "QUIET_S", 0.0)
    monkeypatch.setattr(progress, "AGAIN_S", 0.0)
    with terminal_progress() as report:
        report("asking", 0, 3)
        report("asking", 1, 3)
    assert capsys.readouterr().err == "asking …\nasking … 1 of 3\n"


def test_a_short_step_says_nothing_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal_progress() as report:
        report("asking", 0, 3)
        report("asking", 3, 3)
    assert capsys.readouterr().err == ""
