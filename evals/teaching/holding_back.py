"""Which stories are not taught, so that something is left to measure on."""

from __future__ import annotations

import hashlib


def is_held_back(dataset: str, story: str, share: float = 0.3) -> bool:
    """Whether a story is among the share of its set that is not taught, by a hash of its name."""
    digest = hashlib.sha256(f"{dataset} {story}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32 < share
