"""Units of measure and money as newspapers write them, and how they turn into each other.

Invariant: units are compared only within one dimension; days are never turned into months, nor one
currency into another.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

# What may stand between the words of one number: blanks, a hyphen, a line break within a sentence.
GAP = "(?:[ \t\u00a0\u202f\u2009]+|[ \t]*\n(?=[a-z\\d])|[-‑])"

_CURRENCIES = {
    "£": "pound", "$": "dollar", "€": "euro", "¥": "yen", "₹": "rupee", "₽": "rouble", "₩": "won",
    "eur": "euro", "usd": "dollar", "gbp": "pound", "chf": "franc", "rs": "rupee",
}  # fmt: skip
CURRENCY = r"(?:(?:US|AU|CA|HK|NZ|[ACS])?[£$€¥₹₽₩]|(?-i:EUR|USD|GBP|CHF|Rs\.?)) ?"
AFTER_AMOUNT = re.compile(r" ?[£$€¥₹₽₩](?!\.?\d)")


@dataclass(frozen=True)
class Unit:
    """`per` is how much of the dimension's own unit it is; `metric` tells the family."""

    dimension: str
    per: float
    metric: bool
    is_money: bool


def _units() -> tuple[dict[str, Unit], dict[str, str]]:
    """The units by name, and the name for each way of writing one, in lower case."""
    units: dict[str, Unit] = {}
    names: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        name, dimension, per, family, *written = line.split("|")
        units[name] = Unit(dimension, float(per), family == "m", family == "$")
        for form in (name, f"{name}s", *(it for part in written for it in part.split(","))):
            if form.strip():
                names.setdefault(form.strip(), name)
    return units, names


# name | dimension | how much of it | m(etric), i(mperial), $ for money | other ways to write it
_TABLE = """
percent|share|1|-|per cent,percentage,%,pc,per-cent
percentage point|points|1|-|percentage points,per cent points,percent points
millimetre|length|0.001|m|millimeter,millimeters,mm
centimetre|length|0.01|m|centimeter,centimeters,cm
metre|length|1|m|meter,meters
kilometre|length|1000|m|kilometer,kilometers,km,kms
inch|length|0.0254|i|inches
foot|length|0.3048|i|feet,ft
yard|length|0.9144|i|yd,yds
mile|length|1609.344|i|
square metre|area|1|m|square meter,square meters,sq m,sq metres,m²
square kilometre|area|1000000|m|square kilometer,square kilometers,sq km,sq kilometres,km²,km2
square foot|area|0.09290304|i|square feet,sq ft,sq feet
square mile|area|2589988.11|i|sq miles,sq mile
hectare|area|10000|m|ha
acre|area|4046.8564|i|
gram|weight|0.001|m|gramme,grammes
kilogram|weight|1|m|kilogramme,kilogrammes,kilo,kilos,kg,kgs
tonne|weight|1000|m|ton,tons,metric ton,metric tons
ounce|weight|0.0283495|i|oz
litre|volume|1|m|liter,liters
gallon|volume|4.54609|-|
barrel|volume of oil|1|-|
kilometre per hour|speed|1|m|km/h,kmh,kph,kmph
mile per hour|speed|1.609344|i|mph
knot|speed|1.852|-|
second|time|1|-|sec,secs
minute|time|60|-|min,mins
hour|time|3600|-|hr,hrs
day|time|86400|-|
week|time|604800|-|
month|months|1|-|
year|months|12|-|yr,yrs
decade|months|120|-|
century|months|1200|-|centuries
degree|temperature|1|-|°
celsius|degrees celsius|1|m|degree celsius,degrees celsius,degrees c,°c,centigrade
fahrenheit|degrees fahrenheit|1|i|degree fahrenheit,degrees fahrenheit,degrees f,°f
watt|power|1|m|
kilowatt|power|1000|m|kw
megawatt|power|1000000|m|mw
gigawatt|power|1000000000|m|gw
penny|pounds|0.01|$|pence
pound|pounds|1|$|pounds sterling,sterling,quid
dollar|dollars|1|$|us dollars
cent|cents|1|$|
euro|euros|1|$|
yen|yen|1|$|
rupee|rupees|1|$|
rouble|roubles|1|$|ruble,rubles
franc|francs|1|$|
crown|crowns|1|$|krone,kroner,krona,kronor,koruna
yuan|yuan|1|$|renminbi
won|won|1|$|
lira|lira|1|$|
peso|pesos|1|$|
rand|rand|1|$|
zloty|zloty|1|$|zlotys
shilling|shillings|1|$|
"""
_UNITS, _NAMES = _units()
# "Won" and "rand" are words before they are money; "%" and "°" are not parted by a blank.
_NOT_ALONE = frozenset({"won", "°", "%", "wons"})


