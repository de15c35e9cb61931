"""How long a new process needs before it is of use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from evals.benchmarks.growth import percentile
from evals.benchmarks.results import StartPace
from rag.settings import SHIPPED_CORPUS, Settings

ROOT = Path(__file__).resolve().parents[2]
STARTS = {
    "python alone": ["-c", "pass"],
    "import rag": ["-c", "import rag"],
    "groundwire --help": ["-m", "rag", "--help"],
    "the store open, a first search": ["-m", "rag", "search", "Who led the assault?"],
    "the chat page, without a model": ["-c", "import rag.web.server, rag.web.chat, gradio"],
}


def starts(settings: Settings, runs: int) -> tuple[StartPace, ...]:
    """Each of `STARTS`, `runs` times in turn; the store searched holds the shipped articles."""
    environment = os.environ | {"GROUNDWIRE_HOME": str(settings.home)}
    command = ["-m", "rag", "ingest", str(settings.corpus or SHIPPED_CORPUS)]
    _seconds(command, environment)  # also compiles what was never imported
    taken: dict[str, list[float]] = {what: [] for what in STARTS}
    for _ in range(runs):
        for what, arguments in STARTS.items():
            taken[what].append(_seconds(arguments, environment))
    return tuple(StartPace(what, runs, percentile(s, 50)) for what, s in taken.items())


def _seconds(arguments: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return time.perf_counter() - started
