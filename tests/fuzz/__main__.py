"""Every reader and check against bytes that nobody meant: `python -m tests.fuzz [TARGET…]`.

Prints a Markdown table of target, cases and findings, and the bytes of each finding; exits 1 when
there is one. `--cases` and `--seed` say how many inputs each target gets, and which.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys

from tests.fuzz.run import fuzz
from tests.fuzz.targets import TARGETS

# A case of these takes milliseconds, of the others less than one.
SLOW = {"html", "pdf", "office", "claims"}


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    options.add_argument("--cases", type=int, default=100_000, help="a tenth of it for slow ones")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write("atheris is not installed: it has no wheel for this platform.\n")
        return 0
    sys.stdout.write("| target | cases | findings | s |\n|---|---:|---:|---:|\n")
    findings = []
    for target in chosen.targets or TARGETS:
        cases = max(1, chosen.cases // 10) if target in SLOW else chosen.cases
        done = fuzz(target, cases, seed=chosen.seed)
        sys.stdout.write(
            f"| {target} | {done.cases:,} | {int(done.finding is not None)} "
            f"| {done.seconds:.0f} |\n"
        )
        sys.stdout.flush()
        if done.finding is not None:
            findings.append(done)
    for done in findings:
        sys.stdout.write(f"\n{done.target}: {done.input!r}\n{done.finding}\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
