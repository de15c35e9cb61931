"""Numbers in words and digits, with their units and bounds: one reading for the whole program.

What a number says is a value or a range, in a unit, with a bound: "over half a million", "3½ per
cent", "20 to 30", "one in five", "dozens". Checks, comparisons, conflicts and highlights all ask
here. Invariant: a figure's span points into the text it was read from, figures of one text never
overlap, and what can be read in two ways ("1.200") is read in the English one.
"""

from __future__ import annotations

import functools
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.articles.article import Span
from rag.text.numerals import SCALE, SCALES, Numeral, fraction, numeral, starts
from rag.text.units import (
    AFTER_AMOUNT,
    CURRENCY,
    GAP,
    UNIT,
    are_one,
    dimension,
    ratio,
    unit_after,
    unit_named,
)
from rag.text.words import is_plural_noun, words

# Amounts without a value: the least and the most that each may stand for.
_VAGUE = {
    "dozens": (24, 99), "scores of": (40, 199), "tens of": (20, 99), "hundreds": (200, 999),
    "thousands": (2_000, 999_999), "millions": (2e6, 999e6), "billions": (2e9, 999e9),
    "several": (3, 20), "a few": (3, 12), "few": (3, 9), "a handful": (3, 8),
    "a couple of": (2, 2), "a pair of": (2, 2), "couple of": (2, 2), "pair of": (2, 2),
}  # fmt: skip
_EXACT = frozenset({"a couple of", "a pair of", "couple of", "pair of"})
_PART_OF_DECADE = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}

