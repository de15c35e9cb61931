"""One number as written, in digits, in words or in both: how much it is, and where it ends.

Invariant: what is read is a number and nothing else; units, ranges and bounds are read in
`rag/text/figures.py`. A form that can be read in two ways ("1.200") is read in the English one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.english import BELOW_TWENTY, MONTHS_OF_YEAR, TENS
from rag.text.units import GAP, unit_after

_SMALL = {word: value for value, word in enumerate(BELOW_TWENTY)} | {
    word: 10 * value for value, word in enumerate(TENS, start=2)
}
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_ORDINAL = {word: value for value, word in enumerate(_ORDINALS)} | {
    f"{word[:-1]}ieth": 10 * value for value, word in enumerate(TENS, start=2)
}
DECADES = {f"{word[:-1]}ies": 10 * value for value, word in enumerate(TENS, start=2)}
SCALES = {
    "hundred": 100, "thousand": 1_000, "lakh": 10**5, "million": 10**6, "crore": 10**7,
    "billion": 10**9, "trillion": 10**12, "dozen": 12, "score": 20,
}  # fmt: skip
_SUFFIXES = {"k": 1_000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
_SHARE = {"half": 2, "third": 3, "quarter": 4, "hundredth": 100} | {
    word: value for word, value in _ORDINAL.items() if 5 <= value <= 20
}
_MANY = {"a": 1, "an": 1} | {word: value for value, word in enumerate(BELOW_TWENTY[1:10], start=1)}
_VULGAR = {
    "½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅕": 1 / 5, "⅖": 2 / 5,
    "⅗": 3 / 5, "⅘": 4 / 5, "⅙": 1 / 6, "⅚": 5 / 6, "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8,
    "⅞": 7 / 8,
}  # fmt: skip
_RARE = "".join(_VULGAR)
_MOST_AND_PART = 100  # "built in 2008 and a third of it in 2014" is no number
_THIN = "\u00a0\u202f\u2009"

SCALE = "|".join(SCALES)
SHARE = "|".join(sorted(_SHARE, key=len, reverse=True))
NUMBER_WORD = "|".join(
    sorted({*_SMALL, *_ORDINAL, *SCALES, *DECADES, "hundredth"}, key=len, reverse=True)
)
_GROUPED = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:['’]\d{3})+(?:\.\d+)?|"
    rf"\d{{1,3}}(?:[{_THIN} ]\d{{3}})+(?:[.,]\d{{1,2}})?(?![\d,.]*\d)|"
    r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d{1,2}"
)
# "4,2" is a number, "4,2,1" a list.
_DIGITS = re.compile(
    rf"(?P<sign>[-−]|minus )?(?:(?P<grouped>{_GROUPED})(?!\d)|"
    r"(?P<comma>\d+,\d{1,2})(?![\d,]*\d)|(?P<plain>\d+(?:\.\d+)?|\.\d+))",
    re.I,
)
_MONTH_BEFORE = re.compile(
    rf"\b(?:{'|'.join(month[:3].title() for month in MONTHS_OF_YEAR)})[a-z]*\.?\s$"
)
_MIXED = re.compile(rf" ?(?P<rare>[{_RARE}])|[ -](?P<top>[1-7])[/⁄](?P<low>[2-9])(?![\d/])")
_SUFFIX = re.compile(r"(?:(?P<scale>mn|bn|tn|[kmb])|(?P<nth>st|nd|rd|th)|(?P<many>['’]?s))(?!\w)")
_IS_METRES = re.compile(
    r"-?\s?(?:long|tall|high|deep|wide|thick|away|apart|above|below|down|off|up|across|from|"
    r"race|sprint|hurdles|freestyle|butterfly|backstroke|breaststroke|final|relay|medley|pool|"
    r"dash)\b|"
    r"\s\((?:[^)]*[\d\s])?(?:ft|feet|foot|inch(?:es)?|in|yards?|miles?)\b",
    re.I,
)
# "A 3m wall": what has an article of its own and is one thing has a length.
_ONE_THING = re.compile(r"\s[a-z]+(?<!s)\b")
_ARTICLE = re.compile(r"\ban?\s$", re.I)
_NEXT = re.compile(rf"(?:{GAP})?(?P<word>[^\W\d_]+)")
_AND_PART = re.compile(
    rf"{GAP}and{GAP}(?:(?P<many>an?|one|two|three){GAP})?(?P<part>half|third|quarter)s?(?![\w-])",
    re.I,
)
_FRACTION = re.compile(
    rf"(?:(?P<many>{'|'.join(_MANY)}|\d){GAP})?(?P<part>{SHARE}|halve)(?P<more>s)?(?!\w)|"
    rf"(?P<rare>[{_RARE}])|(?P<top>[1-9])[/⁄](?P<low>[2-9]|10)(?![\d/])(?=\s+of\b)",
    re.I,
)


@dataclass(frozen=True)
class Numeral:
    """How much, where it ends, and whether it is a place in an order or all years of a decade.

    `last` is the last thing that it was multiplied by, for "a million and a half".
    """

    value: float
    end: int
    is_ordinal: bool = False
    is_decade: bool = False
    last: float = 1


def starts(vague: str) -> str:
    """A pattern for where a number or one of the vague words may begin, without its currency."""
    return (
        rf"(?:[-−](?=\.?\d))?\.?\d|[{_RARE}]|(?:minus{GAP})?(?:an?{GAP})?"
        rf"(?:{NUMBER_WORD}|{SHARE}|{vague})(?:(?!\w)|(?=s(?!\w)))"
    )


def numeral(text: str, at: int, *, is_money: bool = False, joins: bool = True) -> Numeral | None:
    """The number that begins at `at`; without `joins` an "and" ends it ("between 2 and 3 …").

    >>> numeral("two and a half million people", 0)
    Numeral(value=2500000.0, end=22, is_ordinal=False, is_decade=False, last=1000000)
    >>> numeral("1.5m-high", 0).value, numeral("1.5m people", 0).value
    (1.5, 1500000.0)
    """
    digits = _DIGITS.match(text, at)
    if digits:
        return _in_digits(text, digits, is_money=is_money, joins=joins)
    return _in_words(text, at, joins=joins)


def fraction(text: str, at: int) -> tuple[float, int, bool] | None:
    """The fraction at `at`, where it ends, and whether its own words leave no doubt that it is one.

    >>> fraction("two thirds of them", 0), fraction("a third man", 0)
    ((0.6666666666666666, 10, True), (0.3333333333333333, 7, False))
    """
    match = _FRACTION.match(text, at)
    if match is None:
        return None
    if match["rare"]:
        return _VULGAR[match["rare"]], match.end(), True
    if match["top"]:
        return int(match["top"]) / int(match["low"]), match.end(), True
    said = (match["many"] or "").lower()
    many = int(said) if said.isdigit() else _MANY.get(said, 1)
    part = _SHARE.get(match["part"].lower(), 2)
    if many > 1 and not match["more"]:
        return None  # "four third places"
    if (many > 1 and many >= part) or (many <= 1 and match["more"]):
        return None  # "quarters" are lodgings
    return many / part, match.end(), many > 1 or said == "one"


def _in_digits(text: str, digits: re.Match[str], *, is_money: bool, joins: bool) -> Numeral:
    end = digits.end()
    written = digits["grouped"] or digits["comma"] or digits["plain"]
    if digits["grouped"] and " " in written and _MONTH_BEFORE.search(text[: digits.start()][-12:]):
        written = written.split(" ")[0]  # "On May 3 200 people came"
        end = digits.start() + len(written)
    value = _value(written, has_comma=bool(digits["comma"]))
    value = -value if digits["sign"] else value
    mixed = _MIXED.match(text, end)
    if mixed:
        part = _VULGAR[mixed["rare"]] if mixed["rare"] else int(mixed["top"]) / int(mixed["low"])
        value, end = value + part, mixed.end()
    suffix = _SUFFIX.match(text, end)
    if suffix and suffix["nth"]:
        is_place = suffix["nth"] == _nth(value)  # "12st" is a weight
        return Numeral(value, suffix.end() if is_place else end, is_ordinal=is_place)
    if suffix and suffix["many"]:
        return Numeral(value, suffix.end(), is_decade=value >= 10 and value % 10 == 0)
    if suffix and (
        is_money or not _is_no_scale(suffix["scale"], value, text, digits, suffix.end())
    ):
        times = _SUFFIXES[suffix["scale"]]
        return Numeral(value * times, suffix.end(), last=times)
    return _scaled(text, value, end, joins=joins)


def _is_no_scale(letter: str, value: float, text: str, digits: re.Match[str], end: int) -> bool:
    """True for the metres of "30m long" and the door of "2b", which no money sign makes a scale."""
    if letter == "b":
        return True
    is_one = _ARTICLE.search(text[: digits.start()][-3:]) and _ONE_THING.match(text, end)
    return letter == "m" and bool(
        value >= 1_000 or _IS_METRES.match(text, end) or (is_one and unit_after(text, end) is None)
    )


def _nth(value: float) -> str:
    if 10 < value % 100 < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(int(value % 10), "th")


def _value(written: str, *, has_comma: bool) -> float:
    plain = re.sub(rf"['’{_THIN} ]", "", written)
    if has_comma or re.fullmatch(r"\d+(?:\.\d{3})+,\d+|\d+(?:\.\d{3}){2,}", plain):
        plain = plain.replace(".", "" if plain.count(",") or plain.count(".") > 1 else ".")
        return float(plain.replace(",", "."))
    if re.fullmatch(r"\d+ ?\d{3},\d{1,2}", written.replace("\u00a0", " ")):
        return float(plain.replace(",", "."))
    return float(plain.replace(",", ""))


def _scaled(text: str, value: float, end: int, *, joins: bool) -> Numeral:
    """A number in digits with the half and the scale that may follow: "3 and a half million"."""
    half = _AND_PART.match(text, end) if joins and value < _MOST_AND_PART else None
    if half:
        value, end = value + _part(half), half.end()
    word = _NEXT.match(text, end)
    if word and (times := SCALES.get(word["word"].lower())):
        scaled = Numeral(value * times, word.end(), last=times)
        half = _AND_PART.match(text, scaled.end) if joins else None
        if half:
            return Numeral(scaled.value + _part(half) * times, half.end(), last=times)
        return scaled
    return Numeral(value, end)


def _part(match: re.Match[str]) -> float:
    return _MANY[(match["many"] or "a").lower()] / _SHARE[match["part"].lower()]


@dataclass
class _Sum:
    """Words added one by one: `group` is the number since the last scale, `total` what lies
    before it.
    """

    total: float = 0.0
    group: float | None = None
    last: float = 1

    @property
    def value(self) -> float:
        return self.total + (self.group or 0.0)

    def scale(self, times: int) -> None:
        self.last = times
        if times < 1_000:
            self.group = (1.0 if self.group is None else self.group) * times
        elif self.group is None and 0 < self.total < times:
            self.total *= times  # "a thousand million"
        else:
            self.total += (1.0 if self.group is None else self.group) * times
            self.group = None

    def add(self, value: float) -> bool:
        joined = _joined(self.group, value)
        self.group = self.group if joined is None else joined
        return joined is not None


def _in_words(text: str, at: int, *, joins: bool) -> Numeral | None:
    sum_, end = _Sum(), at
    sign, place = _opening(text, at)
    while word := _NEXT.match(text, place):
        said = word["word"].lower()
        if end > at and said in ("and", "point"):
            following = _linked(text, place, word, sum_, joins=joins)
            if following is None:
                break
            place, is_read = following
            end = place if is_read else end
            continue
        if said in _ORDINAL or said == "hundredth":
            if place_in_order := _ordinal(said, sum_, is_first=end == at):
                return Numeral(sign * place_in_order, word.end(), is_ordinal=True)
            break
        if said in DECADES and end == at:
            return Numeral(DECADES[said], word.end(), is_decade=True)
        if said in SCALES and not (said == "score" and sum_.group is None):
            sum_.scale(SCALES[said])
        elif said not in _SMALL or not sum_.add(_SMALL[said]):
            break
        end = place = word.end()
    return None if end == at else Numeral(sign * sum_.value, end, last=sum_.last)


def _opening(text: str, at: int) -> tuple[float, int]:
    """The sign, and where the number itself begins: behind a "minus" or the "a" of "a million"."""
    word = _NEXT.match(text, at)
    said = word["word"].lower() if word else ""
    if word and said == "minus":
        return -1.0, word.end()
    if word and said in ("a", "an"):
        following = _NEXT.match(text, word.end())
        if following and following["word"].lower() in SCALES:
            return 1.0, word.end()
    return 1.0, at


def _linked(
    text: str, place: int, word: re.Match[str], sum_: _Sum, *, joins: bool
) -> tuple[int, bool] | None:
    """Where to read on behind "and" or "point", and whether what follows was added already."""
    if word["word"].lower() == "point":
        digits = _decimals(text, word.end())
        if digits is None or sum_.group is None:
            return None
        sum_.group += digits[0]
        return digits[1], True
    if not joins:
        return None
    half = _AND_PART.match(text, place)
    if half and sum_.group is None:
        sum_.total += _part(half) * sum_.last  # "a million and a half"
        return half.end(), True
    if half and sum_.group is not None and sum_.group < _MOST_AND_PART:
        sum_.group += _part(half)
        return half.end(), True
    return (word.end(), False) if _may_follow(text, word.end(), sum_) else None


def _ordinal(said: str, sum_: _Sum, *, is_first: bool) -> float | None:
    """The place that an ordinal makes of what stands before it; "second" alone is a time."""
    if said == "hundredth":
        return sum_.total + (sum_.group or 1) * 100
    if is_first and said in ("first", "second"):
        return None
    return sum_.value if sum_.add(_ORDINAL[said]) else None


def _joined(group: float | None, value: float) -> float | None:
    """Two words of one number as one: "twenty" and "one", "hundred" and "five"; else None."""
    if group is None:
        return float(value)
    if group >= 100 and group % 100 == 0:
        return group + value
    if 20 <= group < 100 and group % 10 == 0 and 0 < value < 10:
        return group + value
    if 13 <= group <= 20 and value >= 10:
        return 100 * group + value  # "nineteen eighty", a year
    if group >= 100 and group % 10 == 0 and group % 100 >= 20 and 0 < value < 10:
        return group + value
    return None


def _may_follow(text: str, at: int, sum_: _Sum) -> bool:
    """True where the number behind an "and" belongs to the one before: "hundred and five"."""
    if sum_.group is None:
        tail = _in_words(text, at, joins=False)
        return tail is not None and tail.value < sum_.last
    word = _NEXT.match(text, at)
    following = _NEXT.match(text, word.end()) if word else None
    is_hundreds = following is not None and following["word"].lower() == "hundred"
    is_round = sum_.group >= 100 and sum_.group % 100 == 0
    said = word["word"].lower() if word else ""
    return is_round and not is_hundreds and said in {*_SMALL, *_ORDINAL}


def _decimals(text: str, at: int) -> tuple[float, int] | None:
    """The digits behind "point", as words."""
    value, end, step = 0.0, at, 0.1
    while (word := _NEXT.match(text, end)) and _SMALL.get(word["word"].lower(), 10) < 10:
        value, end, step = value + step * _SMALL[word["word"].lower()], word.end(), step / 10
    return (round(value, 12), end) if end > at else None
