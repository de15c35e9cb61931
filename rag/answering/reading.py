"""Do these sources state the answer at all? Asked of a few sentences before anything is written.

A small model is easily persuaded of what sounds alike, so its yes over no counts as far as two
neighbouring sentences hold the question's words, and is weighed with what needs no model
(`weights.json`; `python -m evals fit-reading` makes new ones). Invariant: this only ever withholds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from rag.answering.answer import Usage
from rag.answering.overlap import coverage
from rag.answering.prompts import STATED, asking
from rag.answering.sources import Source
from rag.models.chat import ChatModel

WEIGHTS_FILE = Path(__file__).parent / "weights.json"
_MOST_LOG_ODDS = 8.0
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|except|fail\w*|refus\w*|\w+n[’']t)\b", re.I
)


@dataclass(frozen=True)
class Reading:
    """One look at some sources for one question; `stated` is the model's log-odds of a yes."""

    about: str
    sources: tuple[Source, ...]
    stated: float
    usage: Usage = field(default_factory=Usage)

    @property
    def features(self) -> dict[str, float]:
        """What is weighed, by name; `cosine` and `covered` are shares, `negated` 0 or 1."""
        one, two, nearest = _covered(self.about, self.sources)
        return {
            "stated_where_covered": two * max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, self.stated)),
            "cosine": max(source.hit.cosine for source in self.sources),
            "covered": one,
            "negated": float(bool(_NEGATED.search(self.about)) and not _NEGATED.search(nearest)),
        }

    @property
    def score(self) -> float:
        """Log-odds that the question is answered here; above 0 a sentence may be shown."""
        return weighed(self.features, _WEIGHTS)


def read(asked: str, about: str, sources: Sequence[Source], chat: ChatModel) -> Reading:
    """Ask the model whether `sources` (one or more) state the answer to `asked`.

    `about` is the question without what only the model needs to be told. Raises ModelError.
    """
    yes = chat.yes_log_odds(asking(asked, sources, STATED))
    usage = Usage.model_validate(yes, from_attributes=True)
    return Reading(about, tuple(sources), yes.as_log_odds, usage)


def weighed(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted sum of the features, `intercept` included. Raises KeyError for one missing.

    >>> weighed({"covered": 2.0}, {"intercept": -1.0, "covered": 0.5})
    0.0
    """
    rest = (weight * features[name] for name, weight in weights.items() if name != "intercept")
    return weights["intercept"] + sum(rest)


def _covered(about: str, sources: Sequence[Source]) -> tuple[float, float, str]:
    """The share of the question's words in its nearest sentence, in the nearest two, and it."""
    titled = [f"{source.article.title} {source.text}" for source in sources]
    shares = [coverage(about, text) for text in titled]
    pairs = [coverage(about, f"{text} {after}") for text, after in pairwise(titled)]
    best = max(shares)
    return best, max([best, *pairs]), sources[shares.index(best)].text


_WEIGHTS: Mapping[str, float] = json.loads(WEIGHTS_FILE.read_text("utf-8"))["reading"]
