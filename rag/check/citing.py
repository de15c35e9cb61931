"""Which sentences support a claim: the citation is narrowed to them, whatever was drafted.

Invariant: the sources returned are exact sentences; as few as carry the claim, and never a
patchwork of far-away sentences unless each brings words that no other has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.retrieval.sources import Source
from rag.text.overlap import content, coverage

MAX_SOURCES = 3
_MOST_LIKELY = 8
_SOURCE_COST = 0.05


@dataclass(frozen=True)
class Grounds:
    """The best evidence found for a claim, its main source first.

    `coverage` is the share (0…1) of the claim's content words that the sources state.
    """

    sources: tuple[Source, ...]
    coverage: float


def grounds(claim: str, sources: Sequence[Source]) -> Grounds:
    """The one to three sources that state most of `claim`. `sources` must not be empty."""

    def stated(chosen: tuple[Source, ...]) -> float:
        return coverage(claim, "\n".join(source.text for source in chosen))

    def worth(chosen: tuple[Source, ...]) -> float:
        return stated(chosen) - _SOURCE_COST * len(chosen)

    needed = content(claim)
    ranked = sorted(sources, key=lambda it: (-len(needed & content(it.text)), it.number))
    likely = ranked[:_MOST_LIKELY]
    best: tuple[Source, ...] = max(((source,) for source in likely), key=worth)
    while len(best) < MAX_SOURCES and stated(best) < 1.0:
        others = (it for it in likely if it not in best and _adds(claim, best, it))
        wider = max(((*best, other) for other in others), key=worth, default=best)
        if worth(wider) <= worth(best):
            break
        best = wider
    return Grounds(best, stated(best))


def bringing(text: str, sources: Sequence[Source]) -> tuple[Source, ...]:
    """The main source, and of the others those that have words of the text which it lacks."""
    main, *others = sources
    missing = content(text) - content(main.text)
    return (main, *(other for other in others if missing & content(other.text)))


def _adds(claim: str, chosen: Sequence[Source], other: Source) -> bool:
    """A near sentence may bring one word, a far one must bring two that are still missing."""
    missing = content(claim) - content(" ".join(s.text for s in chosen))
    brought = len(missing & content(other.text))
    near = any(other.is_next_to(source) for source in chosen)
    return brought >= (1 if near else 2)
