"""The kind of thing that a question asks for, and whether a sentence has one.

Invariant: this tells what a sentence has, and decides nothing.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

from rag.english import MONTHS, WEEKDAYS
from rag.text.figures import Figure, amounts, counted
from rag.text.names import names
from rag.text.reasons import gives_reason
from rag.text.units import dimension, unit_after
from rag.text.words import words

Wanted = Literal["amount", "time", "items", "place", "person", "name", "reason", "manner", "other"]
WANTED: tuple[Wanted, ...] = get_args(Wanted)[:-1]
# Of these a sentence that states the answer has one; the others may be said in other forms.
STRICT: tuple[Wanted, ...] = ("amount", "name")
_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "amount",
        re.compile(
            r"\bhow (?:many|much|far|long|old|tall|big|large|often|fast|heavy|deep|high|wide|"
            r"late|hot|cold|warm)\b|\bnumbers?\b(?= of\b|\W*$)|"
            r"\b(?:percentage|proportion|share|amount|price|age|costs?|population|"
            r"distance|speed|size|salary|weight?s?|temperature|worth|value)\b|"
            r"\b(?:which|who|what)\b.*\b(?:(?:long|tall|high|deep|wid|larg|old|fast|cheap)er|"
            r"bigger|heavier|hotter|more expensive)\b",
            re.I,
        ),
    ),
    ("time", re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day|year|time|month)\b", re.I)),
    (
        "name",
        re.compile(
            r"\bnames? (?:of|for)\b|"
            r"\b(?:what[’']?s|(?:what|how) (?:is|are|was|were))\b.*\b(?:called|named)\b(?! off)|"
            r"\bwhat(?:[’']?s| \w+) (?:\S+ ){1,4}(?:full |real |first )?names?\b",
            re.I,
        ),
    ),
    (
        "items",
        re.compile(
            r"^\W*(?:list|name|give me)\b|\blist\W*$|\ba list\b|\blist (?:of|them|all)\b|"
            r"\b(?:which|what) "
            r"(?:(?!(?:did|does?|ha[sd]|have|will|would|can|could|should|to)\b)\w+ ){0,2}"
            r"(?!was|is|has|does)[a-z]{3,}(?<!s)s\b",
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
_SPAN = frozenset({"time", "months"})
_SIZE = frozenset({"length", "area"})
# What "how far" and the like are measured in, by `rag.text.units.dimension`.
_MEASURED = tuple(
    (re.compile(rf"\b(?:{asks})\b", re.I), frozenset(dimensions))
    for asks, dimensions in (
        ("how high|level|higher", {"length", "share", "money", "temperature"}),
        (
            "how (?:far|tall|deep|wide|big|large)|distance|height|size|longer|taller|deeper|wider",
            _SIZE,
        ),
        ("larger|bigger", _SIZE | {"share", "weight"}),
        ("how old|older|age", {"months"}),
        ("how (?:long|late|soon)", {*_SPAN, "length"}),
        ("how often", _SPAN),
        ("how fast|faster|speed", {"speed"}),
        ("how heavy|heavier|weight?s?", {"weight"}),
        ("how (?:hot|cold|warm)|hotter|temperature", {"temperature"}),
        ("percentage|proportion|share", {"share", "points"}),
        (
            "costs?|price|cheaper|expensive|worth|value|fees?|fine|salary|money|budget|earn(?:s|ed)?|paid",
            {"money"},
        ),
        ("how much", {*_SPAN, "money", "share", "weight", "volume", "power"}),
    )
)
_THINGS_ASKED = re.compile(r"\bhow many( [a-z]+)", re.I)
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
    found = ((asks.search(question), wanted) for wanted, asks in _WANTED)
    asked = [(match.start(), wanted) for match, wanted in found if match]
    return min(asked, key=lambda it: it[0], default=(0, "other"))[1]


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
        named = {word.lower for word in words(sentence) if word.is_capitalised}
        return 1.0 if named & (MONTHS | WEEKDAYS) or _TIME.search(sentence) else -1.0
    if wanted == "place":
        return 1.0 if _PLACE.search(sentence) else -1.0
    if wanted in ("person", "name"):
        asked = question.lower()
        fresh = [it for it in names(sentence) if not it.is_date and it.text.lower() not in asked]
        if wanted == "name":
            return 1.0 if fresh else -1.0
        return 1.0 if any(len(it.words) > 1 for it in fresh) else 0.0 if fresh else -1.0
    if wanted == "items":
        return 1.0 if _ITEMS.search(sentence) else -1.0
    if wanted == "manner":
        return 1.0 if _MANNER.search(sentence) else -1.0
    return 1.0


def _amount(question: str, sentence: str) -> float:
    """Whether a figure that the question does not have measures or counts what is asked for."""
    known = amounts(question)
    fresh = [it for it in amounts(sentence) if not any(it.agrees_with(k) for k in known)]
    bare = [it for it in fresh if it.unit is None and not _is_year(it)]
    measured = _measured(question)
    if measured:
        if any(dimension(it.unit) in measured for it in fresh):
            return 1.0
        return 0.0 if bare else -1.0
    asked = frozenset(word.stem for word in words(question) if word.is_content)
    things = [counted(it, sentence) for it in bare]
    told = {word.stem for word in words(sentence)}
    # "The number of tigers has risen to 198" counts nothing behind the number.
    if any(them & asked or (not them and told & asked) for them in things):
        return 1.0
    return 0.0 if bare or any(it.unit == "percent" for it in fresh) else -1.0


def _measured(question: str) -> frozenset[str]:
    """The dimensions of which one is asked for; none where things are counted."""
    things = _THINGS_ASKED.search(question)
    if things:  # "how many years" are measured, "how many people" are not
        unit = unit_after(things[1], 0)
        return frozenset({dimension(unit[0]) or ""} if unit else ())
    return next((those for asks, those in _MEASURED if asks.search(question)), frozenset())


def _is_year(figure: Figure) -> bool:
    return figure.text.removesuffix("s").isdigit() and 1_500 <= figure.value < 2_100
