"""The same sentences in other orders, for what is named must not depend on which is read first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from evals.locating.examples import Shown


def in_some_order(group: Sequence[Shown], random: Random) -> Iterator[Shown]:
    """Examples about the same sentences with these as they stand, the last first, or in any order:
    all in the same one, so that the sentences are still computed once for all.
    """
    places = list(range(len(group[0].sources)))
    turn = random.choice((lambda _: None, list.reverse, random.shuffle))
    turn(places)
    for one in group:
        yield replace(
            one,
            sources=tuple(one.sources[place] for place in places),
            stating=tuple(new for new, place in enumerate(places) if place in one.stating),
        )
