"""One target under atheris, in a process of its own: `python -m tests.fuzz.driver TARGET FLAG…`.

The flags are libFuzzer's; it ends the process itself, so nothing can be said after it.
"""

from __future__ import annotations

import sys
import warnings

# Whose branches guide the search: ours, and those of the parsers that strangers' bytes reach.
WATCHED = ["rag", "htmldate", "mammoth", "yaml"]

if __name__ == "__main__":
    import atheris  # there is no wheel for every platform on which the tests are collected

    with atheris.instrument_imports(include=WATCHED):
        from tests.fuzz.targets import TARGETS
    warnings.simplefilter("ignore")  # what a library says of broken bytes is no finding
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()
