"""How fast a model reads, measured on the requests of this process.

Invariant: without a measurement nothing is said; few tokens measure the way there, not the reading.
"""

from __future__ import annotations

import threading
from collections import deque
from statistics import median

_FEWEST_TOKENS = 200
_KEPT = 8


class Pace:
    """Seconds that a token of the prompt takes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._each: deque[float] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def note(self, tokens: int, seconds: float) -> None:
        """So many tokens, those in a cache left out, were read until the first word came."""
        if tokens >= _FEWEST_TOKENS:
            with self._lock:
                self._each.append(seconds / tokens)

    @property
    def seconds_per_token(self) -> float | None:
        """The median of the last requests; None before there is one."""
        with self._lock:
            return median(self._each) if self._each else None

    def tokens_in(self, seconds: float, most: int) -> int:
        """As many tokens as are read in that time, at most `most`.

        >>> pace = Pace()
        >>> pace.tokens_in(20, 4_000)
        4000
        >>> pace.note(1_000, 18.0)
        >>> pace.tokens_in(20, 4_000)
        1111
        """
        each = self.seconds_per_token
        return most if not each else min(most, int(seconds / each))
