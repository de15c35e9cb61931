"""The kind of thing that a question asks for, and whether a sentence has one.

Invariant: this tells what a sentence has, and decides nothing.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from rag.text.figures import figures
from rag.text.names import MONTHS, WEEKDAYS, names
from rag.text.reasons import gives_reason
from rag.text.words import words

Wanted = Literal["amount", "time", "items", "person", "reason", "manner", "other"]
WANTED: tuple[Wanted, ...] = get_args(Wanted)[:-1]
_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "amount",
        re.compile(
            r"\bhow (?:many|much|far|long|old|tall|big|large|often|fast|heavy|deep|high|wide|"
            r"late)\b|\b(?:number|percentage|proportion|share|amount|price|age|cost|population|distance|"
            r"speed|size)\b",
            re.I,
        ),
    ),
    ("time", re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day|year|time|month)\b", re.I)),
    (
        "items",
        re.compile(
            r"^\W*(?:list|name|give me)\b|\blist\W*$|\ba list\b|\blist (?:of|them|all)\b|"
            r"\b(?:which|what) (?:\w+ ){0,2}(?!was|is|has|does)[a-z]{3,}(?<!s)s\b",
            re.I,
        ),
    ),
    ("person", re.compile(r"\bwho(?:m|se|[’']?s)?\b", re.I)),
    ("reason", re.compile(r"\bwhy\b|\breasons?\b|\bcause", re.I)),
    ("manner", re.compile(r"^\W*(?:\w+ )?how\b", re.I)),
)
# "A power station, a police compound and buildings": three things at least.
_ITEMS = re.compile(r"[^,;]{2,60}[,;] [^,;]{2,60}?(?:[,;] |,? (?:and|or) )[^,;]{2,}", re.I)
_MANNER = re.compile(
    r"\b(?:by|through|using|with|via|thanks to|based on|means of|to) (?:the |an? )?\w+|\bused\b",
    re.I,
)
_TIME = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b(?:yesterday|today|ago|last (?:week|month|year)|morning|evening|"
    r"night|noon|midnight|afternoon)\b|\d ?[ap]\.?m\b",
    re.I,
)


def wanted_of(question: str) -> Wanted:
    """The kind of thing that the question asks for.

    >>> wanted_of("How far is it?"), wanted_of("When did it fall?"), wanted_of("What is it?")
    ('amount', 'time', 'other')
    """
    return next((wanted for wanted, asks in _WANTED if asks.search(question)), "other")


def has_wanted(wanted: Wanted, question: str, sentence: str) -> bool:
    """True where the sentence has such a thing that the question does not have.

    >>> has_wanted("amount", "How many came?", "Nine came."), has_wanted("time", "When?", "Soon.")
    (True, False)
    """
    if wanted == "amount":
        known = figures(question)
        return any(not any(f.agrees_with(k) for k in known) for f in figures(sentence))
    if wanted == "time":
        lower = {word.lower for word in words(sentence)}
        return bool(lower & (MONTHS | WEEKDAYS) or _TIME.search(sentence))
    if wanted == "person":
        asked = question.lower()
        return any(not name.is_date and name.text.lower() not in asked for name in names(sentence))
    if wanted == "items":
        return bool(_ITEMS.search(sentence))
    if wanted == "reason":
        return gives_reason(sentence)
    return bool(_MANNER.search(sentence)) if wanted == "manner" else True
