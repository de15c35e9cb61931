"""Is one claim supported by one piece of evidence? The judge answers, or says that it cannot.

For each sentence of the claim the nearest sentences of the evidence are shown to a chat model,
which is asked one question; its log-odds and signals that need no model are weighed together
(`evals/judges/weights.json`, fitted by `python -m evals fit`) into one probability.

Invariant: a verdict other than `unscored` stands on a readable reply for *every* sentence of the
claim. The judge shares neither checks nor threshold with the verifier in `rag.answering`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from evals.cache import Cache, cache_key
from evals.datasets.example import Verdict
from evals.judges.asking import (
    PROMPT_VERSION,
    CannotTell,
    Unscored,
    support_log_odds,
    support_messages,
)
from evals.judges.features import ENOUGH, Signals, nearest_sentences, read_signals, sentences, worst
from evals.scorers.wording import content_words
from rag.errors import InputError

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

WEIGHTS_FILE = Path(__file__).parent / "weights.json"
NEAREST = 3
MAX_CLAIM_SENTENCES = 12


@dataclass(frozen=True)
class Judgement:
    """A verdict with what it stands on; `probability` and `inputs` are None where there is none.

    `inputs` are what was weighed, by name: what `fit` makes weights of.
    """

    verdict: Verdict
    probability: float | None = None
    log_odds: float | None = None
    inputs: Mapping[str, float] | None = None
    read: tuple[str, ...] = ()
    why: str = ""

    @property
    def supported(self) -> bool | None:
        """True, False, or None where the judge did not decide."""
        decided = {Verdict.SUPPORTED: True, Verdict.UNSUPPORTED: False}
        return decided.get(self.verdict)


class Judge(Protocol):
    """Whatever compares claims with evidence. `name` changes with anything that verdicts do."""

    @property
    def name(self) -> str:
        """Model, prompt and weights."""
        ...

    @property
    def model(self) -> str | None:
        """The chat model asked, None where none is."""
        ...

    def judge(self, claim: str, evidence: str) -> Judgement:
        """The verdict on one claim. Never raises for a reply that cannot be used."""
        ...


@dataclass(frozen=True)
class Weights:
    """A logistic model over named inputs, with the threshold that calls a claim supported."""

    name: str
    intercept: float
    weights: Mapping[str, float]
    threshold: float

    def probability(self, inputs: Mapping[str, float]) -> float:
        """p(supported). Raises KeyError where an input is missing.

        >>> Weights("w", 0.0, {"overlap": 2.0}, 0.5).probability({"overlap": 0.0})
        0.5
        """
        score = self.intercept + sum(w * inputs[name] for name, w in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    @classmethod
    def load(cls, name: str, path: Path = WEIGHTS_FILE) -> Weights:
        """The weights of that name. Raises InputError."""
        try:
            entry = json.loads(path.read_text("utf-8"))[name]
            return cls(name, entry["intercept"], entry["weights"], entry["threshold"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path} holds no usable weights {name!r}: {error!r}",
                fix="Fit them with `python -m evals fit FILE…`.",
            ) from None


class ModelJudge:
    """Asks a chat model and weighs its log-odds with the signals. Safe to use from threads."""

    def __init__(
        self, chat: ChatModel, cache: Cache | None = None, weights: Weights | None = None
    ) -> None:
        self._chat = chat
        self._cache = cache
        self._weights = weights or Weights.load("model")

    @property
    def name(self) -> str:
        """Model, prompt and weights."""
        return f"{self._chat.name}/{PROMPT_VERSION}/{mark(self._weights)}"

    @property
    def model(self) -> str | None:
        """The chat model asked."""
        return self._chat.name

    def with_weights(self, weights: Weights) -> ModelJudge:
        """The same judge with other weights."""
        return ModelJudge(self._chat, self._cache, weights)

    def judge(self, claim: str, evidence: str) -> Judgement:
        """The verdict on one claim; what the model said is kept in the cache."""
        if outcome := nothing_to_judge(claim, evidence):
            return outcome
        signals, read = look(claim, evidence)
        found = evidence_sentences(evidence)
        try:
            log_odds = min(
                self._log_odds(statement, nearest_sentences(statement, found, NEAREST))
                for statement in claim_sentences(claim)
            )
        except CannotTell as reply:
            return Judgement(Verdict.ABSTAINED, read=read, why=str(reply))
        except Unscored as reply:
            return Judgement(Verdict.UNSCORED, read=read, why=str(reply))
        return decided(inputs_of(signals, log_odds), read, self._weights, log_odds)

    def _log_odds(self, statement: str, source: Sequence[str]) -> float:
        key = cache_key(
            self._chat.name,
            *(f"{m.type}:{m.text}" for m in support_messages(statement, source)),
        )
        known = self._cache.get(key) if self._cache else None
        if known is not None:
            return known
        log_odds = support_log_odds(self._chat, statement, source)
        if self._cache:
            self._cache.put(key, log_odds)
        return log_odds


class SignalsJudge:
    """Weighs the signals alone: weaker than a model, but instant and without one."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights.load("signals")

    @property
    def name(self) -> str:
        """The weights."""
        return f"signals/{mark(self._weights)}"

    @property
    def model(self) -> str | None:
        """None: no model is asked."""
        return None

    def with_weights(self, weights: Weights) -> SignalsJudge:
        """The same judge with other weights."""
        return SignalsJudge(weights)

    def judge(self, claim: str, evidence: str) -> Judgement:
        """The verdict on one claim."""
        if outcome := nothing_to_judge(claim, evidence):
            return outcome
        signals, read = look(claim, evidence)
        return decided(inputs_of(signals, None), read, self._weights)