_START = re.compile(
    rf"(?<![\w.])(?:{CURRENCY})?(?:{starts('several|few|handful|couple|pair|dozens|scores|tens')})|"
    rf"(?<!\w)an?{GAP}(?:{UNIT}){GAP}and{GAP}an?{GAP}(?:half|quarter)(?!\w)",
    re.I,
)
_UNIT_AND_PART = re.compile(
    rf"an?{GAP}(?P<unit>{UNIT}){GAP}and{GAP}an?{GAP}(?P<part>half|quarter)(?!\w)", re.I
)
_OF_SCALE = re.compile(
    rf"{GAP}(?:of{GAP})?(?:(?:an?|one|1){GAP})?(?P<scale>hundred|thousand|million|billion|trillion|"
    rf"dozen)(?!\w)",
    re.I,
)
_OF_UNIT = re.compile(
    rf"(?:{GAP}(?:of{GAP})?(?:an?|one|1){GAP}|(?P<placed>{GAP}))(?P<unit>{UNIT})(?![\w-])|"
    rf"-(?P<beside>{UNIT})(?!\w)",
    re.I,
)
_BEFORE_SHARE = re.compile(
    r"\b(?:between|by|than|over|under|about|nearly|almost|around|roughly|to|least|only|just|some|most|"
    r"exactly|below|above|approximately|virtually|up)\s+$",
    re.I,
)
_AFTER_SHARE = re.compile(
    r"\s+(?:of|the|all|its|his|her|their|our|those|these|my|every|as)\b|\s+(?:were|are|have)\b",
    re.I,
)
_AFTER_HALF = re.compile(r"\s+an?\b", re.I)
# "To a third man": a share after "by" and "to" ends what is said, or tells a change.
_TO_SHARE = re.compile(r"\b(?:by|to)\s+$", re.I)
_ENDS = re.compile(r"\s*(?:[^\w\s]|$)")
# "The second half of the year" is a part with a place of its own.
_PLACED = re.compile(r"\b(?:first|second|last|latter)\s+$", re.I)
_PLACE = re.compile(r"(?:an? )?\w+(?:th|ird)$", re.I)
# "One child in five", "nine voters in every 10" are shares; "two attacks in three cities" is none.
_IN = re.compile(
    rf"(?:{GAP}in|(?<=\bone){GAP}[a-z]+{GAP}in|{GAP}[a-z]+{GAP}in(?={GAP}every\b)|"
    rf"(?:{GAP}[a-z]+)?{GAP}out{GAP}of){GAP}(?:every{GAP})?(?=\w)(?!(?:1[5-9]|20)\d\d\b)",
    re.I,
)
_OF_DECADE = re.compile(
    rf"(?:\b(?P<whose>his|her|their|my|your|our|its|the){GAP})?"
    rf"(?:(?P<part>early|mid|late)(?:{GAP}|{GAP}?to{GAP}late{GAP}))?$",
    re.I,
)
_VAGUE_AT = re.compile(
    rf"(?P<amount>{'|'.join(sorted(_VAGUE, key=len, reverse=True)).replace(' ', GAP)})(?!\w)"
    rf"(?:{GAP}(?:of{GAP})?(?P<scale>{SCALE}|thousands|millions|billions)(?!\w))?",
    re.I,
)
_LINK = re.compile(rf" ?[-–] ?(?=[\d.£$€¥₹])|{GAP}(?P<word>to|or|and){GAP}", re.I)
_AS_SCORE = re.compile(
    rf"{GAP}(?:goals|votes|sets|games|points|frames|legs|runs){GAP}to{GAP}", re.I
)
_NIL = re.compile(r"[-– ]nil\b", re.I)
_TELLS_SCORE = re.compile(
    r"\b(?:w[io]n|wins|beat|beaten|lost|lose[sd]?|drew|draw|drawn|defeat\w*|score[sd]?|lead|led|"
    r"victory|ended|finished|vot\w+|leading|trailing|level|aggregate)\b[^.;]{0,30}$",
    re.I,
)
# "It was 2-3 at the break", but "there were 20-30 of them".
_TELLS_LOW_SCORE = re.compile(r"\b(?:was|were|at|by|down|up)\b[^.;]{0,30}$", re.I)
_LOW_SCORE = 10
_SCORE_BEHIND = re.compile(
    r"\s(?:down|up|win|lead|defeat|victory|loss|draw|behind|ahead|at half)\b", re.I
)
_THOUSANDS = re.compile(r",000$")
_BETWEEN = re.compile(r"\bbetween\s+$", re.I)
_CHANGES = re.compile(
    r"\b(?:rose|risen|rise[s]?|rising|fell|fall\w*|grew|grow\w*|increas\w+|cut\w*|climb\w+|"
    r"dropp?\w*|rais\w+|went|gone|mov\w+|chang\w+|shr[aiu]nk\w*|jump\w+|reduc\w+|expand\w+|"
    r"slipp\w+|declin\w+|swung|extend\w+|lift\w+|lower\w+|up|down|soar\w*|doubl\w+|slump\w+|"
    r"widen\w+|narrow\w+|improv\w+)\b[^.;]{0,40}$",
    re.I,
)
_AGED = re.compile(r"\b(?:aged|ages?(?: of)?|turn(?:ed|s|ing))(?: between)?\s+$", re.I)
_MONEY = re.compile(rf"(?P<symbol>{CURRENCY})", re.I)
_MONEY_AFTER = AFTER_AMOUNT
_MINUS = re.compile(r"[\s(]|^$")
_CHAINED = re.compile(r"[-–/]\d")
_SCALE_END = re.compile(rf"(?:\d|\b|[ -])(?P<word>{SCALE}|(?<=\d)(?:mn|bn|tn|[mk]))$", re.I)
# Units of which "one" is an amount: "one hour", and not the one day on which all changes.
_NO_ONE = frozenset("second day week month year decade century degree".split())

