"""Which sentences support a claim: the citation is narrowed to them, whatever was drafted.

Invariant: the sources returned are exact sentences; as few as carry the claim, and never a
patchwork of far-away sentences unless each brings words that no other has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.check.word_checks import Evidence, Failure, failures
from rag.retrieval.evidence import Source
from rag.text.names import ordinary_words
from rag.text.overlap import content, coverage

MAX_SOURCES = 3
# Small beside coverage: a sentence about something else fails fewer checks than the right one.
_FAILURE_COST = 0.2
_SOURCE_COST = 0.05
_CONTEXT_CHARS = 400


@dataclass(frozen=True)
class Grounds:
    """The best evidence found for a claim, its main source first. No `failures`: checks passed.

    `coverage` is the share (0…1) of the claim's content words that the sources state.
    """

    sources: tuple[Source, ...]
    failures: tuple[Failure, ...]
    coverage: float


def evidence_of(sources: Sequence[Source], ordinary: frozenset[str]) -> Evidence:
    """The cited words, with what stands before them to resolve names and pronouns."""
    before = [
        source.article.text[max(0, source.span.start - _CONTEXT_CHARS) : source.span.start]
        for source in sources
    ]
    titles = dict.fromkeys(source.article.title for source in sources)
    text = "\n".join(source.text for source in sources)
    return Evidence(text, "\n".join(before), "\n".join(titles), ordinary)


def grounds(claim: str, sources: Sequence[Source]) -> Grounds:
    """The one to three sources that support `claim` best. `sources` must not be empty."""
    ordinary = ordinary_words("\n".join(source.text for source in sources))

    def rate(chosen: tuple[Source, ...]) -> tuple[float, Grounds]:
        evidence = evidence_of(chosen, ordinary)
        found = failures(claim, evidence)
        covered = coverage(claim, evidence.text)
        worth = covered - _FAILURE_COST * len(found) - _SOURCE_COST * (len(chosen) - 1)
        return worth, Grounds(chosen, found, covered)

    needed = content(claim)
    overlap = {s.number: len(needed & content(s.text)) for s in sources}
    likely = sorted(sources, key=lambda s: (-overlap[s.number], s.number))
    best = max((rate((source,)) for source in likely[:8]), key=lambda pair: pair[0])
    main = best[1].sources[0]
    while len(best[1].sources) < MAX_SOURCES and (best[1].failures or best[1].coverage < 1.0):
        chosen = best[1].sources
        wider = [
            rate(tuple(sorted((*chosen, other), key=lambda s: s.number)))
            for other in likely[:8]
            if other not in chosen and _adds(claim, chosen, other)
        ]
        better = max(wider, key=lambda pair: pair[0], default=best)
        if better[0] <= best[0]:
            break
        best = better
    others = tuple(source for source in best[1].sources if source is not main)
    return replace(best[1], sources=(main, *others))


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
