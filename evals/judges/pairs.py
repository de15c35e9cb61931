"""Pairs of a claim and a source with the expected verdict, held against the check of sentences.

    python -m evals pairs tests/check/pairs.jsonl

Invariant: the very check that answers and drafts are held to, without a model; a pair is counted
by whether the claim stands, not by the rule that fails it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from evals.datasets.example import LabelledClaim
from evals.judges.verifying import sources_of
from rag.check.citing import grounds
from rag.check.rules import Stands, check_sentence


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


def stands(pair: LabelledClaim) -> bool:
    """Whether the claim stands against the sentences of its source that are nearest to it."""
    found = grounds(pair.claim, sources_of(pair.evidence))
    return isinstance(check_sentence(pair.claim, found.sources), Stands)


def standing(pairs: Iterable[LabelledClaim]) -> dict[str, Standing]:
    """By half ("pairs, held") and by rule within it ("pairs, held: negation")."""
    counted: Counter[tuple[str, bool, bool]] = Counter()
    keys: dict[str, None] = {}
    for pair in pairs:
        holds = stands(pair)
        for key in (pair.dataset, f"{pair.dataset}: {dict(pair.meta)['rule']}"):
            keys[key] = None
            counted[key, pair.label, holds] += 1
    return {
        key: Standing(
            counted[key, True, True] + counted[key, True, False],
            counted[key, True, True],
            counted[key, False, True] + counted[key, False, False],
            counted[key, False, True],
        )
        for key in sorted(keys)
    }