Direction = Literal["below", "above", "nearly", "about"]
_BOUND = re.compile(
    r"(?:\b(?:(?P<below>no more than|not more than|at most|up to|as (?:many|much|high|far) as|"
    r"less than|fewer than|(?<!just )(?<!nearly )under|below|a maximum of|at the most|within)|"
    r"(?P<above>no (?:fewer|less) than|not (?:fewer|less) than|at least|as few as|more than|"
    r"(?<!hand )(?<!handed )(?<!handing )over|exceed(?:s|ed|ing)?|upwards of|in excess of|"
    r"a minimum of|above|north of|beyond)|"
    r"(?P<nearly>nearly|almost|close to|just under|not quite|just short of|approaching)|"
    r"(?P<about>around|about|some|roughly|approximately|estimated|circa|more or less))"
    r"\s+|(?P<wave>[~≈]\s?))(?:an?\s+)?$",
    re.I,
)
_BEHIND = re.compile(
    r"(?:[\s-]+(?!or\b)[^\W\d]+)?\s+or\s+(?:(?P<above>more|above|over)|(?P<below>fewer|less|under)|"
    r"(?P<about>so|thereabouts))\b|(?P<plus>\s?\+(?!\w)|[-\s]plus\b)|(?P<odd>-odd\b)",
    re.I,
)
_BEHIND_AS: dict[str, Direction] = {"plus": "above", "odd": "about", "wave": "about"}
# "Nearly 500" are fewer than 500, and about as many.
_SAYING_AS_MUCH = {"about": {"about", "nearly"}, "below": {"below", "nearly"}}
# How far from the number "about" may be; of two reports, not of a claim and its source.
_ABOUT_SHARE = 0.15
_NEAR_SHARE = 0.05
_UP_TO = re.compile(r"up to|as (?!few)|within|at (?:the )?most|a max", re.I)
_FAR_TIMES = 2.5
_YEARS = (1400, 2101)
_THIRD_OFF = 0.7  # two thirds are 66 or 67 per cent
_SAME_SHARE = 1e-9
_BACK = 60  # characters before a number that are looked at

