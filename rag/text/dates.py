"""The days that a text names, in its own words, and when they were: one reading for every use.

Guides list them, timelines put sentences in their order, checks compare them. Invariant: nothing is
invented. A mention is cut from the text; "yesterday", "the week before" and a weekday are put on a
day only where the article's own date, or the moment told before, says which. "Today", which mostly
says "nowadays", is no day.
"""

from __future__ import annotations

import calendar
import contextlib
import datetime
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.articles.article import Span
from rag.english import DAYS_OF_WEEK, MONTHS, MONTHS_OF_YEAR, WEEKDAYS
from rag.text.numerals import numeral
from rag.text.words import is_plural_noun

_MONTH = f"(?:{'|'.join(month.capitalize() for month in sorted(MONTHS, key=len, reverse=True))})"
_ANY_MONTH = rf"(?:{_MONTH}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_WEEKDAY = f"(?:{'|'.join(day.capitalize() for day in sorted(WEEKDAYS))})"
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_PART = r"(?:morning|afternoon|evening|night|lunchtime)"
_FEAST = (
    r"(?:Christmas|New\sYear[’']s|Boxing|Easter|Good|Remembrance|Independence|Thanksgiving|"
    r"St\s[A-Z][a-z]+[’']s)"
)
_WHICH = r"(?:[Ll]ast|[Nn]ext|[Tt]his|[Ee]arly|[Ll]ate|[Mm]id)"
_MANY = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,3})"
# What is sharpest comes first, so that it is taken whole.
_MENTION = re.compile(
    rf"""(?<![\w.])(?:
      (?P<date>(?:{_WEEKDAY},?\s(?:the\s)?)?(?P<core>
          (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?[-–]\s?{_NUMBER})?\s(?:of\s)?
            (?P<month>{_ANY_MONTH})(?:,?\s(?P<year>\d{{4}})\b)?
        | (?P<month2>{_ANY_MONTH})\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d,.:]\d)(?!\d)
            (?:,?\s(?P<year2>\d{{4}})\b)?
        | (?P<year3>\d{{4}})-(?P<month3>\d\d)-(?P<day3>\d\d))
      | {_FEAST}\s(?:Day|Eve|Sunday|Monday|Friday)(?:,?\s\d{{4}})?)
    | (?P<months>(?:{_WHICH}[\s-])?(?P<month4>{_MONTH})(?:,?\s(?:of\s)?(?P<year4>\d{{4}}))
      | {_WHICH}[\s-](?P<month5>{_MONTH})
      | (?:(?<=\b[Ii]n\s)|(?<=\b[Bb]y\s)|(?<=\b[Ff]rom\s)|(?<=\bend\sof\s)|(?<=\bstart\sof\s)
          |(?<=\bmiddle\sof\s))(?P<month6>{_MONTH})(?!\s[A-Z])
      | (?:(?<=\b[Ss]ince\s)|(?<=\b[Uu]ntil\s))(?P<month7>{_MONTH}))
    | (?P<weekdays>(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his)\s)?
        (?<!Black\s)(?<!Cyber\s)(?<!Super\s)(?P<weekday>{_WEEKDAY})(?:\s{_PART})?)
    | (?P<named>(?:[Yy]esterday|[Tt]omorrow)(?:\s{_PART})?|tonight)
    | (?P<years>(?<![\d.,£$€])(?P<year5>1[0-9]\d\d|20\d\d)s?)
    | (?P<away>(?:[Tt]he\s)?(?:[Nn]ext|[Ff]ollowing|[Pp]revious)\s
          (?:day|morning|evening|night|week|month|year)
      | [Tt]he\s(?:day|week|month|year)\s(?:before|after)
      | (?:(?i:{_MANY}))\s(?:day|week|month|year)s?\s(?:later|earlier|before|ago)
      | [Ll]ast\s(?:week|month|year|spring|summer|autumn|winter|night)
      | (?:[Ii]n\s|[Tt]his\s)(?:spring|summer|autumn|winter))
    )(?!\w|[-–]\w|[,.]\d)""",
    re.VERBOSE,
)
_TELLS_YEAR = re.compile(r"\b(?:in|since|by|before|after|until|from|during|of|the)\s$", re.I)
# "1500 people", "2000 km": no year; what is said of one thing, "2012 was", is one.
_MEASURED = re.compile(r"\s(?:km|kg|m)\b")
_OF_ONE = re.compile(r"\s(?:was|is|has|saw)\b")
_SINCE = re.compile(r"\bsince (?:the )?(?:early |late |mid-)?$", re.I)
_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_HOUR = rf"(?:{'|'.join(_HOURS)}|1[0-2]|[1-9])"
# "At five on Friday night" is a time, "it hurt five on Friday night" is none.
_AT = "(?:{})".format(
    "|".join(
        rf"(?<=\b{it}\s)" for it in "at by until before after since at\\sabout at\\saround".split()
    )
)
_PAST = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
_CLOCK = re.compile(
    rf"""
      \b(?P<hour>\d{{1,2}})(?:[.:](?P<minute>\d\d))?\s?(?P<half>[ap])\.?\s?m\b\.?
    | \b(?P<hour2>[01]?\d|2[0-3]):(?P<minute2>[0-5]\d)\b
    | \b(?P<word>noon|midday|midnight)\b
    | (?:\ba\s)?\b(?:(?=quarter|[a-z-]+\spast)|{_AT})
      (?P<past>{"|".join(_PAST)})\s(?P<way>past|to)\s(?P<hour3>{_HOUR})\b
    | (?<=\bat\s)(?P<hour4>[01]?\d|2[0-3])\.(?P<minute4>[0-5]\d)\b
      (?!\s?(?:%|°|[£$€]|(?:per|million|billion|thousand|[a-z]+s)\b))(?:\sin\sthe\s{_PART})?
    | \b(?P<hour5>{_HOUR})\so[’']clock(?:\s(?:in\sthe\s{_PART}|at\snight))?\b
    | {_AT}(?P<hour6>{_HOUR})
      (?:\s(?:in\sthe\s{_PART}|at\snight)\b|(?=\son\s{_WEEKDAY}\s{_PART}\b))
    """,
    re.I | re.VERBOSE,
)
_HOUR_GROUPS = ("hour", "hour2", "hour3", "hour4", "hour5", "hour6")
_AFTER_NOON = re.compile(r"\b(?:afternoon|evening)\b", re.I)
_PART_OF_DAY = re.compile(r"\b(morning|afternoon|evening|night)\b", re.I)
# "Last week" is no day, "one week earlier" is one.
_IS_SPAN = re.compile(r"month|year|(?:last|next|previous|following|the) week", re.I)
_AHEAD = re.compile(r"\b(?:will|shall|won[’']t|is to|are to|due|going to|plans? to|next)\b", re.I)
_LATER = re.compile(r"\b(?:next|following|later|after|tomorrow)\b", re.I)
_OF_ARTICLE = re.compile(r"\b(?:yesterday|tomorrow|tonight|ago|last|next)\b", re.I)
_OF_STORY = re.compile(r"the\b|next (?:day|morning|evening|night)\b", re.I)
_MINUTES = {"morning": 540, "afternoon": 900, "evening": 1_140, "night": 1_320}
_LENGTHS = {"tomorrow": 1, "day": 1, "morning": 1, "evening": 1, "night": 1, "week": 7}  # in days
_FIRST_YEAR = 1_400  # smaller numbers of four digits are mostly none
# Below it a moment's day is but the place of a weekday in its week.
_WEEKDAYS_ONLY = 400.0
_SOME_DAY = datetime.date(2000, 1, 15)  # from which a stretch of time is counted in days
_YEAR_GROUPS = ("year", "year2", "year3", "year4", "year5")
_MONTH_GROUPS = ("month", "month2", "month3", "month4", "month5", "month6", "month7")
_MOST_READ = 60
_MOST_BEHIND = 40  # characters behind a number that are looked at
_MOST_DAYS = 8

