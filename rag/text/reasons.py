"""Words that give a reason: what a "why" asks for, and what a "because" needs in its source.

Invariant: what says a "because" gives a reason.
"""

from __future__ import annotations

import re

_BECAUSE = re.compile(
    r"\b(?:because|due to|owing to|as a result|thanks to|caused by|led to)\b", re.I
)
# "To win it back" is a reason, "belong to the state" is none.
_TO_DO = r"to (?!(?:the|an?|this|that|these|those|his|her|its|their|it|him|them)\b)\w+"
_GROUNDS = re.compile(
    r"\b(?:because|due|owing to|as a result|result(?:ed)? (?:of|in)|thanks to|caus\w+|led to|"
    r"so|in order|reasons?|since|blam\w+|therefore|prompt\w+|why|attempt|aim\w*|seen as|hop\w+|"
    rf"for fear|after|{_TO_DO}|makes?|made|which means|follow\w+|trigger\w*)\b",
    re.I,
)


def because(text: str) -> str | None:
    """The words that say outright that one thing is the reason of another; None without any.

    >>> because("The pier closed because of ice."), because("The pier closed. It froze.")
    ('because', None)
    """
    found = _BECAUSE.search(text)
    return found.group() if found else None


def gives_reason(text: str) -> bool:
    """True where any word of it may give a reason; many sentences have one.

    >>> gives_reason("He left to see her."), gives_reason("He went to the pier.")
    (True, False)
    """
    return bool(_GROUNDS.search(text))
