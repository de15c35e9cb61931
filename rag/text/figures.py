"""Numbers in words and digits, with their units, so that nine is 9 and £1m is a million pounds.

Invariant: two figures are equal only when their values are, and their units do not contradict.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rag.articles.article import Span
from rag.text.words import words

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SMALL |= {"twentieth": 20, "thirtieth": 30}
_ORDINAL = {word: value for value, word in enumerate(_ORDINALS)} | {"thirtieth": 30}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "dozen": 12,
}
_SUFFIXES = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000, "tn": 10**12}
_VAGUE = re.compile(
    r"\b(dozens|scores|hundreds|thousands|millions|billions|several|a few|a handful|a couple)\b",
    re.I,
)
_DIGITS = re.compile(
    r"(?<![\w.])(?P<currency>[£$€¥])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<suffix>(?:st|nd|rd|th|k|m|bn|b|tn)(?![\w])|s(?![\w])|%)?"
    r"(?:[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|dozen)\b)?",
    re.I,
)
_NUMBER_WORDS = "|".join(sorted({*_SMALL, *_ORDINAL, *_SCALES} - {"second"}, key=len, reverse=True))
_WORDS = re.compile(
    rf"\b(?:(?:{_NUMBER_WORDS})\b|a(?=[\s-](?:hundred|thousand|million|billion|trillion|dozen)\b))"
    rf"(?:(?:[\s-]+|[\s-]and[\s-])(?:{_NUMBER_WORDS})\b)*",
    re.I,
)
_UNIT_AFTER = re.compile(
    r"[\s-]*(?:of\s+)?(?P<unit>per\s?cent|percent|%|percentage|km|kilomet(?:re|er)s?|miles?|"
    r"met(?:re|er)s?|feet|foot|ft|kg|kilo(?:gram)?s?|tonnes?|tons?|pounds?|dollars?|euros?|"
    r"yen|pence|p|years?|months?|weeks?|days?|hours?|minutes?|seconds?|degrees?)(?!\w)",
    re.I,
)
_UNIT_NAMES = {
    "%": "percent", "per cent": "percent", "percentage": "percent", "£": "pound", "$": "dollar",
    "€": "euro", "¥": "yen", "km": "kilometre", "kilometer": "kilometre", "meter": "metre",
    "feet": "foot", "ft": "foot", "kg": "kilogram", "kilo": "kilogram", "ton": "tonne",
}  # fmt: skip
_BREAK = re.compile(
    r"[,;:.!?()]|\b(?:and|or|in|at|on|of|by|to|from|were|was|are|is|have|had|has)\b"
)
_COUNTED_CHARS = 40
_WEAK_ONE = re.compile(r"^(?:one|first)$", re.I)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as stated: its value, its unit where one follows, its words and place."""

    value: float
    unit: str | None
    text: str
    span: Span

    def agrees_with(self, other: Figure) -> bool:
        """Equal value, and no contradiction between units that both state.

        >>> figures("nine miles")[0].agrees_with(figures("9 km")[0])
        False
        """
        same = abs(self.value - other.value) <= 1e-9 * max(1.0, abs(self.value))
        return same and (self.unit is None or other.unit is None or self.unit == other.unit)


def _in_words(phrase: str) -> float | None:
    total, group = 0.0, 0.0
    seen = False
    for word in re.split(r"[\s-]+", phrase.lower()):
        if word == "and":
            continue
        if word == "a":
            group, seen = 1.0, True
        elif word in _SMALL:
            group, seen = group + _SMALL[word], True
        elif word in _ORDINAL:
            group, seen = group + _ORDINAL[word], True
        elif word in _SCALES:
            scale = _SCALES[word]
            group = group if seen and group else 1.0
            if scale in (100, 12):
                group *= scale
            else:
                total, group = total + group * scale, 0.0
            seen = True
    return total + group if seen else None


def _unit(text: str, end: int, currency: str | None, suffix: str | None) -> str | None:
    if currency:
        return _UNIT_NAMES[currency]
    if suffix == "%":
        return "percent"
    match = _UNIT_AFTER.match(text, end)
    if not match:
        return None
    name = re.sub(r"\s+", " ", match["unit"].lower())
    name = _UNIT_NAMES.get(name, name)
    name = name if name in ("percent",) else name.removesuffix("s")
    return _UNIT_NAMES.get(name, name)


def figures(text: str) -> tuple[Figure, ...]:
    """Every number stated in `text`, in order.

    >>> [(f.value, f.unit) for f in figures("Nine bombs; £1.5m, 30 km, a million people, 7th")]
    [(9.0, None), (1500000.0, 'pound'), (30.0, 'kilometre'), (1000000.0, None), (7.0, None)]
    >>> [f.value for f in figures("one hundred and twenty-two of 1,240")]
    [122.0, 1240.0]
    """
    found: list[Figure] = []
    for match in _DIGITS.finditer(text):
        value = float(match["number"].replace(",", ""))
        suffix = (match["suffix"] or "").lower()
        value *= _SUFFIXES.get(suffix, 1)
        if match["scale"]:
            value *= _SCALES[match["scale"].lower()]
        unit = _unit(text, match.end(), match["currency"], suffix)
        start = match.start() + (len(match.group()) - len(match.group().lstrip()))
        found.append(Figure(value, unit, text[start : match.end()], Span(start, match.end())))
    taken = [figure.span for figure in found]
    for match in _WORDS.finditer(text):
        span = Span(*match.span())
        if _WEAK_ONE.match(match.group()) or is_among(span, taken):
            continue  # "one" is as often a pronoun, "first" an adverb
        number = _in_words(match.group())
        if number is not None:
            unit = _unit(text, match.end(), None, None)
            found.append(Figure(number, unit, match.group(), span))
    return tuple(sorted(found, key=lambda figure: figure.span))


def is_among(span: Span, ordered: Sequence[Span]) -> bool:
    """Whether it overlaps one of these, which are in order and apart from each other.

    >>> is_among(Span(3, 5), [Span(0, 3), Span(4, 9)]), is_among(Span(3, 4), [Span(0, 3)])
    (True, False)
    """
    place = bisect_left(ordered, span.end, key=lambda other: other.start)
    return place > 0 and ordered[place - 1].overlaps(span)


def counted(figure: Figure, text: str) -> frozenset[str]:
    """The stems of what a number of `text` counts: the words after it, up to the next break.

    >>> text = "Nine suicide bombs and two drones were sent."
    >>> [sorted(counted(figure, text)) for figure in figures(text)]
    [['bomb', 'suicid'], ['drone']]
    """
    after = _BREAK.split(text[figure.span.end : figure.span.end + _COUNTED_CHARS], maxsplit=1)[0]
    return frozenset(word.stem for word in words(after) if word.is_content)


def vague_amounts(text: str) -> frozenset[str]:
    """Amounts without a value: "dozens", "a few", "thousands".

    >>> sorted(vague_amounts("Hundreds fled; a few stayed."))
    ['a few', 'hundreds']
    """
    return frozenset(match.group().lower() for match in _VAGUE.finditer(text))