def _pattern(forms: list[str]) -> str:
    return "|".join(
        re.escape(it).replace(r"\ ", GAP) for it in sorted(forms, key=len, reverse=True)
    )


UNIT = _pattern([it for it in _NAMES if it not in _NOT_ALONE])
_AFTER = re.compile(
    rf"(?:(?P<glued>%|°(?! ?[CF]\b)|\ ?%)|(?:{GAP}|)(?P<unit>{UNIT})(?![\w²]))", re.I
)
# What is a unit only where it touches the number, and in this case.
_TOUCHING = re.compile(r"(?P<unit>MW|m|g|p|C|F|in|t)(?!\w)(?! ?[.]\w)")
_TOUCHING_NAMES = {
    "m": "metre", "g": "gram", "p": "penny", "C": "celsius", "F": "fahrenheit", "in": "inch",
    "t": "tonne", "MW": "megawatt",
}  # fmt: skip
_METRE = re.compile(r" m(?!\w)")
_PER_HOUR = re.compile(rf"{GAP}?(?:(?:an?|per){GAP}hour|/ ?h(?:our)?)(?!\w)", re.I)
# "Three second-hand cars" and "PC games" have no unit.
_NO_SECOND = re.compile(r"[- ]half|-(?!long)[a-z]", re.I)


def unit_after(text: str, at: int) -> tuple[str, int] | None:
    """The unit that stands at a place of `text`, right behind a number, and where it ends.

    >>> unit_after("30 km/h", 2), unit_after("9 boats", 1)
    (('kilometre per hour', 7), None)
    """
    match = _AFTER.match(text, at)
    if match is None:
        touching = _TOUCHING.match(text, at)
        if touching:
            return _TOUCHING_NAMES[touching["unit"]], touching.end()
        metre = _METRE.match(text, at)
        return ("metre", metre.end()) if metre else None
    if match["glued"]:
        return ("degree" if "°" in match["glued"] else "percent"), match.end()
    name = unit_named(match["unit"])
    if (name == "second" and _NO_SECOND.match(text, match.end())) or match["unit"] == "PC":
        return None
    if name in ("mile", "kilometre") and (hour := _PER_HOUR.match(text, match.end())):
        return f"{name} per hour", hour.end()
    return name, match.end()


def unit_named(written: str) -> str:
    """The unit's own name.

    >>> unit_named("Kilometers"), unit_named("US$")
    ('kilometre', 'dollar')
    """
    lower = re.sub(GAP, " ", written.lower()).strip(" .")
    return _CURRENCIES.get(lower[-1:]) or _CURRENCIES.get(lower) or _NAMES[lower]


def dimension(unit: str | None) -> str | None:
    """What the unit measures, money in any currency; None for what is no unit of measure.

    >>> dimension("mile"), dimension("dollar"), dimension("celsius"), dimension("ordinal")
    ('length', 'money', 'temperature', None)
    """
    known = _UNITS.get(unit or "")
    if known is None:
        return None
    if known.is_money:
        return "money"
    return "temperature" if known.dimension.startswith("degrees") else known.dimension


def ratio(unit: str | None, other: str | None) -> float | None:
    """How many of `unit` one of the other is; None where they measure different things.

    >>> ratio("minute", "hour"), ratio("minute", "mile")
    (60.0, None)
    """
    mine, theirs = _UNITS.get(unit or ""), _UNITS.get(other or "")
    if mine is None or theirs is None or mine.dimension != theirs.dimension:
        return None
    return theirs.per / mine.per


def are_one(one: float, unit: str, other: float, others: str) -> bool:
    """Whether two amounts are one: to the digit, or as told in miles and in kilometres.

    >>> are_one(2, "hour", 120, "minute"), are_one(20, "kilometre", 12, "mile")
    (True, True)
    >>> are_one(9, "kilometre", 9, "mile"), are_one(2, "hour", 100, "minute")
    (False, False)
    """
    times = 1.0 if unit == others else ratio(unit, others)
    if times is None:
        return False
    if math.isclose(one, other * times, rel_tol=1e-9, abs_tol=1e-9):
        return True
    if unit == others or _UNITS[unit].metric == _UNITS[others].metric:
        return False
    return _rounds(other * times, one) or _rounds(one / times, other)


def _rounds(exact: float, told: float) -> bool:
    """True where `told` is the other with as many digits as it has itself."""
    if not told or not exact:
        return False
    digits = len(f"{told:.12g}".replace(".", "").strip("0-")) or 1
    return math.isclose(float(f"{exact:.{digits}g}"), told, rel_tol=1e-9)
