"""Pairs of a claim and a source with the expected verdict, held against the check of sentences.

    python -m evals pairs tests/check/pairs.jsonl

Invariant: the very check that answers and drafts are held to, without a model; a pair is counted
by whether the claim stands, not by the rule that fails it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from evals.judges.verifying import sources_of
from rag.check.citing import grounds
from rag.check.rules import Stands, check_sentence
from rag.errors import InputError


@dataclass(frozen=True)
class Pair:
    """A claim, its source, and whether the source supports it; `rule` is the kind it stands for."""

    claim: str
    source: str
    expected: str
    rule: str
    half: str

    @property
    def is_true(self) -> bool:
        return self.expected == "supported"


@dataclass(frozen=True)
class Standing:
    """Of the pairs of a kind: how many true and false ones there are, and how many stand."""

    true: int
    true_stand: int
    false: int
    false_stand: int

    @property
    def balanced_accuracy(self) -> float:
        """Mean of the shares judged rightly, of true and of false ones; 0.5 for none."""
        right = self.true_stand / self.true if self.true else 0.5
        caught = 1 - self.false_stand / self.false if self.false else 0.5
        return (right + caught) / 2


def load_pairs(file: Path) -> list[Pair]:
    """The pairs of a JSONL file. Raises InputError."""
    try:
        lines = file.read_text("utf-8").splitlines()
        return [Pair(**json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{file} holds no usable pairs: {error}",
            fix='A line of it: {"half", "rule", "claim", "expected", "source"}.',
        ) from None


def stands(pair: Pair) -> bool:
    """Whether the claim stands against the sentences of its source that are nearest to it."""
    found = grounds(pair.claim, sources_of(pair.source))
    return isinstance(check_sentence(pair.claim, found.sources), Stands)


def standing(pairs: Iterable[Pair]) -> dict[str, Standing]:
    """By half ("held", "tuned") and by rule within it ("held: negation")."""
    counted: Counter[tuple[str, bool, bool]] = Counter()
    keys: dict[str, None] = {}
    for pair in pairs:
        holds = stands(pair)
        for key in (pair.half, f"{pair.half}: {pair.rule}"):
            keys[key] = None
            counted[key, pair.is_true, holds] += 1
    return {
        key: Standing(
            counted[key, True, True] + counted[key, True, False],
            counted[key, True, True],
            counted[key, False, True] + counted[key, False, False],
            counted[key, False, True],
        )
        for key in sorted(keys)
    }
