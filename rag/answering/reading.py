"""Do these sources state the answer, and where? Asked of a few sentences before it is written.

A model that was taught to is asked which sentence states it, any other whether they do. A small one
is easily persuaded of what sounds alike, so its yes over no counts as far as two neighbouring
sentences hold the question's words. Both are weighed with what needs no model (`weights.json`;
`python -m evals fit-reading` makes new ones). Invariant: this only ever withholds.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from langchain_core.messages import BaseMessage

from rag.answer import Usage
from rag.answering.prompts import LOCATE, STATED, Asked, asking
from rag.models.chat import ChatModel
from rag.models.located import MOST_SENTENCES, Located
from rag.retrieval.evidence import Source
from rag.text.overlap import coverage

WEIGHTS_FILE = Path(__file__).parent / "weights.json"
_MOST_LOG_ODDS = 8.0
# Log-odds of the whole, either way, up to which a model that names the sentence is asked twice:
# what it names depends on the order in which it reads, most of all there (docs/figures.md).
IN_DOUBT = 0.6
# What all words of the question weigh beside the log-probability of a sentence: in 108 of 133 looks
# the right one is named instead of in 102 (docs/figures.md).
_BY_WORDS = 2.0
_NEGATED = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|except|fail\w*|refus\w*|\w+n[’']t)\b", re.I
)


@dataclass(frozen=True)
class Reading:
    """One look at some sources for one question.

    `stated` is the model's log-odds that they state the answer, `named` the sentence that does so
    likeliest, and `share` how much of what the model gives to any of them it gives to this one. A
    model that is not asked which names none.
    """

    about: str
    sources: tuple[Source, ...]
    stated: float
    named: Source | None = None
    share: float = 0.0
    follows: bool = False
    usage: Usage = field(default_factory=Usage)

    @property
    def features(self) -> dict[str, float]:
        """What is weighed, by name; `cosine` and `covered` are shares, `negated` 0 or 1."""
        stated = max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, self.stated))
        cosine = max(source.hit.cosine for source in self.sources)
        if self.named is not None:
            return {"located": stated, "cosine": cosine, "follows": float(self.follows)}
        one, two, nearest = _covered(self.about, self.sources)
        return {
            "stated_where_covered": two * stated,
            "cosine": cosine,
            "covered": one,
            "negated": float(bool(_NEGATED.search(self.about)) and not _NEGATED.search(nearest)),
        }

    @property
    def score(self) -> float:
        """Log-odds that the question is answered here; above 0 a sentence may be shown."""
        return weighed(self.features, _WEIGHTS[weights_for(locates=self.named is not None)])


def read(
    asked: Asked, about: str, sources: Sequence[Source], chat: ChatModel, *, twice: bool = True
) -> Reading:
    """Ask the model whether `sources` (one or more) state the answer to `asked`.

    `about` is the question without what only the model needs to be told. A model that names the
    sentence and is in doubt reads them `twice`, the second time in the opposite order. Raises
    ModelError.
    """
    if not chat.locates:
        yes = chat.yes_log_odds(request(asked, sources, locates=False))
        usage = Usage.model_validate(yes, from_attributes=True)
        return Reading(about, tuple(sources), yes.as_log_odds, usage=usage)
    found, usage = _located(asked, sources, chat)
    reading = _named(asked, about, sources, found, usage)
    if not twice or len(sources) == 1 or abs(reading.score) >= IN_DOUBT:
        return reading
    turned, more = _located(asked, _turned(sources), chat)
    return _named(asked, about, sources, found.averaged(turned.turned), usage + more)


def request(asked: Asked, sources: Sequence[Source], *, locates: bool) -> list[BaseMessage]:
    """What a model is asked that does or does not name the sentence, in the way it was taught."""
    return asking(asked, sources, LOCATE if locates else STATED, numbered=locates)


def weights_for(*, locates: bool) -> str:
    """The name of the weights for a model that does or does not name the sentence.

    >>> weights_for(locates=False)
    'reading'
    """
    return "locating" if locates else "reading"


def weighed(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted sum of the features, `intercept` included. Raises KeyError for one missing.

    >>> weighed({"covered": 2.0}, {"intercept": -1.0, "covered": 0.5})
    0.0
    """
    rest = (weight * features[name] for name, weight in weights.items() if name != "intercept")
    return weights["intercept"] + sum(rest)


def _located(asked: Asked, sources: Sequence[Source], chat: ChatModel) -> tuple[Located, Usage]:
    numbered = min(len(sources), MOST_SENTENCES)
    found = chat.located(request(asked, sources, locates=True), numbered)
    return found, Usage.model_validate(found, from_attributes=True)


def _turned(sources: Sequence[Source]) -> tuple[Source, ...]:
    """The same with those that get a number in the opposite order."""
    return (*reversed(sources[:MOST_SENTENCES]), *sources[MOST_SENTENCES:])


def _named(
    asked: Asked, about: str, sources: Sequence[Source], found: Located, usage: Usage
) -> Reading:
    """With the sentence that the model names; of two that it can hardly tell apart, the one that
    has more of the question.
    """
    worth = [
        likely + _BY_WORDS * coverage(about, source.titled)
        for source, likely in zip(sources, found.sentences, strict=False)
    ]
    place = worth.index(max(worth))
    share = math.exp(found.sentences[place]) / sum(map(math.exp, found.sentences))
    return Reading(
        about,
        tuple(sources),
        found.log_odds,
        sources[place],
        share,
        follows=bool(asked.before),
        usage=usage,
    )


def _covered(about: str, sources: Sequence[Source]) -> tuple[float, float, str]:
    """The share of the question's words in its nearest sentence, in the nearest two, and it."""
    titled = [source.titled for source in sources]
    shares = [coverage(about, text) for text in titled]
    pairs = [coverage(about, f"{text} {after}") for text, after in pairwise(titled)]
    best = max(shares)
    return best, max([best, *pairs]), sources[shares.index(best)].text


_WEIGHTS: Mapping[str, Mapping[str, float]] = json.loads(WEIGHTS_FILE.read_text("utf-8"))
