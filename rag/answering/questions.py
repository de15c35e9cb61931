"""What a question asks for, and whether a sentence gives that kind of thing.

A sentence may be true, cited and still no answer: "Bartella fell on Thursday" does not answer
"on what date". Invariant: these checks only ever withhold; they never let anything through.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.text.figures import Figure, figures, vague_amounts
from rag.text.names import (
    MONTHS,
    WEEKDAYS,
    NameIndex,
    has_role,
    missing_names,
    names,
    roles,
)
from rag.text.overlap import content
from rag.text.reasons import gives_reason
from rag.text.spelling import is_misspelt
from rag.text.whole_names import in_pieces
from rag.text.words import stem, words

Kind = Literal["amount", "date", "time", "statement", "reason", "yes_no", "other"]

_AMOUNT = re.compile(
    r"\bhow (?:many|much|far|long|old|tall|big|large|often|fast|heavy|deep|high|wide|late)\b|"
    r"\bwhat (?:number|percentage|proportion|share|amount|price|age)\b|"
    r"\bwhat (?:is|was|are|were) the (?:\w+ )?(?:population|number|cost|price|death toll|"
    r"percentage|age|distance|size|length|height|temperature)\b",
    re.I,
)
_PRICE = re.compile(
    r"\b(?:what|which) (?:is|was|are|were) the (?:[\w-]+ ){0,3}"
    r"(?:price|cost|fee|fare|rent|wage)s?\b|"
    r"\bhow much money\b|\bhow much (?:does|do|did) [^,]*\bcosts?\b",
    re.I,
)
_MONEY = re.compile(
    r"[£$€¥₹₽%]|\b(?:dollars?|pounds?|euros?|cents?|pence|penny|\d+p|rupees?|yuan|yen|won|pesos?|"
    r"rou?bles?|francs?|lira|marks?|kron\w+|crowns?|shillings?|dinars?|dirhams?|shekels?|rand|baht|"
    r"zloty|reais|free|nothing|per cent|percent|[A-Z]{2}D|EUR|GBP|CHF|JPY|CNY|INR|RUB|SEK|NOK|DKK|"
    r"PLN)\b",
)
_DATE = re.compile(
    r"\b(?:what|which|exact|calendar) (?:\w+ )?date\b|\bon what (?:day and )?date\b", re.I
)
# "What happens when …" and "When …, what happens?" ask for no time.
_TIME = re.compile(
    r"^\W*(?:\w+\W+)?when\b(?!.*,\s*(?:how|what|where|who|which|why)\b)|,\s*when\b|"
    r"\bwhen (?:did|do|does|was|were|is|will|would|has|have|had)\b|"
    r"\b(?:what|which) (?:day|month|year|time|century|decade)\b",
    re.I,
)
_HOW_LONG = re.compile(r"\bhow (?:long|often|old|late)\b", re.I)
# "Almost a month", "all day", "for years", "until spring".
_A_WHILE = re.compile(
    r"\b(?:an?|all|each|every|the (?:whole|entire|rest of the)) "
    r"(?:minute|hour|day|night|week|weekend|fortnight|month|season|year|decade|century|lifetime)\b|"
    r"\b(?:minutes|hours|days|weeks|months|years|decades|centuries|generations|overnight|forever|"
    r"until|since)\b",
    re.I,
)
_STATEMENT = re.compile(r"\bwhat (?:did|does|has|had) [^?]*\b(?:say|tell|claim|announce)\b", re.I)
# "Explain why" asks for a reason, "the man who knew why" does not.
_REASON = re.compile(r"^\W*(?:\w+\W+)?why\b|\b(?:what|which) (?:\w+ )?the reasons?\b", re.I)
_AUXILIARY = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might"
_YES_NO = re.compile(rf"^(?:{_AUXILIARY})\b", re.I)
ASKING = "how|what|when|where|who|whom|whose|which|why"
_ASKS = re.compile(rf"\b(?:{ASKING}|{_AUXILIARY})\b", re.I)
_TIME_WORDS = frozenset(
    """after ago autumn before beginning centuries century current currently day days decade
    decades during earlier early end evening fall following hour hours last late later midnight
    minute minutes month months morning next night noon now once previous previously recent
    recently since soon spring summer then today tomorrow tonight until week weekend weeks when
    while winter year years yesterday""".split()
)
_NO_AMOUNT = re.compile(
    r"\b(?:no|none|nobody|all|every|both|half|one|once|twice|single|first|unanimous(?:ly)?)\b", re.I
)
# Those who died were not injured, and the other way round.
_HURT = frozenset(stem(word) for word in ("injured", "wounded", "hurt"))
_DEAD = frozenset(stem(word) for word in ("died", "killed", "dead", "deaths", "drowned"))
_LAST_YEAR = 2_100
_DAY_OF_MONTH = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b")


def asks_something(text: str) -> bool:
    """False for what is no question without the one before it.

    >>> asks_something("And who led them?"), asks_something("And in miles?")
    (True, False)
    """
    return bool(_ASKS.search(text))


def kind(question: str) -> Kind:
    """What kind of thing the question asks for.

    >>> kind("How many were destroyed?"), kind("On what date did it fall?"), kind("Who led it?")
    ('amount', 'date', 'other')
    """
    if _DATE.search(question):
        return "date"
    if _AMOUNT.search(question):
        return "amount"
    if _TIME.search(question):
        return "time"
    if _STATEMENT.search(question):
        return "statement"
    if _REASON.search(question):
        return "reason"
    return "yes_no" if _YES_NO.match(question.strip()) else "other"


def without_why(question: str) -> str:
    """What a "why" takes for granted, as a question.

    >>> without_why("Why was the pier closed?")
    'was the pier closed?'
    """
    return _REASON.sub("", question).strip()


def answers_kind(question: str, answer: str) -> bool:
    """True unless the answer lacks the kind of thing that the question asks for.

    >>> answers_kind("On what date did Bartella fall?", "Bartella fell on Thursday.")
    False
    >>> answers_kind("When did Bartella fall?", "Bartella fell on Thursday.")
    True
    """
    wanted = kind(question)
    lower = {word.lower for word in words(answer)}
    if wanted == "amount":
        known = figures(question)
        fresh = [f for f in figures(answer) if not any(f.agrees_with(k) for k in known)]
        if _PRICE.search(question) and not _MONEY.search(answer):
            return False
        lasting = _HOW_LONG.search(question) and _A_WHILE.search(answer)
        return bool(fresh or vague_amounts(answer) or _NO_AMOUNT.search(answer) or lasting)
    if wanted == "date":
        return bool(lower & MONTHS and _DAY_OF_MONTH.search(answer))
    if wanted == "time":
        dated = lower & (WEEKDAYS | MONTHS | _TIME_WORDS)
        return bool(dated or any(_may_be_a_time(figure) for figure in figures(answer)))
    if wanted == "yes_no":
        return True
    if wanted == "reason" and not gives_reason(answer):
        return False
    return bool(content(answer) - content(question))


def _may_be_a_time(figure: Figure) -> bool:
    """A year, a day, an hour; 60,000 is none."""
    return figure.value == int(figure.value) and figure.value <= _LAST_YEAR


def counts_other_things(question: str, text: str) -> bool:
    """True where an amount is asked of several things and the text has none but their names, or
    has the dead where the injured are asked about.

    >>> counts_other_things("How many sailors drowned off Oban?", "Oban has 8,000 inhabitants.")
    True
    >>> counts_other_things("How many sailors drowned off Oban?", "Two men drowned.")
    False
    """
    if kind(question) != "amount":
        return False
    named = (content(name.text) for name in names(question) if not name.first)
    asked = content(_AMOUNT.sub(" ", question)).difference(*named)
    things, stated = {one for one in asked if not one.startswith("#")}, content(text)
    for mine, others in ((_HURT, _DEAD), (_DEAD, _HURT)):
        if things & mine and stated & others and not stated & mine:
            return True
    return len(things) > 1 and not things & stated


def unknown_to(question: str, context: str) -> str | None:
    """A name or role in the question that `context` does not have; None when it has all.

    A name that is one letter off is taken for misspelt.

    >>> unknown_to("What did the US president say?", "The French President spoke to US troops.")
    'US president'
    >>> unknown_to("How many fled Raqqa?", "Thousands fled Mosul.")
    'Raqqa'
    >>> unknown_to("Who is Ann Ellery?", "Ann Holm came to Oban. There she met Ruth Ellery.")
    'Ann Ellery'
    """
    index = NameIndex(context)
    missing = missing_names(
        question, index, ordinary=frozenset(w.lower for w in words(question)[:1])
    )
    unknown = [name for name in missing if not is_misspelt(name, index)]
    if unknown:
        return unknown[0].text
    for owner, role in roles(question):
        if not has_role(context, owner, role):
            return f"{owner} {role}"
    torn = in_pieces(question, context)
    return torn.text if torn else None
