"""What Chroma's graph takes of memory, and whether there is enough of it: said before it runs out.

A graph lies in memory whole: of each passage the vector, and its neighbours with what finds them.
On a Chroma server that is the server's memory, which is not seen from here.
"""

from __future__ import annotations

import re
from pathlib import Path

# Measured from 10,000 to a million passages: 2.3 kB each at 384 numbers, 1.5 of them the vector.
GRAPH_BYTES = 800
_MEMORY = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def graph_bytes(passages: int, dimensions: int) -> int:
    """The memory that the graph of so many passages takes.

    >>> round(graph_bytes(1_000_000, 384) / 1e9, 1)
    2.3
    """
    return passages * (4 * dimensions + GRAPH_BYTES)


def shortage(there: int, coming: int, dimensions: int, free_bytes: int | None) -> str | None:
    """What to say before `coming` passages join those `there`; None while there is room.

    Room is for them and for a tenth more of the whole; where nobody knows what is free, none is
    missed.

    >>> shortage(900_000, 100_000, 384, 8_000_000_000)
    >>> shortage(900_000, 100_000, 384, 300_000_000)
    'The vector index takes 2.1 GB of memory, 2.3 with what comes in now; 0.3 GB are free'
    """
    now, then = (graph_bytes(n, dimensions) for n in (there, there + coming))
    if free_bytes is None or then - now + then // 10 <= free_bytes:
        return None
    return (
        f"The vector index takes {now / 1e9:.1f} GB of memory, {then / 1e9:.1f} with what comes in "
        f"now; {free_bytes / 1e9:.1f} GB are free"
    )


def free_bytes(memory: Path = _MEMORY, group: Path = _GROUP) -> int | None:
    """Memory that may still be taken on this machine, or in this container; None if not known."""
    known = []
    try:
        if found := re.search(r"^MemAvailable:\s+(\d+) kB", memory.read_text(), re.M):
            known.append(int(found[1]) * 1_024)
    except OSError:
        pass
    try:
        most, taken = (
            (group / f"memory.{name}").read_text().strip() for name in ("max", "current")
        )
        if most.isdecimal():
            known.append(max(int(most) - int(taken), 0))
    except (OSError, ValueError):
        pass
    return min(known, default=None)
