"""Which kind of question is this? One fitted score of each kind, from what costs nothing.

Weighed are the text's meaning (the packaged MiniLM), runs of up to three words with all rarer words
blanked out, those that it begins with, and which row of `rag.kinds.ROWS` has a pattern that
matches first. The weights are fitted on questions of several writers (`kinds.npz`;
`python -m evals fit-kinds`): patterns alone tell half of those of a writer they were not made for.
Invariant: no language model is asked, and the same words give the same kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.kinds import ROWS, TRAITS, Kind
from rag.models.embeddings import packaged

WEIGHTS_FILE = Path(__file__).with_name("kinds.npz")
# How much the four parts of what is weighed count before they are fitted.
_OF_MEANING, _OF_RUNS, _OF_OPENING, _OF_PATTERN = 1.5, 1.5, 1.0, 1.5
_LONGEST_RUN = 3
# What needs no search is only taken for that where it is all but sure.
_SURE = 0.8
_COMPILED = tuple((row.name, re.compile("|".join(row.patterns), re.I)) for row in ROWS)
_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[?!,.:;]")
_BLANK, _ENDS = "_", ("^", "$")

Numbers = NDArray[np.float32]


def by_pattern(text: str) -> Kind | None:
    """The kind of the first row whose pattern matches, None where none does.

    >>> [by_pattern(it) for it in ("hi", "Who led it?", "Did anyone die?", "TL;DR of the fire")]
    ['small_talk', 'who', 'yes_no', 'summary']
    >>> by_pattern("storm in Lowick") is None
    True
    """
    stripped = text.strip()
    return next((kind for kind, pattern in _COMPILED if pattern.search(stripped)), None)


def kind_of(text: str) -> Kind:
    """The likeliest kind of the likeliest answerer: kinds that share one pool their probabilities.

    Else "fact", "who", "what" and "count" would share their votes, and an overview would win. A
    kind that needs no search has to be sure.

    >>> [kind_of(it) for it in ("storm in Lowick", "The mill burnt because of what?")]
    ['overview', 'why']
    """
    told = by_pattern(text)
    if told is not None and told not in _fitted().kinds:
        return told  # a new row: its pattern decides until the weights are fitted anew
    return kind_by(likely(text))


def kind_by(chances: Mapping[Kind, float]) -> Kind:
    """The kind that these probabilities tell."""
    by_answerer: dict[str | None, float] = defaultdict(float)
    for kind, chance in chances.items():
        by_answerer[TRAITS[kind].answerer] += chance
    ranked = sorted(
        chances, key=lambda kind: (by_answerer[TRAITS[kind].answerer], chances[kind]), reverse=True
    )
    return next(it for it in ranked if TRAITS[it].searches or chances[it] >= _SURE)


@lru_cache(maxsize=256)
def likely(text: str) -> Mapping[Kind, float]:
    """The probability of each kind; together 1."""
    (chances,) = _fitted().chances([text])
    return {kind: chance for kind, chance in chances.items() if kind in TRAITS}


@dataclass(frozen=True)
class KindModel:
    """What tells `kinds`: the `common` words that are kept, the `runs` and `openings` that are
    weighed, and `weights`, shape (1 + 384 + runs + openings + kinds + 1, kinds).
    """

    kinds: tuple[Kind, ...]
    common: frozenset[str]
    runs: Mapping[str, int]
    openings: Mapping[str, int]
    weights: Numbers

    def inputs(self, texts: Sequence[str], meanings: Numbers) -> Numbers:
        """What is weighed, a row for each text and its vector; the first column is 1."""
        runs = np.zeros((len(texts), len(self.runs)), dtype=np.float32)
        openings = np.zeros((len(texts), len(self.openings)), dtype=np.float32)
        patterns = np.zeros((len(texts), len(self.kinds) + 1), dtype=np.float32)
        for row, text in enumerate(texts):
            words = skeleton(text, self.common)
            runs[row, [self.runs[it] for it in runs_of(words) & self.runs.keys()]] = 1.0
            begun = openings_of(words) & self.openings.keys()
            openings[row, [self.openings[it] for it in begun]] = 1.0
            told = by_pattern(text)
            patterns[row, (*self.kinds, told).index(told)] = _OF_PATTERN
        runs /= np.sqrt(np.maximum(1.0, runs.sum(axis=1, keepdims=True)))
        return np.hstack(
            [
                np.ones((len(texts), 1), dtype=np.float32),
                meanings * _OF_MEANING,
                runs * _OF_RUNS,
                openings * _OF_OPENING,
                patterns,
            ]
        )

    def chances(
        self, texts: Sequence[str], meanings: Numbers | None = None
    ) -> list[dict[Kind, float]]:
        """The probability of each kind, for each text; `meanings` are their vectors, if known."""
        if meanings is None:
            meanings = packaged().embed(texts)
        scores = self.inputs(texts, meanings) @ self.weights
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        return [dict(zip(self.kinds, row, strict=True)) for row in odds.tolist()]

    def keep(self, path: Path) -> None:
        """Write it to a file."""
        np.savez_compressed(
            path,
            kinds=np.array(self.kinds),
            common=np.array(sorted(self.common)),
            runs=np.array(list(self.runs)),
            openings=np.array(list(self.openings)),
            weights=self.weights.astype(np.float16),
        )


def opened(path: Path) -> KindModel:
    """The model in a file."""
    with np.load(path, allow_pickle=False) as kept:
        return KindModel(
            kinds=tuple(kept["kinds"].tolist()),
            common=frozenset(kept["common"].tolist()),
            runs={run: place for place, run in enumerate(kept["runs"].tolist())},
            openings={run: place for place, run in enumerate(kept["openings"].tolist())},
            weights=kept["weights"].astype(np.float32),
        )


def tokens(text: str) -> list[str]:
    """Words and marks in lower case, between a start "^" and an end "$".

    >>> tokens("Who’s there?")
    ['^', "who's", 'there', '?', '$']
    """
    return ["^", *_TOKEN.findall(text.lower().replace("’", "'")), "$"]


def skeleton(text: str, common: frozenset[str]) -> list[str]:
    """Its tokens with everything but `common` ones blanked out, so that no topic counts.

    >>> skeleton("Why did the old ferry sink?", frozenset({"why", "did", "the", "?"}))
    ['^', 'why', 'did', 'the', '_', '?', '$']
    """
    found: list[str] = []
    for word in tokens(text):
        kept = word if word in common or word in _ENDS else _BLANK
        if kept != _BLANK or not found or found[-1] != _BLANK:
            found.append(kept)
    return found


def runs_of(words: Sequence[str]) -> set[str]:
    """All runs of up to three."""
    lengths = range(1, _LONGEST_RUN + 1)
    found = {" ".join(words[n : n + k]) for k in lengths for n in range(len(words) - k + 1)}
    return found - {_BLANK, *_ENDS}


def openings_of(words: Sequence[str]) -> set[str]:
    """Its first word, first two and first three, each after the start."""
    return {" ".join(words[: 1 + k]) for k in range(1, _LONGEST_RUN + 1)}


@lru_cache(maxsize=1)
def _fitted() -> KindModel:
    return opened(WEIGHTS_FILE)
