"""Sentences that lean on the one before them: "He came", "two of them sank", "one like it".

Invariant: told by the words alone; what it is that they lean on is found elsewhere.
"""

from __future__ import annotations

import re

from rag.english import MONTHS, WEEKDAYS
from rag.text.names import names
from rag.text.words import words

_MOST_BEFORE_LEANING = 8
_PERSONS = frozenset({"he", "she", "they"})
# "When they are finished, the plants …": who they are comes after.
_SUBORDINATING = frozenset(
    "after although as because before if once since though unless until when while".split()
)
# "An officer said that one of these struck a lorry"; "one of those who" leans on nothing.
_COUNT = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|dozens|some|most|many|few|all|none|"
    r"each|half|several|both)"
)
_OF_THESE = re.compile(
    rf"(?:[\w’'-]+ ){{0,6}}{_COUNT} of "
    r"(?:these|those)\b(?! (?:who|whom|whose|that|which|with|in|on|at|from|of)\b)|"
    rf"(?:(?:only|about|at least|at most) )?{_COUNT} of them\b|"
    r"(?:one|some|another|others) like (?:it|them|this|these|that|those)\b",
    re.I,
)
_QUOTATION = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
_PERSON = re.compile(r"(?<!who )\b(?:he|she)\b", re.I)
_LEANING = re.compile(r"[\"“‘(]*(?:He|She|They|It|His|Her|Their|Its|This|These|Those)\b")


def opens_leaning(sentence: str) -> bool:
    """True when it begins with what stands before it: "He came", "In May, they left".

    >>> opens_leaning("But, on 3 May, she left."), opens_leaning("On 3 May the mayor left her.")
    (True, False)
    >>> opens_leaning("When they are finished, the plants will be large.")
    False
    >>> opens_leaning("The crew said one of these sank."), opens_leaning("One of those who sank …")
    (True, False)
    >>> opens_leaning("Two of them sank."), opens_leaning("Nine came and two of them sank.")
    (True, False)
    >>> opens_leaning("One like it sank."), opens_leaning("One man like that left.")
    (True, False)
    """
    if _LEANING.match(sentence):
        return True
    if _OF_THESE.match(sentence):
        return True
    for word in words(sentence)[:_MOST_BEFORE_LEANING]:
        if word.lower in _PERSONS:
            return True
        if word.lower in _SUBORDINATING:
            return False
        is_day = word.lower in WEEKDAYS | MONTHS or word.text[0].isdigit()
        if word.is_content and not is_day:
            return False
    return False


def leans(sentence: str) -> bool:
    """True when it does not say of whom it speaks, at its opening or further on.

    >>> leans("“I am glad,” she told the paper."), leans("“We are glad.”")
    (True, True)
    >>> leans("Ann Holm said she was glad."), leans("The mayor said so.")
    (False, False)
    """
    if opens_leaning(sentence):
        return True
    outside = _QUOTATION.sub(" ", sentence)
    if not re.search(r"\w", outside):
        return True
    named = any(not name.is_date for name in names(outside))
    return not named and _PERSON.search(outside) is not None