_BREAK = re.compile(
    r"[,;:.!?()]|\s[–—-]\s|\b(?:and|or|in|at|on|of|by|to|from|were|was|are|is|have|had|has)\b"
)
_OF = re.compile(r"^\s*of\b")
_COUNTED_CHARS = 40
_FOR_THINGS = re.compile(
    r"\s+(?:(?:out )?of (?:them|these|those|which|whom)|were|was|are|is|have|had|has)\b"
)
# "30,000 dollars a day", "12 boats per hour"; "a day later" is no rate.
_RATE = re.compile(
    rf"(?:{GAP}[a-z]+){{0,2}}?(?:{GAP}(?:an?|per|each|every){GAP}|/ ?)(?P<unit>{UNIT})(?!\w)"
    r"(?!\s+(?:later|earlier|before|after|ago|or|and)\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Bound:
    """Which way a number is bounded, and the words that say so."""

    direction: Direction
    text: str

    def says_as_much(self, source: Bound) -> bool:
        """True where a source that bounds the same number by `source` says what this one says.

        >>> most, near = Bound("below", "up to"), Bound("nearly", "almost")
        >>> most.says_as_much(near), near.says_as_much(most)
        (True, False)
        """
        return source.direction in _SAYING_AS_MUCH.get(self.direction, {self.direction})


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as stated: its value, its unit where one follows, its words and place.

    `top` is the other end of a range, or the other side's goals of a score (unit "score"); shares
    are per cent, whether said as a fraction or not; what is `vague` stands for any value between;
    `per` is the unit of a rate, the day of "a day".
    """

    value: float
    unit: str | None
    text: str
    span: Span
    top: float | None = None
    bound: Bound | None = None
    vague: bool = False
    per: str | None = None

    @property
    def key(self) -> str:
        """The same for two ways of writing one value; units and bounds play no part.

        >>> [it.key for it in figures("Half a million, 500,000, 2 to 3")]
        ['#500000', '#500000', '#2-3']
        """
        return f"#{self.value:.12g}" + ("" if self.top is None else f"-{self.top:.12g}")

    def unit_text(self, text: str) -> str:
        """The unit as `text`, which it was read from, writes it behind the number.

        >>> figures("It is 20 km long.")[0].unit_text("It is 20 km long.")
        ' km'
        """
        unit = unit_after(text, self.span.end)
        return text[self.span.end : unit[1]] if unit else ""

    def agrees_with(self, other: Figure) -> bool:
        """Equal value, and no contradiction between units that both state.

        >>> figures("nine miles")[0].agrees_with(figures("9 km")[0])
        False
        >>> figures("20km")[0].agrees_with(figures("12 miles")[0])
        True
        >>> figures("£9 a day")[0].agrees_with(figures("£9 a week")[0])
        False
        """
        if self.per and other.per and self.per != other.per:
            return False
        if self.unit == other.unit == "score":
            return {self.value, self.top} == {other.value, other.top}
        ends = ((self.value, other.value), (self._high, other._high))
        if self.unit == other.unit == "percent" and any(one._is_periodic for one in (self, other)):
            return all(abs(mine - theirs) < _THIRD_OFF for mine, theirs in ends)
        if self.unit and other.unit:
            return all(are_one(mine, self.unit, theirs, other.unit) for mine, theirs in ends)
        return all(_same(mine, theirs) for mine, theirs in ends)

    def follows_from(self, source: Figure) -> bool:
        """True where a source that says the other says this: the same, or a value within this.

        >>> claims = [figures(it)[0] for it in ("20 to 30 fled", "more than 20", "about 20", "25")]
        >>> source = figures("Police counted 24.")[0]
        >>> [it.follows_from(source) for it in claims]
        [True, True, False, False]
        >>> figures("6 to 9 weeks")[0].follows_from(figures("6 to 8 weeks")[0])
        False
        """
        if self.agrees_with(source):
            return True
        if self._is_spread and source._is_spread:
            return False
        is_alike = self.unit == source.unit or not (self.unit and source.unit)
        if not is_alike or "score" in (self.unit, source.unit) or not self._is_wide:
            return False
        if source.bound or (self.bound and _UP_TO.match(self.bound.text)):
            return False  # "up to two million" is not what "up to a million" says
        low, high = self._range(_NEAR_SHARE)
        least, most = source._range(_NEAR_SHARE)
        return low <= least and most <= high

    def leaves_room_for(self, other: Figure) -> bool:
        """True where both may be right: a bound or a range lets the other be, or they measure
        what cannot be compared.

        >>> at_least, exact = figures("At least 20 fled. 22 fled.")
        >>> at_least.leaves_room_for(exact)
        True
        """
        if self.agrees_with(other):
            return True
        if self.unit == other.unit == "score":
            return False
        times = 1.0 if self.unit == other.unit else ratio(self.unit, other.unit)
        if times is None:
            return True
        low, high = self._range(_ABOUT_SHARE)
        least, most = other._range(_ABOUT_SHARE)
        return low <= most * times and least * times <= high

    @property
    def _is_periodic(self) -> bool:
        """True for a third and the like, which no number of digits says in full."""
        return abs(self.value * 100 - round(self.value * 100)) > _SAME_SHARE

    @property
    def _high(self) -> float:
        return self.value if self.top is None else self.top

    @property
    def _is_spread(self) -> bool:
        """True for two numbers, "six to eight"; "the 1960s" and "dozens" are one word."""
        return self.top is not None and not self.vague and not self.text.endswith("s")

    @property
    def _is_wide(self) -> bool:
        return self.bound is not None or self.top is not None

    def _range(self, about: float) -> tuple[float, float]:
        """The values that it may stand for, `about` being the share that an "about" may be off."""
        low, high = self.value, self._high
        if self.bound is None:
            return low, high
        match self.bound.direction:
            case "above":
                return low, math.inf
            case "below":
                return -math.inf, high
            case "nearly":
                return low * (1 - about), high
            case "about":
                return low * (1 - about), high / (1 - about)


def figures(text: str) -> tuple[Figure, ...]:
    """Every number stated in `text`, in order, without amounts that have no value ("dozens").

    >>> [(f.value, f.unit) for f in figures("Nine bombs; £1.5m, 30 km, a million people, 7th")]
    [(9.0, None), (1500000.0, 'pound'), (30.0, 'kilometre'), (1000000.0, None), (7.0, 'ordinal')]
    >>> [f.value for f in figures("one hundred and twenty-two of 1,240")]
    [122.0, 1240.0]
    """
    return tuple(it for it in amounts(text) if not it.vague)


def vague_amounts(text: str) -> tuple[Figure, ...]:
    """Amounts without a value: "dozens", "a few", "thousands".

    >>> [(it.text, it.value, it.top) for it in vague_amounts("Hundreds fled; a few stayed.")]
    [('Hundreds', 200.0, 999.0), ('a few', 3.0, 12.0)]
    """
    return tuple(it for it in amounts(text) if it.vague)


@functools.lru_cache(maxsize=4_096)
def amounts(text: str) -> tuple[Figure, ...]:
    """Every number and every amount without a value, in order.

    >>> [it.text for it in amounts("Dozens fled on 12 boats.")]
    ['Dozens', '12']
    """
    return tuple(_Reader(text).read())


def is_among(span: Span, ordered: Sequence[Span]) -> bool:
    """Whether it overlaps one of these, which are in order and apart from each other.

    >>> is_among(Span(3, 5), [Span(0, 3), Span(4, 9)]), is_among(Span(3, 4), [Span(0, 3)])
    (True, False)
    """
    place = bisect_left(ordered, span.end, key=lambda other: other.start)
    return place > 0 and ordered[place - 1].overlaps(span)


def counted(figure: Figure, text: str) -> frozenset[str]:
    """The stems of what a number of `text` counts: the words after it and its "of", up to the next
    break.

    >>> text = "Nine suicide bombs and two drones were sent."
    >>> [sorted(counted(figure, text)) for figure in figures(text)]
    [['bomb', 'suicid'], ['drone']]
    >>> [sorted(counted(it, "20 percent of its land")) for it in figures("20 percent of its land")]
    [['land']]
    """
    unit = unit_after(text, figure.span.end)
    at = unit[1] if unit else figure.span.end
    after = _OF.sub("", text[at : at + _COUNTED_CHARS])
    after = _BREAK.split(after, maxsplit=1)[0]
    return frozenset(word.stem for word in words(after) if word.is_content)


def stands_for_things(figure: Figure, text: str) -> bool:
    """True where the number is said of things named before it: "nine of them", "five were hurt".

    >>> text = "Of the 12, nine were old; Ann, 19, was not."
    >>> [stands_for_things(it, text) for it in figures(text)]
    [False, True, False]
    """
    return bool(_FOR_THINGS.match(text, figure.span.end))


def nearness(one: Figure, other: Figure) -> float:
    """How near two values are that cannot both be meant: 1 beside each other, 0 for the same, for
    one 2.5 times the other, and for what is of another sort.

    >>> nine, eleven, percent = figures("Nine of 11 said 9 per cent.")
    >>> round(nearness(nine, eleven), 2), nearness(nine, nine), nearness(nine, percent)
    (0.78, 0.0, 0.0)
    >>> metres, feet, hours = figures("It is 57 metres or 230 feet long, and took 57 hours.")
    >>> round(nearness(metres, feet), 2), nearness(metres, hours)
    (0.77, 0.0)
    """
    if one.agrees_with(other) or dimension(one.unit) != dimension(other.unit):
        return 0.0
    times = ratio(one.unit, other.unit) if dimension(one.unit) else 1.0
    is_alike = (one.unit == "ordinal") == (other.unit == "ordinal")
    if not times or not is_alike or min(one.value, other.value) <= 0:
        return 0.0
    if _is_year(one) or _is_year(other):
        return 0.0
    apart = math.log(one.value / (times * other.value))
    return max(0.0, 1 - abs(apart) / math.log(_FAR_TIMES))


def _is_year(figure: Figure) -> bool:
    return figure.unit is None and figure.text.isdigit() and figure.value in range(*_YEARS)


def count_alike(one: str, other: str) -> bool:
    """Whether both texts count the same things.

    >>> count_alike("Nine people were hurt.", "Some 11 people were hurt, officials said.")
    True
    >>> count_alike("Nine people were hurt.", "It opened in 1931.")
    False
    """
    return not _things(one).isdisjoint(_things(other))


def _things(text: str) -> set[str]:
    """The stems of what is counted; two lengths of different things stay apart."""
    found: set[str] = set()
    for figure in amounts(text):
        after = text[figure.span.end : figure.span.end + _COUNTED_CHARS]
        unit = unit_after(after, 0)
        measured = {word.stem for word in words(after[: unit[1]])} if unit else set()
        found |= counted(figure, text) - measured
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """A number with its unit: `end` lies behind the number, `whole_end` behind the unit too."""

    value: float
    unit: str | None
    end: int
    whole_end: int
    top: float | None = None


class _Reader:
    """Reads a text from left to right; what was read is not read again."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self) -> Iterator[Figure]:
        at = 0
        while match := _START.search(self._text, at):
            found = self._at(match.start())
            yield from () if found is None else (found,)
            at = match.start() + 1 if found is None else found.span.end

    def _at(self, start: int) -> Figure | None:
        text = self._text
        if vague := self._vague(start):
            return vague
        both = _UNIT_AND_PART.match(text, start)
        if both:
            value = 1.5 if both["part"].lower() == "half" else 1.25
            return self._figure(
                start, _Read(value, unit_named(both["unit"]), both.end(), both.end())
            )
        symbol = _MONEY.match(text, start)
        at = symbol.end() if symbol else start
        currency = unit_named(symbol["symbol"]) if symbol else None
        if text[at : at + 1] in "-−" and not _MINUS.search(text[max(0, at - 1) : at]):
            at += 1
            start = start if symbol else at
        read = self._share(at) or self._fraction(at) or self._number(at, currency)
        if read is None:
            return None
        if spread := self._spread(start, read, currency):
            return self._figure(start, spread)
        if text[at : read.end].lower() == "one" and read.unit in (None, *_NO_ONE):
            return None  # as often a pronoun
        return self._figure(start, read)

    def _vague(self, start: int) -> Figure | None:
        match = _VAGUE_AT.match(self._text, start)
        if match is None:
            return None
        said = re.sub(GAP, " ", match["amount"].lower())
        low, high = _VAGUE[said]
        scale = SCALES.get((match["scale"] or "").lower().removesuffix("s"))
        if scale is None and said in ("few", "tens of"):
            return None
        if scale is None:
            end = match.start("amount") + len(match["amount"])
        else:
            end, high = match.end(), min(high, 9) if low < 10 else high
        times = scale or 1
        if times > 1 and low >= 10:
            high += 1 - 1 / times  # "tens of thousands" are up to 99,999
        unit = unit_after(self._text, end)
        top = None if said in _EXACT else float(high * times)
        return Figure(
            float(low * times),
            unit[0] if unit else None,
            self._text[start:end],
            Span(start, end),
            top=top,
            bound=None if top is None else self._bound(start, end),
            vague=top is not None,
        )

    def _share(self, at: int) -> _Read | None:
        """ "One in five", "nine in 10": so many per cent."""
        text = self._text
        part = numeral(text, at, joins=False)
        if part is None or part.is_ordinal or part.is_decade:
            return None
        link = _IN.match(text, part.end)
        whole = numeral(text, link.end(), joins=False) if link else None
        if whole is None or whole.is_ordinal or whole.is_decade or not part.value < whole.value:
            return None
        if part.value < 1 or unit_after(text, whole.end):
            return None
        share = 100 * part.value / whole.value
        return _Read(share, "percent", whole.end, whole.end)

    def _fraction(self, at: int) -> _Read | None:
        text = self._text
        found = fraction(text, at)
        if found is None:
            return None
        value, end, is_sure = found
        written = text[at:end].lower()
        scaled = _OF_SCALE.match(text, end)
        if scaled:
            value *= SCALES[scaled["scale"].lower()]
            unit = unit_after(text, scaled.end())
            return self._measured(value, scaled.end(), unit)
        measure = _OF_UNIT.match(text, end)
        if measure and not (_PLACE.match(written) and measure["placed"]):
            name = unit_named(measure["unit"] or measure["beside"])
            return _Read(value, name, measure.end(), measure.end())
        is_share = is_sure or self._is_share(at, end, written)
        return _Read(100 * value, "percent", end, end) if is_share else None

    def _is_share(self, at: int, end: int, written: str) -> bool:
        """Whether "half", "a third" is said of something: a "third man" and a "half-brother" are
        none.
        """
        if self._text[end : end + 1] == "-":
            return False
        if " " not in written and "-" not in written and written != "half":
            return False  # "quarter", "third"
        if written.endswith(("quarter", " half")):
            return True
        before, behind = self._text[max(0, at - _BACK) : at], self._text[end : end + _BACK]
        if written == "half" and _PLACED.search(before):
            return False
        if _TO_SHARE.search(before) and not (_CHANGES.search(before) or _ENDS.match(behind)):
            return bool(_AFTER_SHARE.match(behind))
        return bool(
            _AFTER_SHARE.match(behind)
            or _BEFORE_SHARE.search(before)
            or (written == "half" and _AFTER_HALF.match(behind))
        )

    def _number(self, at: int, currency: str | None) -> _Read | None:
        text = self._text
        joins = not _BETWEEN.search(text[max(0, at - _BACK) : at])
        found = numeral(text, at, is_money=currency is not None, joins=joins)
        if found is None:
            return None
        if found.is_decade:
            return self._decade(at, found)
        if found.is_ordinal:
            return _Read(found.value, "ordinal", found.end, found.end)
        if currency:
            return _Read(found.value, currency, found.end, found.end)
        return self._feet_and_inches(
            self._measured(found.value, found.end, unit_after(text, found.end))
        )

    def _measured(self, value: float, end: int, unit: tuple[str, int] | None) -> _Read:
        symbol = _MONEY_AFTER.match(self._text, end)
        if unit is None and symbol:
            return _Read(value, unit_named(symbol.group()), end, symbol.end())
        return _Read(value, unit[0] if unit else None, end, unit[1] if unit else end)

    def _feet_and_inches(self, read: _Read) -> _Read:
        inches = numeral(self._text, read.whole_end + 1) if read.unit == "foot" else None
        unit = unit_after(self._text, inches.end) if inches else None
        if inches is None or unit is None or unit[0] != "inch":
            return read
        return _Read(read.value + inches.value / 12, "foot", unit[1], unit[1])

    def _decade(self, at: int, found: Numeral) -> _Read:
        """ "The 1960s", "in her early forties": the years from the first to the last."""
        before = _OF_DECADE.search(self._text[max(0, at - _BACK) : at])
        low, high = 0.0, 99.0 if found.value >= 1_000 and found.value % 100 == 0 else 9.0
        if before and before["part"]:
            low, high = _PART_OF_DECADE[before["part"].lower()]
        is_age = before is not None and (before["whose"] or "the").lower() not in ("the", "its")
        unit = "year" if is_age and found.value < 130 else None
        return _Read(found.value + low, unit, found.end, found.end, top=found.value + high)

    def _spread(self, start: int, read: _Read, currency: str | None) -> _Read | None:
        """The range or the score that a first number opens."""
        text = self._text
        if read.top is not None or read.unit == "ordinal":
            return None
        score = _AS_SCORE.match(text, read.end)
        if score and (other := numeral(text, score.end(), joins=False)):
            return _Read(read.value, "score", other.end, other.end, top=other.value)
        if nil := _NIL.match(text, read.end):
            return _Read(read.value, "score", nil.end(), nil.end(), top=0.0)
        link = _LINK.match(text, read.whole_end) or _LINK.match(text, read.end)
        if link is None:
            return None
        symbol = _MONEY.match(text, link.end())
        at = symbol.end() if symbol else link.end()
        money = unit_named(symbol["symbol"]) if symbol else currency
        other_at = self._fraction(at) or self._number(at, money)
        if other_at is None or other_at.unit == "ordinal" or other_at.top is not None:
            return None
        return self._joined(start, read, link, other_at)

    def _joined(self, start: int, read: _Read, link: re.Match[str], other: _Read) -> _Read | None:
        text, word = self._text, (link["word"] or "").lower()
        before = text[max(0, start - _BACK) : start]
        if word == "and" and not _BETWEEN.search(before):
            return None
        if not word and (_CHAINED.match(text, other.end) or before[-1:] in ("-", "–", "/")):
            return None  # a day in figures, a number to call
        low, high = read.value, other.value
        is_bare = not word and not (read.unit or other.unit)
        if is_bare and _is_score(low, high, before, text[other.end :][:_BACK]):
            return _Read(low, "score", other.end, other.end, top=high)
        is_tight = is_bare and link.group() in ("-", "–")
        if is_tight and 1_000 <= low < 2_100 and 0 < high < 100 and high > low % 100:
            high += low - low % 100  # 1914-18
        scale = _scale_of(text[: other.end])
        if scale and low < high / scale and not _scale_of(text[: read.end]):
            low *= scale  # "two to three million"
        if low < 1_000 < low * 1_000 < high and _THOUSANDS.search(text[: other.end][-4:]):
            low *= 1_000  # "20-30,000"
        if not low < high or (word == "or" and not high <= 2 * low + 1):
            return None
        if read.unit and other.unit and read.unit != other.unit:
            return None
        if word == "or" and before.rstrip().endswith(","):
            return None  # "five, six or seven"
        if word == "to" and _CHANGES.search(before):
            return None
        return _Read(low, other.unit or read.unit, other.end, other.whole_end, top=high)

    def _figure(self, start: int, read: _Read) -> Figure:
        text = self._text
        end = read.end
        unit = read.unit
        aged = _AGED.search(text[max(0, start - _BACK) : start])
        if unit is None and aged and not is_plural_noun(text[end : end + _BACK]):
            unit = "year"
        rate = _RATE.match(text, read.whole_end)
        return Figure(
            read.value,
            unit,
            text[start:end],
            Span(start, end),
            top=read.top,
            bound=self._bound(start, end),
            per=unit_named(rate["unit"]) if rate else None,
        )

    def _bound(self, start: int, end: int) -> Bound | None:
        before = _BOUND.search(self._text[max(0, start - _BACK) : start])
        match = before or _BEHIND.match(self._text, end)
        if match is None or match.lastgroup is None:
            return None
        name = match.lastgroup
        direction: Direction = _BEHIND_AS.get(name) or name  # type: ignore[assignment] # group names
        return Bound(direction, match.group(name).strip(" -"))


def _is_score(one: float, other: float, before: str, behind: str) -> bool:
    """True for goals, votes and sets: what goes down, is even, or follows a word that tells."""
    if one > 199 or other > 199 or one % 1 or other % 1:
        return False
    if one >= other or _SCORE_BEHIND.match(behind):
        return True
    if _AGED.search(before) or is_plural_noun(behind):
        return False
    tells = other < _LOW_SCORE and _TELLS_LOW_SCORE.search(before)
    return bool(tells or _TELLS_SCORE.search(before))


def _scale_of(text: str) -> int | None:
    """The scale with which a number ends: "3 million", "3m"."""
    match = _SCALE_END.search(text[-12:])
    if match is None:
        return None
    word = match["word"].lower()
    return (
        SCALES.get(word) or {"m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12, "k": 1_000}[word]
    )


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME_SHARE * max(1.0, abs(one))
