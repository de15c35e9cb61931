"""The day that stands by itself above an article's text, as papers print it below the headline.

Invariant: a day within a sentence is news, several such lines are those of entries, and a day that
is still to come is that of an event: none of them is the day of publication.
"""

from __future__ import annotations

import datetime
import re

from rag.articles.dates import Stated, stated

_STATED = (
    r"(?:first )?(?:published|posted|created|issued)(?: (?:on|at))?|veröffentlicht(?: am)?|"
    r"publié(?: le)?|publicado(?: el)?|pubblicato(?: il)?|gepubliceerd(?: op)?|publicerad|"
    r"publisert|stand|date"
)
# What may stand beside the day: who wrote it, and that it is the day of publication.
BYLINE = re.compile(rf"\W*(?:{_STATED}|(?:by|von|par|por)\b.*)?\W*", re.IGNORECASE)
_LABEL = re.compile(rf"(?:{_STATED})\s*:?\s+", re.IGNORECASE)
_NAMES = re.compile(r"(?:[^\W\d_a-zß-ÿ][\w’'.-]*(?:,? |$)){1,4}")
_BORDER = re.compile(r"\s+[·•–—]\s+|\s*\|\s*|\s+(?=by\s)")
_AFTER_WRITER = re.compile(r"\W*(?:by|von|par|por)\s[^,]{2,50}[,:]\s+(?P<day>.+)", re.IGNORECASE)
# How a wire begins its first paragraph: "TARN, May 3, 2021 (Coast Wire) -- The ferry …".
_DATELINE = re.compile(
    r"(?P<place>(?:[^\W\d_a-zß-ÿ][\w’'.-]*,? ){1,4})(?P<day>[^()–—]{8,24}?)"
    r"\s(?:\([^()]{2,40}\)\s*)?(?:--|[–—])\s"
)
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_HEAD_LINES = 8
_LOOKED_AT_LINES = 400
_MOST_CHARS = 80


def day_above(text: str) -> Stated | None:
    r"""The day in one of the opening lines, alone or beside the writer's name.

    >>> day_above("Ferry sinks\n\nBy Ada Holm | 3 May 2021\n\nThe ferry sank off Tarn.").day
    datetime.date(2021, 5, 3)
    >>> day_above("Ferry sinks\n\nTARN, May 3, 2021 (Coast Wire) -- The ferry sank.").day
    datetime.date(2021, 5, 3)
    >>> day_above("Ferry sinks\n\nIt sank on 3 May 2021.")
    >>> day_above("The strike\n\n3 May 2021\n\nIt began.\n\n5 May 2021\n\nIt ended.")
    """
    lines = [line.strip(" \t*_#>") for line in text.split("\n", _LOOKED_AT_LINES)]
    lines = [line for line in lines[:_LOOKED_AT_LINES] if line]
    told = [(place, found) for place, line in enumerate(lines) if (found := _day_line(line))]
    if len({found.day for _, found in told}) != 1 or told[0][0] >= _HEAD_LINES:
        return None
    found = told[0][1]
    tomorrow = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=1)
    return found if found.day <= tomorrow else None


def _day_line(line: str) -> Stated | None:
    """The day of a line that tells nothing else, but for who wrote it."""
    if not _YEAR.search(line[:_MOST_CHARS]):
        return None
    if dateline := _DATELINE.match(line):
        return stated(dateline["day"])
    if len(line) > _MOST_CHARS:
        return None
    if (signed := _AFTER_WRITER.fullmatch(line)) and (day := stated(signed["day"])):
        return day
    found: Stated | None = None
    for part in _BORDER.split(line):
        day = stated(_LABEL.sub("", part, count=1)) if _YEAR.search(part) else None
        if day is not None and found is None:
            found = day
        elif not BYLINE.fullmatch(part) and not _NAMES.fullmatch(part):
            return None
    return found
