"""How surely what is cited states a sentence: one calibrated number from 0 to 1.

Weighed are the faults that the rules found, the share of the sentence's relations that stand in
what is cited and of its words, likeness of meaning (the packaged MiniLM) and, where a model was
asked, its log-odds of a yes. `support.json` holds the weights, which `python -m evals fit
FILE… --judge checks` (or `verifier`, with the model's word) makes. Invariant: the same texts and
the same reply give the same number, and no likeness outweighs a number, its bound, a date, a name, a
quotation or a speaker that the source does not have, nor facts of two articles joined in one clause.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import get_args

from rag.check.alignment import Alignment
from rag.check.checks import Reason
from rag.models.embeddings import packaged

WEIGHTS_FILE = Path(__file__).with_name("support.json")
ALONE = "checks"
WITH_MODEL = "verifier"
# A fault of these is no matter of degree.
DECISIVE: frozenset[Reason] = frozenset(
    {
        "quotation_not_in_source",
        "number_not_in_source",
        "date_not_in_source",
        "name_not_in_source",
        "wrong_speaker",
        "bound_differs",
        "sources_merged",
    }
)
# What is the better the more of it there is; of all else the more the worse.
SPEAKS_FOR = frozenset({"links", "likeness", "likeness_of_all", "stated", "word"})
_NOT_WEIGHED = frozenset({"does_not_answer", "role_not_in_source"})
_WEIGHED = tuple(reason for reason in get_args(Reason) if reason not in _NOT_WEIGHED)
_MOST_LOG_ODDS = 8.0


def features(
    beside: Alignment,
    reasons: Collection[Reason],
    stated: float,
    cited: Sequence[str],
    word: float | None = None,
) -> dict[str, float]:
    """What is weighed, by name.

    `stated` is the share of the words that stand in what is `cited`, `word` a model's log-odds
    that it says the sentence.
    """
    claim, one, *others = packaged().embed([beside.claim.text, " ".join(cited), *cited])
    total = sum(link.weight for link in beside.links)
    held = sum(link.weight * link.held for link in beside.links)
    found = {reason: float(reason in reasons) for reason in _WEIGHED} | {
        "stated": stated,
        "links": held / total if total else 1.0,
        "likeness": max(float(other @ claim) for other in others),
        "likeness_of_all": float(one @ claim),
    }
    return found if word is None else with_word(found, word)


def with_word(found: Mapping[str, float], word: float) -> dict[str, float]:
    """The features with a model's log-odds among them, within ±8."""
    return {**found, "word": max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, word))}


def supported(found: Mapping[str, float]) -> float:
    """The features as one probability (0…1), where both answers are as likely beforehand.

    >>> good = {"links": 1.0, "likeness": 0.9, "likeness_of_all": 0.9, "stated": 1.0}
    >>> supported(good) > 0.5 > supported({**good, "order_differs": 1.0, "negation_differs": 1.0})
    True
    """
    entry = _WEIGHTS[_name(found)]
    score = entry["intercept"] + sum(
        weight * found.get(name, 0.0) for name, weight in entry["weights"].items()
    )
    return 1 / (1 + math.exp(-score))


def threshold(found: Mapping[str, float]) -> float:
    """The probability from which a sentence stands."""
    return float(_WEIGHTS[_name(found)]["threshold"])


def _name(found: Mapping[str, float]) -> str:
    return WITH_MODEL if "word" in found else ALONE


_WEIGHTS = json.loads(WEIGHTS_FILE.read_text("utf-8"))
