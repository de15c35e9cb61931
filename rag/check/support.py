"""How surely some sentences support a claim: one number from 0 to 1, with or without a model.

Weighed are how much of the claim a few neighbouring sentences state, figures and names that stand
nowhere in them, a "not" on one side only and, where a model was asked, its log-odds of a yes
(`support.json`; `python -m evals fit … --judge verifier` makes the weights, `--judge checks` those
without a model). Invariant: the same texts and the same reply give the same number; the checks have
their say before, and are not overruled.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.check.checks import is_negated
from rag.text.figures import Figure, figures
from rag.text.framing import bare
from rag.text.names import NameIndex, missing_names
from rag.text.overlap import content

WEIGHTS_FILE = Path(__file__).with_name("support.json")
ALONE = "checks"
WITH_MODEL = "verifier"
_WINDOW = 3  # neighbouring sentences that count as one place
_ENOUGH = 0.75  # of a claim's words; more of them say nothing about its truth
_MOST_FOREIGN = 2  # two strange figures say as much as ten
_MOST_LOG_ODDS = 8.0


@dataclass(frozen=True)
class Compared:
    """Sentences ready to be compared with many claims."""

    sentences: tuple[str, ...]
    stems: tuple[frozenset[str], ...]
    figures: tuple[Figure, ...]
    names: NameIndex


@lru_cache(maxsize=32)
def evidence_from(sentences: tuple[str, ...], around: tuple[str, ...] = ()) -> Compared:
    """The sentences, read once; what stands around them may only resolve names."""
    return Compared(
        sentences,
        tuple(content(sentence) for sentence in sentences),
        tuple(figures("\n".join(sentences))),
        NameIndex("\n".join((*around, *sentences))),
    )


def features(claim: str, evidence: Compared, stated: float | None = None) -> dict[str, float]:
    """What is weighed, by name. `stated` are a model's log-odds that the evidence says the claim.

    >>> found = features("Nine people died.", evidence_from(("The ferry sank.", "9 died.")))
    >>> found["foreign_figures"], round(found["window"], 2)
    (0.0, 0.67)
    """
    said = bare(claim)
    needed = content(said)
    held = evidence.stems
    runs = (frozenset().union(*held[at : at + _WINDOW]) for at in range(len(held)))
    window = max((len(needed & run) for run in runs), default=0) / len(needed) if needed else 1.0
    shared = [len(needed & sentence) for sentence in held]
    nearest = evidence.sentences[shared.index(max(shared))] if shared else ""
    strangers = [
        figure
        for figure in figures(said)
        if not any(figure.follows_from(other) for other in evidence.figures)
    ]
    unnamed = [
        name
        for name in missing_names(said, evidence.names)
        if not (name.first and len(name.words) == 1)
    ]
    found = {
        "window": min(_ENOUGH, window),
        "foreign_figures": float(min(_MOST_FOREIGN, len(strangers))),
        "foreign_names": float(min(_MOST_FOREIGN, len(unnamed))),
        "negated": float(is_negated(said) != is_negated(nearest)),
    }
    if stated is not None:
        anchored = max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, stated))
        found["stated_where_covered"] = anchored * found["window"] / _ENOUGH
    return found


def supported(found: Mapping[str, float]) -> float:
    """The features as one probability (0…1), where both answers are as likely beforehand.

    >>> evidence = evidence_from(("Ann Lee won on Monday.",))
    >>> supported(features("Ann Lee won.", evidence)) > supported(features("Bo Ray won.", evidence))
    True
    """
    weights = _WEIGHTS[WITH_MODEL if "stated_where_covered" in found else ALONE]
    score = weights["intercept"] + sum(
        weight * found[name] for name, weight in weights["weights"].items()
    )
    return 1 / (1 + math.exp(-score))


_WEIGHTS = json.loads(WEIGHTS_FILE.read_text("utf-8"))
THRESHOLD: float = _WEIGHTS[WITH_MODEL]["threshold"]