Kind = Literal["date", "weekday", "month", "year", "away"]
_KINDS: dict[str, Kind] = {
    "date": "date", "weekdays": "weekday", "named": "weekday", "months": "month",
    "years": "year", "away": "away",
}  # fmt: skip
# Which are listed first where there are too many; what leans on another sentence is not listed.
_SHARPEST: tuple[Kind, ...] = ("date", "weekday", "month", "year")


@dataclass(frozen=True)
class Mention:
    """A day, month or year as a text writes it; numbers are None where it does not say them.

    `core` is the day without its weekday. `is_told` is False for a bare number that may be a year.
    """

    kind: Kind
    text: str
    span: Span
    core: Span
    weekday: str | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    is_told: bool = True


@dataclass(frozen=True)
class Moment:
    """`order` sorts moments of one story: days since year 1, then minutes of the day.

    `precision` is 3 for a day, 2 for a month or year, 1 for what leans on another sentence; `day`
    is the day that is meant by what leans, where it can be told.
    """

    text: str
    order: tuple[float, float]
    weekday: str | None
    precision: int
    day: datetime.date | None = None

    @property
    def told(self) -> str:
        """Its words, and for "yesterday" and the like the day that they mean.

        >>> moment_of("It sank yesterday.", datetime.date(2024, 3, 13)).told
        'yesterday (12 March 2024)'
        """
        return self.text if self.day is None else f"{self.text} ({self.day.day} {self.day:%B %Y})"


