"""What can be seen of a claim and its evidence without a model.

Invariant: pure and deterministic; the same texts give the same signals on every machine. Of
`rag.answering` only the removal of frames is used here, none of its checks: a judge that shares its
signals with the writer's verifier would share its blind spots.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from evals.scorers.wording import NEGATIONS, content_words, names, numbers, tokens
from rag.articles.sentences import sentence_spans
from rag.text.framing import bare

WINDOW = 3  # sentences that count as one place of the evidence
ENOUGH = 0.75  # of a claim's words; beyond this more of them say nothing about its truth
MOST_MISSES = 2  # two foreign numbers or names say as much as ten
NAME_STEM = 5  # letters in which "Libya" and "Libyan" agree


@dataclass(frozen=True)
class Signals:
    """One claim against its evidence; higher `window` speaks for it, the others against it.

    `window`: share of the claim's content words found in the best run of three sentences, up to
    `ENOUGH`; `foreign_numbers`, `foreign_names`: how many stand nowhere in the evidence, up to
    two; `negated`: 1 where exactly one of claim and nearest sentence is negated.
    """

    window: float
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

    >>> read_signals("2. Nine people died (Passage 1).", ["The ferry sank.", "9 people died."])
    Signals(window=0.75, foreign_numbers=0.0, foreign_names=0.0, negated=0.0)
    """
    said = bare(claim)
    words = set(content_words(said))
    held = [set(content_words(sentence)) for sentence in evidence]
    if not words or not held:
        return Signals(0.0 if words else ENOUGH, 0.0, 0.0, 0.0)
    nearest = max(range(len(held)), key=lambda place: len(words & held[place]))
    runs = (set().union(*held[place : place + WINDOW]) for place in range(len(held)))
    known = set().union(*map(numbers, evidence))
    spoken = {token[:NAME_STEM] for sentence in evidence for token in tokens(sentence)}
    strangers = {name for name in names(said) if name[:NAME_STEM] not in spoken}
    return Signals(
        window=min(ENOUGH, max(len(words & run) for run in runs) / len(words)),
        foreign_numbers=float(min(len(numbers(said) - known), MOST_MISSES)),
        foreign_names=float(min(len(strangers), MOST_MISSES)),
        negated=float(_negated(said) != _negated(evidence[nearest])),
    )


def worst(found: Sequence[Signals]) -> Signals:
    """The signals of a claim of several sentences: of each signal, what speaks most against it."""
    columns = list(zip(*(signals.values for signals in found), strict=True))
    return Signals(min(columns[0]), *(max(column) for column in columns[1:]))


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
