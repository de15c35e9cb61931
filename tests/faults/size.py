"""How much of each fault: little in CI, all of it by `python -m tests.faults`."""

from __future__ import annotations

import os

FULL = os.environ.get("GROUNDWIRE_FAULTS") == "full"


def size(small: int, full: int) -> int:
    """The small or the full number, whichever form of the suite runs."""
    return full if FULL else small