def mentions(text: str) -> Iterator[Mention]:
    """The days, months and years that a text names, in order, with those that lean on others.

    >>> [(it.kind, it.text) for it in mentions("On Friday, 3 May 2019, it sank; a week later …")]
    [('date', 'Friday, 3 May 2019'), ('away', 'a week later')]
    """
    for match in _MENTION.finditer(text):
        kind = _KINDS[match.lastgroup or "years"]
        span = Span(*match.span())
        year = next((match[it] for it in _YEAR_GROUPS if match[it]), None)
        month = next((match[it] for it in _MONTH_GROUPS if match[it]), None)
        day = match["day"] or match["day2"] or match["day3"]
        if kind == "year" and not match.group().endswith("s") and _is_count(text, span):
            continue
        weekday = re.search(_WEEKDAY, match.group()) if kind in ("date", "weekday") else None
        yield Mention(
            kind,
            match.group(),
            span,
            _core(match, span),
            weekday.group().lower() if weekday else None,
            int(day) if day else None,
            _month(month) if month else None,
            int(year) if year else None,
            is_told=kind != "year" or match.group().endswith("s") or _tells_year(text, span),
        )


def _core(match: re.Match[str], span: Span) -> Span:
    """Without a weekday before it, or the "last" of "last May"."""
    if match["core"]:
        return Span(*match.span("core"))
    return Span(match.start("month4"), span.end) if match["month4"] else span


def _month(said: str) -> int:
    if said.isdigit():
        return int(said)
    short = said[:3].lower()
    return next(at for at, name in enumerate(MONTHS_OF_YEAR, 1) if name.startswith(short))


def _is_count(text: str, span: Span) -> bool:
    behind = text[span.end : span.end + _MOST_BEHIND]
    return bool(_MEASURED.match(behind) or is_plural_noun(behind)) and not _tells_year(text, span)


def _tells_year(text: str, span: Span) -> bool:
    return bool(_TELLS_YEAR.search(text[: span.start][-9:]) or _OF_ONE.match(text, span.end))


def days_in(text: str) -> tuple[str, ...]:
    """At most eight days, dates, months and years in order; of more, the sharpest.

    >>> days_in("On Friday, 3 May 2019, it sank. It was built in 1990. By Friday all was over.")
    ('Friday, 3 May 2019', '1990')
    >>> days_in("She may march on Monday night with 2,000 others, or in March.")
    ('Monday night', 'March')
    """
    found: dict[str, tuple[int, int, str]] = {}
    listed = (
        it
        for it in mentions(text)
        if it.is_told and it.kind in _SHARPEST and not it.text.endswith("0s")
    )
    for mention in itertools.islice(listed, _MOST_READ):
        said = " ".join(mention.text.split())
        place = _SHARPEST.index(mention.kind), mention.span.start
        found.setdefault(said.lower(), (*place, said))
    said_more = [
        one
        for key, one in found.items()
        if not any(key != other and re.search(rf"\b{re.escape(key)}\b", other) for other in found)
    ]
    chosen = sorted(said_more)[:_MOST_DAYS]
    return tuple(said for _, _, said in sorted(chosen, key=lambda one: one[1]))


def moment_at(day: datetime.date, time: str) -> Moment:
    """The moment of a day and a time, such as 09:30.

    >>> moment_at(datetime.date(2024, 3, 13), "09:30").told
    '13 March 2024, 09:30'
    """
    minutes = _minutes(time, _CLOCK.search(time))
    name = DAYS_OF_WEEK[day.weekday()]
    order = float(day.toordinal()), minutes
    return Moment(f"{day.day} {day:%B %Y}, {time}", order, name, 1)


