"""Publishers and times that a question names: "before March", "according to Wired".

They are preferred, not demanded: a question names a newspaper in another spelling, or a day on
which something happened that was told much later. Invariant: pure; only publishers that the corpus
has are recognised, and only times that say a calendar span.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from dataclasses import replace

from rag.english import DAYS_OF_WEEK, MONTHS_OF_YEAR
from rag.filters import Filters

# A report of Thursday's fire appears on Thursday or in the days after it.
NEWS_LAG_DAYS = 7

_MONTH = "|".join(MONTHS_OF_YEAR)
_DAY = (
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})(?:,?\s+(?P<year>\d{{4}}))?|"
    rf"(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year2>\d{{4}}))?|"
    rf"(?P<month3>{_MONTH})(?:\s+(?P<year3>\d{{4}}))?|"
    r"(?P<only>(?:19|20)\d{2})"
)
_BOUND = re.compile(
    rf"\b(?P<word>before|until|by|after|since|from|in|on|during)\s+(?:the\s+)?(?:{_DAY})\b", re.I
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<when>yesterday|today)|(?P<which>last|this|past)\s+"
    rf"(?P<unit>week|month|year|{'|'.join(DAYS_OF_WEEK)}))\b",
    re.I,
)
# Without a capital, these two months are a verb and a walk.
_LOWER_MONTH = re.compile(r"\b(?:may|march)\b")
Days = tuple[datetime.date, datetime.date]


def scope_of(question: str, publishers: Collection[str], today: datetime.date) -> Filters | None:
    """The publishers and days that the question names; None where it names nothing of the kind.

    >>> today = datetime.date(2024, 3, 20)  # a Wednesday
    >>> found = scope_of("What did Wired report before March 2024?", ["Wired", "BBC"], today)
    >>> found.publishers, found.published_to.isoformat()
    (('Wired',), '2024-02-29')
    >>> scope_of("Who was arrested last Thursday?", [], today).published_from.isoformat()
    '2024-03-14'
    >>> scope_of("Who may lead the march?", ["Wired"], today) is None
    True
    """
    named = tuple(name for name in publishers if _names(question, name))
    times = _span(question, today)
    filters = Filters(publishers=named)
    if times is not None:
        filters = replace(filters, published_from=times[0], published_to=times[1])
    return filters or None


def _names(question: str, publisher: str) -> bool:
    """The publisher's name as written, with or without its article: "The Verge", "Verge"."""
    bare = re.sub(r"^The\s+", "", publisher)
    if not bare[:1].isupper():
        return False
    return re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", question) is not None


def _span(
    question: str, today: datetime.date
) -> tuple[datetime.date | None, datetime.date | None] | None:
    lag = datetime.timedelta(days=NEWS_LAG_DAYS)
    start: datetime.date | None = None
    end: datetime.date | None = None
    for match in _BOUND.finditer(_LOWER_MONTH.sub("_", question)):
        days = _days(match, today)
        if days is None:
            continue
        word = match["word"].lower()
        if word in ("before", "until", "by"):
            end = days[0] - datetime.timedelta(days=1) if word == "before" else days[1]
        elif word in ("after", "since", "from"):
            start = days[1] + datetime.timedelta(days=1) if word == "after" else days[0]
        else:
            start, end = days[0], days[1] + lag
    relative = _RELATIVE.search(question)
    if relative is not None and start is None and end is None:
        first, last = _relative(relative, today)
        start, end = first, min(last + lag, today)
    return None if start is None and end is None else (start, end)


def _days(match: re.Match[str], today: datetime.date) -> Days | None:
    """First and last day of what was named; a month without a year is the latest one."""
    try:
        if match["iso"]:
            day = datetime.date.fromisoformat(match["iso"])
            return day, day
        if match["only"]:
            year = int(match["only"])
            return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        named = match["month"] or match["month2"] or match["month3"]
        month = MONTHS_OF_YEAR.index(named.lower()) + 1
        said = match["year"] or match["year2"] or match["year3"]
        year = int(said) if said else today.year - (month > today.month)
        number = match["day"] or match["day2"]
        if number:
            day = datetime.date(year, month, int(number))
            return day, day
        return datetime.date(year, month, 1), _last_of_month(year, month)
    except ValueError:  # 31 February
        return None


def _relative(match: re.Match[str], today: datetime.date) -> Days:
    day = datetime.timedelta(days=1)
    if match["when"]:
        named = today - day if match["when"].lower() == "yesterday" else today
        return named, named
    unit, is_this = match["unit"].lower(), match["which"].lower() == "this"
    if unit in DAYS_OF_WEEK:
        back = (today.weekday() - DAYS_OF_WEEK.index(unit)) % 7 or (0 if is_this else 7)
        return today - back * day, today - back * day
    if unit == "week":
        monday = today - today.weekday() * day
        return (monday, today) if is_this else (monday - 7 * day, monday - day)
    if unit == "month":
        first = today.replace(day=1)
        return (first, today) if is_this else ((first - day).replace(day=1), first - day)
    year = today.year if is_this else today.year - 1
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31)


def _last_of_month(year: int, month: int) -> datetime.date:
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return following - datetime.timedelta(days=1)
