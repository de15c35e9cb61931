"""The questions within a question: "how many came, and who led them?", "how far are A and B?".

Invariant: together the parts ask all that the question asks, each in the question's own words but
for the number of its verb.
"""

from __future__ import annotations

import re

ASKING = "how|what|when|where|who|whom|whose|which|why"
_AND_WHAT = re.compile(
    rf"(?:,|;|\?)?\s+and\s+(?=(?:(?:to|by|for|in|at|of|on|from|with|about|since|until)\s+)?(?:{ASKING})\b)|\?\s+(?=\w)",
    re.I,
)
_NOUN = r"(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+"
_NAME = r"[A-Z][\w’'-]*(?:\s+(?:[A-Z]|al-|el-|de\s|der\s|van\s|von\s|bin\s|of\s)[\w’'-]*)*"
_TWO = rf"({_NOUN}|{_NAME})\s+and\s+({_NOUN}|{_NAME})"
_EACH = re.compile(rf"\b{_TWO}\s+(?:each|both|respectively)\b")
_ARE_BOTH = re.compile(rf"(?<=\s)(are|were)\s+{_TWO}(?=\W*$|\s+(?:from|in|on|at)\b)")
_OF_ONE = {"are": "is", "were": "was"}
_TOGETHER = re.compile(
    r"\b(?:apart|between|common|together|each other|one another|same|differ\w*|relat\w*)\b", re.I
)
_OPENS_ASKING = re.compile(rf"(?:\w+\s+)?(?:{ASKING})\b", re.I)


def parts(question: str) -> tuple[str, ...]:
    """The questions within a compound question, in order; of two asked about at once, one each.

    >>> parts("How many were sent, and how many were destroyed?")
    ('How many were sent', 'how many were destroyed?')
    >>> parts("How far from Mull are Oban and Craignure?")
    ('How far from Mull is Oban?', 'How far from Mull is Craignure?')
    >>> parts("What did the mayor and Ann Holm each say?")
    ('What did the mayor say?', 'What did Ann Holm say?')
    >>> parts("How far apart are Oban and Craignure?")
    ('How far apart are Oban and Craignure?',)
    """
    asked = (part.strip(" ,;") for part in _AND_WHAT.split(question) if part.strip(" ,;?"))
    return tuple(one for part in asked for one in _of_each(part))


def _of_each(part: str) -> tuple[str, ...]:
    if not _OPENS_ASKING.match(part) or _TOGETHER.search(part):
        return (part,)
    if each := _EACH.search(part):
        return tuple(f"{part[: each.start()]}{one}{part[each.end() :]}" for one in each.groups())
    if both := _ARE_BOTH.search(part):
        verb, *of = both.groups()
        return tuple(
            f"{part[: both.start()]}{_OF_ONE[verb]} {one}{part[both.end() :]}" for one in of
        )
    return (part,)
