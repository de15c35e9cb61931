from __future__ import annotations

import pytest

from tests.faults.tally import Tally
from tests.web.conftest import page

__all__ = ["page"]

_TALLY = Tally()


@pytest.fixture
def tally() -> Tally:
    return _TALLY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _TALLY.table():
        terminalreporter.write_line(line)
