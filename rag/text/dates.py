"""When a sentence says that something happened, so that sentences can be put in order.

Invariant: nothing is invented. `text` is cut from the sentence; a weekday is put on a day only
where the article's own date tells which, and otherwise stays a weekday.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from rag.text.names import MONTHS, WEEKDAYS

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = "|".join(sorted((it.capitalize() for it in MONTHS), key=len, reverse=True))
_WEEKDAY = "|".join(sorted(it.capitalize() for it in WEEKDAYS))
_DATE = re.compile(
    rf"\b(?:(?:{_WEEKDAY}),?\s+)?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?"
    rf"(?P<month>{_MONTH})(?:,?\s+(?P<year>\d{{4}}))?|"
    rf"(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<year2>\d{{4}}))?|"
    rf"(?P<month3>{_MONTH})\s+(?P<year3>\d{{4}}))"
)
_YEAR = re.compile(r"(?<![\d.,£$€])\b(?P<year>1[4-9]\d\d|20\d\d)s?\b(?![\d.,]\d)")
_DAY = re.compile(
    rf"\b(?P<weekday>{_WEEKDAY})(?: (?:morning|afternoon|evening|night|lunchtime))?\b"
)
_RELATIVE = re.compile(
    r"\b(?:(?:the )?(?:next|following|previous) (?:day|morning|evening|night|week|month|year)|"
    r"yesterday|the day (?:before|after)|a (?:day|week|month|year) (?:later|earlier|before|ago)|"
    r"(?:\w+|\d+) (?:days|weeks|months|years) (?:later|earlier|before|ago)|"
    r"last (?:week|month|year|spring|summer|autumn|winter|night)|"
    r"(?:in |this )(?:spring|summer|autumn|winter))\b",
    re.I,
)
_CLOCK = re.compile(
    r"\b(?P<hour>\d{1,2})(?:[.:](?P<minute>\d\d))?\s?(?P<half>[ap])\.?\s?m\b\.?|"
    r"\b(?P<hour2>[01]?\d|2[0-3]):(?P<minute2>[0-5]\d)\b|\b(?P<word>noon|midday|midnight)\b",
    re.I,
)
_PART_OF_DAY = re.compile(r"\b(morning|afternoon|evening|night)\b", re.I)
_AHEAD = re.compile(r"\b(?:will|shall|won[’']t|is to|are to|due|going to|plans? to|next)\b", re.I)
_MINUTES = {"morning": 540, "afternoon": 900, "evening": 1_140, "night": 1_320}


@dataclass(frozen=True)
class Moment:
    """`order` sorts moments of one story: days since year 1, then minutes of the day.

    `precision` is 3 for a day, 2 for a month or year, 1 for what leans on another sentence.
    """

    text: str
    order: tuple[float, float]
    weekday: str | None
    precision: int


def moment_of(
    sentence: str, published: datetime.date | None = None, before: Moment | None = None
) -> Moment | None:
    """What the sentence says of when; None where it says nothing of it.

    `before` is the last moment told before it in the article: a clock time alone is of that day.

    >>> moment_of("On 3 May 2019 it sank.").text, moment_of("It sank.") is None
    ('3 May 2019', True)
    >>> late = moment_of("It sank on Monday at 9 p.m.", datetime.date(2024, 3, 13))
    >>> late.text, late.weekday, late.order == (datetime.date(2024, 3, 11).toordinal(), 1260.0)
    ('Monday at 9 p.m.', 'monday', True)
    """
    clock = _CLOCK.search(sentence)
    minutes = _minutes(sentence, clock)
    if found := _DATE.search(sentence):
        day = _dated(found, published)
        weekday = _DAY.search(found.group())
        name = weekday["weekday"].lower() if weekday else None
        if day is not None and name is None and (found["day"] or found["day2"]):
            name = _DAYS[day.weekday()]
        ordinal = float(day.toordinal()) if day else _carried(before)
        return Moment(_with_clock(sentence, found, clock), (ordinal, minutes), name, 3)
    if found := _DAY.search(sentence):
        name = found["weekday"].lower()
        ahead = _AHEAD.search(sentence) is not None
        text = _with_clock(sentence, found, clock)
        return Moment(text, (_of_weekday(name, published, before, ahead=ahead), minutes), name, 3)
    if found := _YEAR.search(sentence):
        day = datetime.date(int(found["year"]), 1, 1)
        return Moment(found.group(), (float(day.toordinal()), minutes), None, 2)
    leaning = clock or _RELATIVE.search(sentence)
    if leaning is None:
        return None
    after = 0.5 if re.search(r"next|following|later|after", leaning.group(), re.I) else 0.0
    weekday_before = before.weekday if before else None
    return Moment(leaning.group(), (_carried(before) + after, minutes), weekday_before, 1)


def weekday_asked(question: str) -> str | None:
    """The one weekday that a question names.

    >>> weekday_asked("what happened on monday in Oban?"), weekday_asked("What happened?")
    ('monday', None)
    """
    named = {day for day in _DAYS if re.search(rf"\b{day}\b", question, re.I)}
    return named.pop() if len(named) == 1 else None


def _dated(found: re.Match[str], published: datetime.date | None) -> datetime.date | None:
    month = _MONTHS.index((found["month"] or found["month2"] or found["month3"]).lower()) + 1
    said = found["year"] or found["year2"] or found["year3"]
    if said is None and published is None:
        return None
    year = int(said) if said else published.year if published else 1
    try:
        return datetime.date(year, month, int(found["day"] or found["day2"] or 1))
    except ValueError:  # 31 February
        return None


def _of_weekday(
    name: str, published: datetime.date | None, before: Moment | None, *, ahead: bool
) -> float:
    """The last such day up to the article's own, or the next of what is yet to come; where the
    article has no day, that of the same week as the moment before.
    """
    place = _DAYS.index(name)
    if published is not None:
        back = (published.weekday() - place) % 7
        return float(published.toordinal() - back + 7 * (ahead and back > 0))
    if before is not None and before.weekday is not None:
        return before.order[0] + place - _DAYS.index(before.weekday)
    return float(place)


def _minutes(sentence: str, clock: re.Match[str] | None) -> float:
    if clock is not None:
        if clock["word"]:
            return 1_440.0 if clock["word"].lower() == "midnight" else 720.0  # it ends a day
        hour = int(clock["hour"] or clock["hour2"])
        if clock["half"]:
            hour = hour % 12 + 12 * (clock["half"].lower() == "p")
        return 60.0 * hour + int(clock["minute"] or clock["minute2"] or 0)
    part = _PART_OF_DAY.search(sentence)
    return float(_MINUTES[part.group().lower()]) if part else 720.0


def _carried(before: Moment | None) -> float:
    return before.order[0] if before else 0.0


def _with_clock(sentence: str, found: re.Match[str], clock: re.Match[str] | None) -> str:
    """The day with the time that stands right behind it."""
    if clock is None or not 0 <= clock.start() - found.end() <= 4:
        return found.group()
    return sentence[found.start() : clock.end()]
