"""A date as somebody wrote it to a day, and to what was told beside the day.

Invariant: nothing is made up. A part that is not written (the year, the day) is never filled in,
a day is the one of the writer's own time zone, and what can be read as two days is none.
"""

from __future__ import annotations

import datetime
import importlib
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_MOST_CHARS = 100
# Whose names of months and days are known.
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "is", "pl", "cs", "sk"),
    *("hu", "ro", "bg", "el", "hr", "sl", "lt", "lv", "et", "ru", "uk", "tr", "ar", "fa", "he"),
    *("hi", "id", "vi", "th", "zh", "ja", "ko", "ca"),
)
_WRAPPED = re.compile(r"\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]|[\"'(<]+(.*?)[\"')>]+")
_SECONDS = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,9})?")
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)?(\d\d)?(\d\d)?(Z|[+-]\d\d:?\d\d)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?=\D|$)")
_DOTTED = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}(?=\D|$)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")
_ZONE_NAME = re.compile(r"\[[A-Za-z_]+/[A-Za-z_/+-]+\]$")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Stated:
    """A day, and the whole of what was written where that tells more, a time for example."""

    day: datetime.date
    told_as: str | None = None


def stated(written: str) -> Stated | None:
    """The day that is written, in any common form; None where it is not whole or not one day.

    >>> stated("Tue, 04 Mar 2025 23:30:00 -0500")
    Stated(day=datetime.date(2025, 3, 4), told_as='Tue, 04 Mar 2025 23:30:00 -0500')
    >>> stated("2025-03-04"), stated("March 2025"), stated("03/04/2025")
    (Stated(day=datetime.date(2025, 3, 4), told_as=None), None, None)
    """
    text = " ".join(written.split())
    if wrapped := _WRAPPED.fullmatch(text):
        text = (wrapped[1] or wrapped[2] or "").strip()
    if not text or len(text) > _MOST_CHARS or not re.search(r"\d", text):
        return None
    day = _day(text)
    if day is None:
        return None
    return Stated(day, text if _tells_time(text) else None)


def _tells_time(text: str) -> bool:
    return bool(
        re.search(r"\d[:.]\d\d|T\d\d|\d ?[ap]\.?m\b|\d ?h(?:\d\d)?\b|時|点", text, re.IGNORECASE)
    ) and (not _DOTTED.fullmatch(text))


def _day(text: str) -> datetime.date | None:
    with suppress(ValueError):
        return datetime.datetime.fromisoformat(text).date()
    if _SECONDS.fullmatch(text):  # since 1970, of no time zone
        seconds = int(text[:10])
        return datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC).date()
    for form in (_ISO_DAY.match(text), _BASIC.fullmatch(text)):
        if form:  # the year comes first, so the rest is in no doubt
            with suppress(ValueError):
                return datetime.date(int(form[1]), int(form[2]), int(form[3]))
            return None
    text = _ZONE_NAME.sub("", text)
    if _DOTTED.search(text):
        return _read(text, "DMY")
    first, second = _read(text, "MDY"), _read(text, "DMY")
    return first if first == second or not _NUMERIC.search(text) else None


def _read(text: str, order: str) -> datetime.date | None:
    found: Any = None
    languages = _languages_of(text)
    if languages:
        with suppress(ValueError, OverflowError):
            found = _parser(order, languages).get_date_data(text).date_obj
    return found.date() if found else None


def _languages_of(text: str) -> tuple[str, ...]:
    """The languages in which the text may be a date; none where it has no word of one.

    The library tries each that it is given, and a language takes a tenth of a second the first
    time: with all of them a text that is no date would take ten seconds.

    >>> _languages_of("4 mars 2031"), _languages_of("2031年5月4日"), _languages_of("3 cats of 12")
    (('fr', 'sv', 'nb', 'is'), ('zh', 'ja'), ('en',))
    """
    known = _languages_by_word()
    words = [known.get(word, frozenset()) for word in _words([text])]
    if not words:
        return LANGUAGES[:1]  # numbers alone
    # A word that none knows may be the name of a time zone.
    having = [languages for languages in words if languages]
    return tuple(code for code in LANGUAGES if any(code in it for it in having))


@cache
def _languages_by_word() -> dict[str, frozenset[str]]:
    """The languages in which each word is a part of dates, by the data of the library."""
    known: dict[str, set[str]] = {}
    for code in LANGUAGES:
        data = importlib.import_module(f"dateparser.data.date_translation_data.{code}").info
        names = [name for value in data.values() if isinstance(value, list) for name in value]
        for word in _words(name for name in names if isinstance(name, str)):
            known.setdefault(word, set()).add(code)
    return {word: frozenset(codes) for word, codes in known.items()}


def _words(texts: Iterable[str]) -> set[str]:
    """The words of texts without accents, in lower case; each sign of a script without blanks."""
    found: set[str] = set()
    for text in texts:
        plain = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        for word in _WORD.findall(plain):
            found.update([word] if word < "\u0e00" else word)
    return found


@lru_cache(maxsize=64)
def _parser(order: str, languages: tuple[str, ...]) -> DateDataParser:
    """A parser that takes dates as they are written: all parts, the day of their own time zone."""
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=list(languages),
        settings={
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],  # "yesterday" would be counted from today
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
