"""How surely what is cited states a sentence: one calibrated number from 0 to 1.

A fault that a rule found outweighs everything. Else likeness of meaning is weighed (the packaged
MiniLM) and, where a model was asked, its log-odds of a yes. `support.json` holds the weights, which
`python -m evals fit FILE… --judge checks` (or `verifier`, with the model's word) makes. Invariant:
the same texts and the same reply give the same number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.models.embeddings import packaged

WEIGHTS_FILE = Path(__file__).with_name("support.json")
ALONE = "checks"
WITH_MODEL = "verifier"
WITH_TAUGHT = "entailment"
# Nothing makes up for these. A model that was asked may make up for words that are not stated, and
# one that was taught what a source says for every fault.
DECISIVE: Mapping[str, frozenset[str]] = {
    ALONE: frozenset({"fault", "not_stated"}),
    WITH_MODEL: frozenset({"fault"}),
    WITH_TAUGHT: frozenset(),
}
# These raise the probability; everything else that is weighed lowers it.
SPEAKS_FOR = frozenset({"likeness", "word", "entailed"})
_MOST_LOG_ODDS = 8.0


@dataclass(frozen=True)
class Word:
    """A model's log-odds that sources say a claim; `taught` where it was taught to tell that.

    `denied` is True where a taught model finds it likelier that they say otherwise than that they
    leave it open.
    """

    log_odds: float
    taught: bool = False
    denied: bool = False


def features(said: str, reasons: Collection[str], cited: Sequence[str]) -> dict[str, float]:
    """What is weighed, by name; `reasons` are those of the faults, `cited` the sentences, those
    that lean on another with what stands around them.
    """
    claim, *each = packaged().embed([said, *cited])
    return {
        "fault": float(any(reason != "not_stated" for reason in reasons)),
        "not_stated": float("not_stated" in reasons),
        "likeness": max(float(one @ claim) for one in each),
    }


def with_word(found: Mapping[str, float], word: Word) -> dict[str, float]:
    """The features with a model's log-odds among them, within ±8."""
    bounded = max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, word.log_odds))
    return {**found, "entailed" if word.taught else "word": bounded}


def supported(found: Mapping[str, float]) -> float:
    """The features as one probability (0…1), where both answers are as likely beforehand.

    >>> good = {"fault": 0.0, "not_stated": 0.0, "likeness": 0.9}
    >>> supported(good) > 0.5 > supported({**good, "fault": 1.0})
    True
    """
    entry = _WEIGHTS[_name(found)]
    score = entry["intercept"] + sum(
        weight * found[name] for name, weight in entry["weights"].items()
    )
    return 1 / (1 + math.exp(-score))


def threshold(found: Mapping[str, float]) -> float:
    """The probability from which a sentence stands."""
    return float(_WEIGHTS[_name(found)]["threshold"])


def _name(found: Mapping[str, float]) -> str:
    return WITH_TAUGHT if "entailed" in found else WITH_MODEL if "word" in found else ALONE


_WEIGHTS = json.loads(WEIGHTS_FILE.read_text("utf-8"))
