"""Words that give a reason: what a "why" asks for."""

from __future__ import annotations

import re

# "To win it back" is a reason, "belong to the state" is none.
_TO_DO = r"to (?!(?:the|an?|this|that|these|those|his|her|its|their|it|him|them)\b)\w+"
_GROUNDS = re.compile(
    r"\b(?:because|due|owing to|as a result|result(?:ed)? (?:of|in)|thanks to|caus\w+|led to|"
    r"so|in order|reasons?|since|blam\w+|therefore|prompt\w+|why|attempt|aim\w*|seen as|hop\w+|"
    rf"for fear|after|{_TO_DO}|makes?|made|which means|follow\w+|trigger\w*)\b",
    re.I,
)


def gives_reason(text: str) -> bool:
    """True where any word of it may give a reason; many sentences have one.

    >>> gives_reason("He left to see her."), gives_reason("He went to the pier.")
    (True, False)
    """
    return bool(_GROUNDS.search(text))
