"""What can be seen of a claim and its evidence without a model.

Invariant: pure and deterministic; the same texts give the same signals on every machine. The
checks that `rag.answering` makes are not used here: a judge that shares its signals with the
writer's verifier would share its blind spots.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from evals.wording import NEGATIONS, content_words, names, numbers, tokens
from rag.articles.sentences import sentence_spans

WINDOW = 3  # sentences that count as one place of the evidence
MOST_MISSES = 2  # two foreign numbers or names say as much as ten


@dataclass(frozen=True)
class Signals:
    """One claim against its evidence; higher `window` and `overlap` speak for it.

    `overlap`: share of the claim's content words found anywhere in the evidence; `window`: the
    same in the best run of three sentences; `foreign_words`: ln(1 + how many are nowhere);
    `foreign_numbers`, `foreign_names`: how many, up to two; `negated`: 1 where exactly one of
    claim and nearest sentence is negated.
    """

    overlap: float
    window: float
    foreign_words: float
    foreign_numbers: float
    foreign_names: float
    negated: float

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The signals' names, in the order of `values`."""
        return tuple(field.name for field in fields(cls))

    @property
    def values(self) -> tuple[float, ...]:
        return astuple(self)


def sentences(text: str) -> list[str]:
    """The sentences of a text, each on one line; the whole text where there is but one."""
    found = [re.sub(r"\s+", " ", span.of(text)) for span in sentence_spans(text)]
    return found or [re.sub(r"\s+", " ", text).strip()]


def read_signals(claim: str, evidence: Sequence[str]) -> Signals:
    """The signals of one claim sentence against the sentences of its evidence.

    >>> read_signals("Nine people died.", ["The ferry sank.", "9 people died, police said."])
    Signals(overlap=1.0, window=1.0, foreign_words=0.0, foreign_numbers=0.0, foreign_names=0.0, \
negated=0.0)
    """
    words = content_words(claim)
    held = [set(content_words(sentence)) for sentence in evidence]
    anywhere = set().union(*held)
    distinct = set(words)
    nearest = max(range(len(held)), key=lambda place: len(distinct & held[place]), default=None)
    if not words or nearest is None:
        missing = float(bool(words))
        return Signals(1 - missing, 1 - missing, missing, 0.0, 0.0, 0.0)
    known = set().union(*map(numbers, evidence))
    spoken = set().union(*map(tokens, evidence))
    return Signals(
        overlap=sum(word in anywhere for word in words) / len(words),
        window=max(
            len(distinct & set().union(*held[place : place + WINDOW])) / len(distinct)
            for place in range(len(held))
        ),
        foreign_words=math.log1p(sum(word not in anywhere for word in words)),
        foreign_numbers=float(min(len(numbers(claim) - known), MOST_MISSES)),
        foreign_names=float(min(len(set(names(claim)) - spoken), MOST_MISSES)),
        negated=float(_negated(claim) != _negated(evidence[nearest])),
    )


def worst(found: Sequence[Signals]) -> Signals:
    """The signals of a claim of several sentences: of each signal, what speaks most against it."""
    columns = list(zip(*(signals.values for signals in found), strict=True))
    return Signals(*(min(column) for column in columns[:2]), *(max(c) for c in columns[2:]))


def nearest_sentences(claim: str, evidence: Sequence[str], most: int) -> list[str]:
    """Up to `most` sentences that together say most of the claim's words, in their order.

    Rare words of the evidence count more. Chosen one by one, each for the words that are still
    missing; a sentence that adds nothing is left out once one was found.

    >>> nearest_sentences("Ann won in May.", ["It rained.", "Ann won.", "May was dry."], most=3)
    ['Ann won.', 'May was dry.']
    """
    held = [set(content_words(sentence)) for sentence in evidence]
    frequency = Counter(word for words in held for word in words)
    weight = {word: math.log(1 + len(held) / frequency[word]) for word in frequency}
    wanted = set(content_words(claim))
    missing = set(wanted)
    chosen: list[int] = []

    def gain(place: int) -> tuple[float, float]:
        new = sum(weight[word] for word in held[place] & missing)
        return new, sum(weight[word] for word in held[place] & wanted)

    while len(chosen) < most:
        places = [place for place in range(len(held)) if place not in chosen]
        best = max(places, key=gain, default=None)
        if best is None or (chosen and gain(best)[0] <= 0):
            break
        chosen.append(best)
        missing -= held[best]
    return [evidence[place] for place in sorted(chosen)]


def _negated(text: str) -> bool:
    return any(token in NEGATIONS for token in tokens(text))
