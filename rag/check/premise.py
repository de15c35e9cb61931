"""What a question takes for granted, and a sentence has otherwise: "the six towers", "in 2005",
"the mayor of Oban" where it speaks of the mayor of Mull.

Invariant: this only ever withholds; a sentence that says nothing of it passes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from rag.answering.questions import kind
from rag.text.figures import counted, figures
from rag.text.names import Name, NameIndex, names
from rag.text.spelling import is_misspelt
from rag.text.values import values
from rag.text.words import Word, words

_AT_A_DATE = re.compile(r"\b(?:in|on|during|of)\s+$", re.I)
_WORDS_BESIDE = 2


def has_otherwise(question: str, text: str, title: str = "") -> bool:
    """True when the text gives another date, another number of the same things, or another name
    between the same words; a name that the title has may go by another one in the text.

    >>> has_otherwise("Who bought the yard in 2005?", "In 1995 Ann Holm bought it.")
    True
    >>> has_otherwise("When was the yard of 1905 sold?", "It was sold in 1995.")
    False
    >>> has_otherwise("Who built the six towers?", "The four towers were built by Ann Holm.")
    True
    >>> has_otherwise("Who is the mayor of Oban?", "Ann Holm is the mayor of Mull.")
    True
    """
    return (
        _another_date(question, text)
        or _another_number(question, text)
        or _another_name(question, text, title)
    )


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


def _another_name(question: str, text: str, title: str) -> bool:
    asked, stated = NameIndex(question), NameIndex(f"{title}\n{text}")
    lacking = [
        name
        for name in names(question)
        if not (name.is_date or name.first or _has_any(stated, name) or is_misspelt(name, stated))
    ]
    others = [
        name
        for name in names(text)
        if not (name.is_date or _has_any(asked, name)) and any(w.is_content for w in name.words)
    ]
    return any(
        _stand_alike(_beside(name, question), _beside(other, text))
        for name in lacking
        for other in others
    )


def _has_any(index: NameIndex, name: Name) -> bool:
    return any(index.has(word.bare) for word in name.words)


def _beside(name: Name, text: str) -> tuple[Sequence[Word], Sequence[Word]]:
    """The words before a name of the text, the nearest first, and those after it."""
    found = words(text)
    first, after = found.index(name.words[0]), found.index(name.words[-1]) + 1
    before = found[max(0, first - _WORDS_BESIDE) : first]
    return before[::-1], found[after : after + _WORDS_BESIDE]


def _stand_alike(
    one: tuple[Sequence[Word], Sequence[Word]], other: tuple[Sequence[Word], Sequence[Word]]
) -> bool:
    """True for the same words, of which one has weight: at least one behind, or two before."""
    before, after = (_shared(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    has_weight = any(word.is_content for word in [*before, *after])
    return has_weight and (bool(after) or len(before) == _WORDS_BESIDE)


def _shared(mine: Sequence[Word], theirs: Sequence[Word]) -> list[Word]:
    """The words with which both begin."""
    pairs = zip(mine, theirs, strict=False)
    return [one for one, _ in takewhile(lambda pair: pair[0].stem == pair[1].stem, pairs)]