def moment_of(
    sentence: str, published: datetime.date | None = None, before: Moment | None = None
) -> Moment | None:
    """What the sentence says of when; None where it says nothing of it.

    `before` is the last moment told before it in the article: a clock time alone, or "the day
    before", is of that day.

    >>> moment_of("On 3 May 2019 it sank.").text, moment_of("It sank.") is None
    ('3 May 2019', True)
    >>> late = moment_of("It sank on Monday at 9 p.m.", datetime.date(2024, 3, 13))
    >>> late.text, late.weekday, late.order == (datetime.date(2024, 3, 11).toordinal(), 1260.0)
    ('Monday at 9 p.m.', 'monday', True)
    """
    clock = _CLOCK.search(sentence)
    minutes = _minutes(sentence, clock)
    named = list(mentions(sentence))
    dated = next((it for it in named if it.month and (it.day or it.year)), None)
    if dated:
        day = _dated(dated, published)
        name = dated.weekday
        if day is not None and name is None and dated.day:
            name = DAYS_OF_WEEK[day.weekday()]
        ordinal = float(day.toordinal()) if day else _carried(before)
        return Moment(_with_clock(sentence, dated.span, clock), (ordinal, minutes), name, 3)
    weekday = next((it for it in named if it.kind == "weekday" and it.weekday), None)
    if weekday and weekday.weekday:
        ordinal = _of_weekday(weekday.weekday, sentence, published, before)
        text = _with_clock(sentence, weekday.span, clock)
        return Moment(text, (ordinal, minutes), weekday.weekday, 3)
    month = next((it for it in named if it.kind == "month" and it.month), None)
    if month and published:
        ahead = _AHEAD.search(sentence) is not None
        ordinal = _of_month(month, published, ahead=ahead)
        return Moment(_with_since(sentence, month.span, month.text), (ordinal, minutes), None, 2)
    years = (it for it in named if it.kind == "year" and it.is_told)
    year = next((it for it in years if (it.year or 0) >= _FIRST_YEAR), None)
    if year and year.year:
        day = datetime.date(year.year, 1, 1)
        told = _with_since(sentence, year.span, year.text)
        return Moment(told, (float(day.toordinal()), minutes), None, 2)
    leaning = next((it for it in named if it.kind in ("away", "weekday")), None)
    if leaning:
        return _leaning(leaning, published, before, minutes)
    if clock is None:
        return None
    weekday_before = before.weekday if before else None
    return Moment(clock.group(), (_carried(before), minutes), weekday_before, 1)


def _leaning(
    mention: Mention, published: datetime.date | None, before: Moment | None, minutes: float
) -> Moment:
    """What is told from the article's day ("yesterday", "a week ago") or from the moment before
    ("the next day", "one week earlier").
    """
    said = mention.text
    start = published
    of_story = not _OF_ARTICLE.search(said) or _OF_STORY.match(said) is not None
    if of_story:
        is_day = before is not None and before.precision != 2 and before.order[0] > _WEEKDAYS_ONLY
        start = datetime.date.fromordinal(int(before.order[0])) if before and is_day else None
    day = _moved(said, start) if start else None
    if day is not None:
        is_whole = not _IS_SPAN.search(said)
        name = DAYS_OF_WEEK[day.weekday()] if is_whole and "week" not in said else None
        order = float(day.toordinal()), minutes
        return Moment(said, order, name, 1, day if is_whole else None)
    moved = _moved(said, _SOME_DAY) if of_story else None
    days = (moved - _SOME_DAY).days if moved else 0
    after = days or 0.5 * (_LATER.search(said) is not None)
    name = before.weekday if before else None
    if name and days:
        place = DAYS_OF_WEEK.index(name) + days
        name = DAYS_OF_WEEK[place % 7] if abs(days) < 7 else None
    return Moment(said, (_carried(before) + after, minutes), name, 1)


def _moved(said: str, start: datetime.date) -> datetime.date | None:
    """The day so many days, weeks, months or years before or after another; None for a season."""
    lower = said.lower()
    if lower == "tonight":
        return start
    sign = 1 if _LATER.search(lower) else -1
    count = numeral(lower, 0)
    many = int(count.value) if count else 1
    length = re.search(r"tomorrow|day|morning|evening|night|week|month|year", lower)
    if length is None:
        return None
    try:
        if length.group() in _LENGTHS:
            return start + datetime.timedelta(days=sign * many * _LENGTHS[length.group()])
        months = (
            start.year * 12
            + start.month
            - 1
            + sign * many * (12 if length.group() == "year" else 1)
        )
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return datetime.date(year, month + 1, min(start.day, last))
    except (ValueError, OverflowError):  # before year 1
        return None


def days_meant(text: str, published: datetime.date) -> tuple[datetime.date, ...]:
    """The days that "yesterday", "two days ago" and the like mean in an article of that day.

    >>> [it.isoformat() for it in days_meant("It sank yesterday.", datetime.date(2024, 3, 13))]
    ['2024-03-12']
    """
    leaning = (it for it in mentions(text) if it.kind in ("away", "weekday") and not it.weekday)
    found = (_leaning(it, published, None, 0.0).day for it in leaning)
    return tuple(it for it in found if it is not None)


