"""Every fault injected for real, in full, with a table of what became of it.

`python -m tests.faults` runs the `faults` suite at its full size; `pytest -m faults` runs the same
tests in a smaller form. Further arguments go to pytest.
"""

from __future__ import annotations

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["GROUNDWIRE_FAULTS"] = "full"
    sys.exit(pytest.main(["-q", "-m", "faults and not browser and not model", *sys.argv[1:]]))
