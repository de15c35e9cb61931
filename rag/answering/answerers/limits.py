"""How many sentences answer a kind of question, how sure they must be, and when it is declined.

Fitted on stories that the weights had not seen: `python -m evals fit-evidence` prints the curve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.kinds import Kind


@dataclass(frozen=True)
class Limits:
    """How many sentences at most, and the log-odds that the second and later ones need.

    `declines` is the log-odds that any sentence states the answer, below which none is shown. What
    `reads_on` looks at the next likeliest sentences, too, where the first ones state it.
    """

    most: int
    also: float
    declines: float
    reads_on: bool = False


LIMITS: Mapping[Kind, Limits] = {
    "count": Limits(most=3, also=-0.6, declines=-0.6),
    "who": Limits(most=4, also=-1.0, declines=-0.6),
    "what": Limits(most=4, also=-1.4, declines=-0.6),
    "why": Limits(most=4, also=-1.5, declines=-0.6, reads_on=True),
    "how": Limits(most=4, also=-1.4, declines=-0.6, reads_on=True),
    "fact": Limits(most=3, also=-1.0, declines=-0.6),
}
