"""What a question takes for granted, and a sentence has otherwise: "the six towers", "in 2005".

Invariant: this only ever withholds; a sentence that says nothing of it passes.
"""

from __future__ import annotations

import re

from rag.answering.figures import counted, figures
from rag.answering.questions import kind
from rag.answering.values import values

_AT_A_DATE = re.compile(r"\b(?:in|on|during|of)\s+$", re.I)


def has_otherwise(question: str, text: str) -> bool:
    """True when the text gives another date, or another number of the same things.

    >>> has_otherwise("Who bought the yard in 2005?", "In 1995 Ann Holm bought it.")
    True
    >>> has_otherwise("When was the yard of 1905 sold?", "It was sold in 1995.")
    False
    >>> has_otherwise("Who built the six towers?", "The four towers were built by Ann Holm.")
    True
    """
    return _another_date(question, text) or _another_number(question, text)


def _another_date(question: str, text: str) -> bool:
    """A question for a date is answered by other dates than its own."""
    if kind(question) in ("date", "time"):
        return False
    asked = [
        value
        for value in values(question)
        if value.kind == "date" and _AT_A_DATE.search(question[: value.span.start])
    ]
    given = [value for value in values(text) if value.kind == "date"]
    return bool(asked and given) and not any(a.agrees_with(g) for a in asked for g in given)


def _another_number(question: str, text: str) -> bool:
    stated = figures(text)
    for figure in figures(question):
        if any(figure.agrees_with(other) for other in stated):
            continue
        things = counted(figure, question)
        if things and any(things & counted(other, text) for other in stated):
            return True
    return False
