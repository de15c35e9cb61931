"""The kind of thing that a question asks for, and whether a sentence has one.

Invariant: this tells what a sentence has, and decides nothing.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from rag.text.figures import amounts, counted
from rag.text.names import MONTHS, WEEKDAYS, names
from rag.text.reasons import gives_reason
from rag.text.words import words

Wanted = Literal["amount", "time", "items", "place", "person", "reason", "manner", "other"]
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
    (
        "place",
        re.compile(r"\bwhere\b|\b(?:what|which) (?:city|town|country|place|village)\b", re.I),
    ),
    ("person", re.compile(r"\bwho(?:m|se|[’']?s)?\b", re.I)),
    ("reason", re.compile(r"\bwhy\b|\breasons?\b|\bcause", re.I)),
    ("manner", re.compile(r"^\W*(?:\w+ )?how\b", re.I)),
)
# "A power station, a police compound and buildings": three things at least.
_ITEMS = re.compile(r"[^,;]{2,60}[,;] [^,;]{2,60}?(?:[,;] |,? (?:and|or) )[^,;]{2,}", re.I)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|as a result|result(?:ed)? (?:of|from)|"
    r"caus(?:e|ed|es|ing)|so that|in order to|aim(?:s|ed|ing)?|attempt|"
    r"blam(?:e|ed|es|ing)|reasons?|led to|leads to|"
    r"meant? to|designed to|fear(?:s|ed)?|why|that is why|since)\b",
    re.I,
)
_PLACE = re.compile(r"\b(?:in|at|near|from|to|of|outside|off|between|inside) (?:the )?[A-Z]")
_UNITS = (
    (
        re.compile(r"\bhow (?:far|tall|high|deep|wide|big|large)\b|\bdistance\b", re.I),
        re.compile(
            r"\b(?:miles?|km|kilomet\w+|met(?:re|er)s?|feet|foot|ft|yards?|cm|inch\w*|per cent|"
            r"percent|hectares?|acres?|tonnes?)\b|\d ?(?:m|km|ft|%)\b|%",
            re.I,
        ),
    ),
    (
        re.compile(r"\bhow old\b|\bwhat age\b", re.I),
        re.compile(r"\b(?:aged?|years?|months?)\b|, \d{1,3},|\(\d{1,3}\)", re.I),
    ),
    (
        re.compile(r"\bhow (?:long|often|soon|late)\b", re.I),
        re.compile(
            r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|times|once|"
            r"twice|(?:kilo|centi|milli)?met(?:re|er)s?|miles?|km|cm|yards?|foot|feet|inch(?:es)?|"
            r"pages?)\b",
            re.I,
        ),
    ),
    (
        re.compile(r"\bhow much\b|\b(?:cost|price|worth|value)\b", re.I),
        re.compile(
            r"[£$€¥₹]|%|\b(?:dollars?|pounds?|euros?|roubles?|krone|crowns|yen|per cent|"
            r"percent|million|billion|pence|p)\b",
            re.I,
        ),
    ),
    (
        re.compile(r"\bhow fast\b|\bspeed\b", re.I),
        re.compile(r"\b(?:mph|km/?h|kmh|knots?|an hour|per hour|a second|per second)\b", re.I),
    ),
)
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
    return fit(wanted, question, sentence) >= 0


def fit(wanted: Wanted, question: str, sentence: str) -> float:
    """How well what the sentence has fits what is asked for: 1 well, 0 it may, -1 it has none.

    >>> fit("amount", "How far is it?", "It is 12 miles."), fit("amount", "How far?", "Nine came.")
    (1.0, 0.0)
    >>> fit("reason", "Why?", "It shut because of ice."), fit("reason", "Why?", "It shut.")
    (1.0, -1.0)
    """
    if wanted == "amount":
        return _amount(question, sentence)
    if wanted == "reason":
        return 1.0 if _REASON.search(sentence) else 0.0 if gives_reason(sentence) else -1.0
    if wanted == "time":
        lower = {word.lower for word in words(sentence)}
        return 1.0 if lower & (MONTHS | WEEKDAYS) or _TIME.search(sentence) else -1.0
    if wanted == "place":
        return 1.0 if _PLACE.search(sentence) else -1.0
    if wanted == "person":
        asked = question.lower()
        fresh = [it for it in names(sentence) if not it.is_date and it.text.lower() not in asked]
        return 1.0 if any(len(it.words) > 1 for it in fresh) else 0.0 if fresh else -1.0
    if wanted == "items":
        return 1.0 if _ITEMS.search(sentence) else -1.0
    if wanted == "manner":
        return 1.0 if _MANNER.search(sentence) else -1.0
    return 1.0


def _amount(question: str, sentence: str) -> float:
    """Whether a figure that the question does not have is of the unit, or counts what is asked."""
    known = amounts(question)
    fresh = [it for it in amounts(sentence) if not any(it.agrees_with(k) for k in known)]
    if not fresh:
        return -1.0
    for asks, unit in _UNITS:
        if asks.search(question):
            return 1.0 if unit.search(sentence) else 0.0
    asked = frozenset(word.stem for word in words(question) if word.is_content)
    return 1.0 if any(counted(it, sentence) & asked for it in fresh) else 0.0