def nothing_to_judge(claim: str, evidence: str) -> Judgement | None:
    """The outcome where there is nothing to compare, else None.

    Evidence without text is unscored and not "unsupported": nothing was compared.
    """
    if not any(evidence_sentences(evidence)):
        return Judgement(Verdict.UNSCORED, why="there is no evidence text")
    if not claim_sentences(claim):
        return Judgement(Verdict.ABSTAINED, why="the claim says nothing that can be compared")
    return None


def look(claim: str, evidence: str) -> tuple[Signals, tuple[str, ...]]:
    """The signals of a claim, and the sentences of the evidence nearest to it."""
    found = evidence_sentences(evidence)
    statements = claim_sentences(claim)
    read = dict.fromkeys(
        sentence
        for statement in statements
        for sentence in nearest_sentences(statement, found, NEAREST)
    )
    return worst([read_signals(statement, found) for statement in statements]), tuple(read)


def decided(
    inputs: Mapping[str, float],
    read: Sequence[str],
    weights: Weights,
    log_odds: float | None = None,
) -> Judgement:
    """The verdict by probability and threshold."""
    probability = weights.probability(inputs)
    supported = probability >= weights.threshold
    verdict = Verdict.SUPPORTED if supported else Verdict.UNSUPPORTED
    return Judgement(verdict, probability, log_odds, inputs, tuple(read))


def inputs_of(signals: Signals, log_odds: float | None) -> dict[str, float]:
    """What is weighed: the signals and, where a model was asked, its anchored log-odds.

    A small model is easily persuaded of what sounds alike, so its word counts as far as the
    evidence holds the words of the claim.
    """
    inputs = dict(zip(Signals.names(), signals.values, strict=True))
    if log_odds is not None:
        inputs["anchored_log_odds"] = log_odds * signals.window / ENOUGH
    return inputs


def claim_sentences(claim: str) -> list[str]:
    """The sentences of a claim that say something, at most `MAX_CLAIM_SENTENCES`."""
    return [one for one in sentences(claim) if content_words(one)][:MAX_CLAIM_SENTENCES]


@lru_cache(maxsize=64)
def evidence_sentences(evidence: str) -> tuple[str, ...]:
    """Sentences of the evidence; kept for a while, because many claims share their evidence."""
    return tuple(sentences(evidence))


def mark(weights: Weights) -> str:
    """Name and hash of weights, for the name of a judge that uses them."""
    numbers = (weights.intercept, weights.threshold, *sorted(weights.weights.items()))
    return f"{weights.name}-{cache_key(repr(numbers))[:8]}"
