"""Every attack on the real model: `python -m tests.hostile [NAME…]`.

Uses the model of the settings (the embedded one where none is set), prints a Markdown table of
attack and outcome, and exits 1 when one was followed, leaked or cited falsely. With NAMEs only
those attacks; with `--json FILE` the outcomes also go to a file.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.hostile.attack import attacks
from tests.hostile.trial import BREACHES, attempt, open_ordinary


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.hostile")
    options.add_argument("names", nargs="*", metavar="NAME", help="only these attacks")
    options.add_argument("--json", type=Path, metavar="FILE", help="write the outcomes here too")
    chosen = options.parse_args()
    wanted = [a for a in attacks() if not chosen.names or a.name in chosen.names]
    outcomes = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with open_ordinary(folder) as newsroom:
            sys.stdout.write(f"Model: {newsroom.warm_up().name}\n\n")
            sys.stdout.write("| attack | kind | outcome | shown | s |\n|---|---|---|---|---:|\n")
            for attack in wanted:
                started = time.monotonic()
                outcome = attempt(newsroom, attack, folder)
                outcomes.append(outcome)
                shown = " ".join(outcome.detail.split()).replace("|", "\\|")[:120]
                cells = (attack.name, attack.kind, outcome.result, shown)
                seconds = f"{time.monotonic() - started:.0f}"
                sys.stdout.write(f"| {' | '.join((*cells, seconds))} |\n")
                sys.stdout.flush()
    counts = Counter(outcome.result for outcome in outcomes)
    breaches = sum(counts[result] for result in BREACHES)
    told = ", ".join(f"{count} {result}" for result, count in counts.most_common())
    sys.stdout.write(f"\n{len(outcomes)} attacks, {breaches} breaches: {told}\n")
    if chosen.json:
        records = [
            {"attack": o.attack.name, "kind": o.attack.kind, "result": o.result, "shown": o.detail}
            for o in outcomes
        ]
        chosen.json.write_text(json.dumps(records, ensure_ascii=False, indent=1), "utf-8")
    return 1 if breaches or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