def weekday_asked(question: str) -> str | None:
    """The one weekday that a question names.

    >>> weekday_asked("what happened on monday in Oban?"), weekday_asked("What happened?")
    ('monday', None)
    """
    named = {day for day in DAYS_OF_WEEK if re.search(rf"\b{day}\b", question, re.I)}
    return named.pop() if len(named) == 1 else None


def _dated(mention: Mention, published: datetime.date | None) -> datetime.date | None:
    """The day named; without a year the nearest to the article's own.

    >>> moment_of("It sank on 25 December.", datetime.date(2017, 1, 3)).order[0]
    736323.0
    """
    if mention.month is None or not (mention.year or published):
        return None
    near = published.year if published else 0
    found = []
    for year in (mention.year,) if mention.year else (near - 1, near, near + 1):
        with contextlib.suppress(ValueError):  # 31 February
            found.append(datetime.date(year, mention.month, mention.day or 1))
    return min(found, key=lambda it: abs(it - (published or it)), default=None)


def weekday_meant(name: str, sentence: str, published: datetime.date) -> datetime.date:
    """The last such day up to the article's own, or the next of what is yet to come.

    >>> weekday_meant("friday", "It sails on Friday.", datetime.date(2024, 3, 13)).day
    8
    >>> weekday_meant("friday", "It will sail on Friday.", datetime.date(2024, 3, 13)).day
    15
    """
    back = (published.weekday() - DAYS_OF_WEEK.index(name)) % 7
    is_past = not back or not _AHEAD.search(sentence) or f"last {name}" in sentence.lower()
    return published + datetime.timedelta(days=-back if is_past else 7 - back)


def _of_weekday(
    name: str, sentence: str, published: datetime.date | None, before: Moment | None
) -> float:
    """As `weekday_meant`; where the article has no day, of the same week as the moment before."""
    if published is not None:
        return float(weekday_meant(name, sentence, published).toordinal())
    place = DAYS_OF_WEEK.index(name)
    if before is not None and before.weekday is not None:
        return before.order[0] + place - DAYS_OF_WEEK.index(before.weekday)
    return float(place)


def _of_month(mention: Mention, published: datetime.date, *, ahead: bool) -> float:
    """The last such month up to the article's own day, or the next of what is yet to come.

    >>> moment_of("Talks broke down in October.", datetime.date(2024, 3, 13)).order[0]
    738794.0
    """
    month = mention.month or published.month
    year = published.year - (month > published.month)
    if ahead and month != published.month:
        year = published.year + (month < published.month)
    return float(datetime.date(year, month, 1).toordinal())


def _minutes(sentence: str, clock: re.Match[str] | None) -> float:
    if clock is not None:
        if clock["word"]:
            return 1_440.0 if clock["word"].lower() == "midnight" else 720.0  # it ends a day
        said = next(clock[it] for it in _HOUR_GROUPS if clock[it])
        hour = _HOURS.index(said.lower()) + 1 if said.lower() in _HOURS else int(said)
        if clock["half"]:
            hour = hour % 12 + 12 * (clock["half"].lower() == "p")
        elif hour < 12 and _AFTER_NOON.search(sentence):
            hour += 12
        past = _PAST[clock["past"].lower()] if clock["past"] else 0
        minute = int(clock["minute"] or clock["minute2"] or clock["minute4"] or past)
        return 60.0 * hour + (-minute if (clock["way"] or "").lower() == "to" else minute)
    part = _PART_OF_DAY.search(sentence)
    return float(_MINUTES[part.group().lower()]) if part else 720.0


def _carried(before: Moment | None) -> float:
    return before.order[0] if before else 0.0


def _with_clock(sentence: str, found: Span, clock: re.Match[str] | None) -> str:
    """The day with the time that stands right behind it."""
    if clock is None or not 0 <= clock.start() - found.end <= 4:
        return _with_since(sentence, found, found.of(sentence))
    return _with_since(sentence, found, sentence[found.start : clock.end()])


def _with_since(sentence: str, found: Span, told: str) -> str:
    """A day or year from which something lasts is not told as when it happened.

    >>> moment_of("The most since the 1970s were counted.").text
    'since the 1970s'
    """
    since = _SINCE.search(sentence[: found.start])
    return f"{since.group().lower()}{told}" if since else told
