"""The days and dates that a text names, in its own words.

Invariant: each is cut from the text as it stands; "today", which mostly says "nowadays", is none.
"""

from __future__ import annotations

import itertools
import re

from rag.text.names import MONTHS, WEEKDAYS

_MONTH = f"(?:{'|'.join(month.capitalize() for month in sorted(MONTHS, key=len, reverse=True))})"
_SHORT_MONTH = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
_WEEKDAY = f"(?:{'|'.join(day.capitalize() for day in sorted(WEEKDAYS))})"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_ANY_YEAR = r"\d{4}"
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_PART = r"(?:morning|afternoon|evening|night|lunchtime)"
_FEAST = (
    r"(?:Christmas|New\sYear[’']s|Boxing|Easter|Good|Remembrance|Independence|Thanksgiving|"
    r"St\s[A-Z][a-z]+[’']s)"
)
_RELATIVE = r"(?:[Ll]ast|[Nn]ext|[Tt]his|[Ee]arly|[Ll]ate|[Mm]id)"
# What is sharpest comes first, so that it is taken whole.
_DAY = re.compile(
    rf"""\b(?=[A-Z\d]|[lntemy])(?:
      (?P<date>(?:{_WEEKDAY},?\s(?:the\s)?)?(?:
          {_NUMBER}(?:\s?[-–]\s?{_NUMBER})?\s(?:of\s)?(?:{_MONTH}|{_SHORT_MONTH})(?:,?\s{_ANY_YEAR})?
        | (?:{_MONTH}|{_SHORT_MONTH})\s{_NUMBER}(?![\d,.]\d)(?:,?\s{_ANY_YEAR})?
        | {_ANY_YEAR}-\d\d-\d\d)
      | {_FEAST}\s(?:Day|Eve|Sunday|Monday|Friday)(?:,?\s{_ANY_YEAR})?)
    | (?P<month>(?:{_RELATIVE}[\s-])?{_MONTH}(?:,?\s(?:of\s)?{_ANY_YEAR})
      | {_RELATIVE}[\s-]{_MONTH}
      | (?<=\b[Ii]n\s){_MONTH}(?!\s[A-Z]) | (?<=\b[Ss]ince\s){_MONTH} | (?<=\b[Uu]ntil\s){_MONTH}
      | (?<=\b[Bb]y\s){_MONTH}(?!\s[A-Z]))
    | (?P<day>(?:(?:[Ll]ast|[Nn]ext|[Tt]his)\s)?(?<!Black\s)(?<!Cyber\s)(?<!Super\s)
        {_WEEKDAY}(?:\s{_PART})?
      | (?:[Yy]esterday|[Tt]omorrow)(?:\s{_PART})? | tonight)
    | (?P<year>(?<=\b[Ii]n\s){_YEAR} | (?<=\b[Ss]ince\s){_YEAR} | (?<=\b[Bb]y\s){_YEAR}
      | (?<=\b[Uu]ntil\s){_YEAR} | (?<=\b[Bb]efore\s){_YEAR} | (?<=\b[Aa]fter\s){_YEAR}
      | (?<=\b[Ff]rom\s){_YEAR} | (?<=\b[Dd]uring\s){_YEAR} | (?<=\b[Oo]f\s){_YEAR})
    )(?!\w|[-–]\w|[,.]\d)""",
    re.VERBOSE,
)
_MOST_READ = 60
_SHARPEST = ("date", "day", "month", "year")


def days_in(text: str, *, most: int = 8) -> tuple[str, ...]:
    """At most `most` days, dates, months and years in order; of more, the sharpest.

    >>> days_in("On Friday, 3 May 2019, it sank. It was built in 1990. By Friday all was over.")
    ('Friday, 3 May 2019', '1990')
    >>> days_in("She may march on Monday night with 2,000 others, or in March.")
    ('Monday night', 'March')
    """
    found: dict[str, tuple[int, int, str]] = {}
    for match in itertools.islice(_DAY.finditer(text), _MOST_READ):
        said = " ".join(match.group().split())
        kind = _SHARPEST.index(match.lastgroup or "year")
        found.setdefault(said.lower(), (kind, match.start(), said))
    said_more = [
        one
        for key, one in found.items()
        if not any(key != other and re.search(rf"\b{re.escape(key)}\b", other) for other in found)
    ]
    chosen = sorted(said_more)[:most]
    return tuple(said for _, _, said in sorted(chosen, key=lambda one: one[1]))
