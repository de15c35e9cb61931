"""Numbers, dates and names of a reworded sentence: are they those of what it cites?

Invariant: a value is found in the cited sentences, or around them where nothing there speaks
against it; a name stands for its acronym, and the article's title, publisher and day count.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence

from rag.check.ground import Ground, kinds_of_names
from rag.english import MONTHS, SAYING, WEEKDAYS
from rag.text.dates import days_meant, weekday_meant
from rag.text.figures import (
    Figure,
    amounts,
    counted,
    figures,
    stands_for_things,
    vague_amounts,
)
from rag.text.gazetteer import FIRST_NAMES, KNOWN_PLACES, PEOPLES
from rag.text.mentions import PERSON_ROLES
from rag.text.names import Name, NameIndex, names
from rag.text.overlap import content
from rag.text.units import dimension
from rag.text.values import date_parts, values
from rag.text.words import words

_QUOTED = re.compile(r"“([^”]{2,})”|\"([^\"]{2,})\"|(?<![\w])‘([^’]{12,})’(?![\w])")
_LAST_DAY = 31
_MANY = 20  # from which an amount without a value is a statement
_REPORTS = re.compile(
    r"^\W*(?:\w+\s+){0,2}(?:articles?|reports?|sources?|accounts?|papers?|newspapers?|stories)\b",
    re.I,
)
_TWO = re.compile(r"\b(?:both|a couple|a pair|pair of|twice|couple of|the two)\b", re.I)
_STRICT = re.compile(r"more than|over|exceed|less than|fewer|under|below|nearly|almost", re.I)
# "In all", "both reports say", "every year": no statement of all of them.
_WHOLE = re.compile(
    r"\b(?:(?<!at )(?<!after )(?<!above )(?<!in )all(?! (?:over|in all|but|along|right))|everyone|"
    r"everybody|everything|(?:each|every)(?! (?:other|year|month|week|day|night|hour|time))|"
    r"both(?! (?:say|reports?|articles?|sides?|sources?|papers?))|entire(?:ly)?|"
    r"(?<!on the )whole|always|complete(?:ly)?|totally)\b",
    re.I,
)
_NONE = re.compile(r"\b(?:no|none|nobody|nothing|no one)\b", re.I)
# "Let the crew go", "Non-essential": what such words follow is no name.
_IS_NO_NAME = re.compile(r"-\w|\s+(?:the|a|an|it|them|your|his|her|their|this|that|these)\b")
# A word with such an end opens a sentence as a noun or a verb more often than as a name.
_ORDINARY_END = re.compile(
    r".{2,}(?:[^s]s|ed|ing|ly|tion|sion|ment|ness|ence|ance|ity|ism|ful|ous|ive|al|ic|able|ible|"
    r"ure|age|ery|ship|hood|less|ant|ent)$"
)
_ORDINARY = frozenset(
    """police people troops aid help armed heavy local world state private public video water air
    fire work news life more less fewer early late young old new big small huge large good bad
    high low open free full hard long short strong poor rich human food money power war peace
    health trade crime proof staff evidence army rebel civilian both such much part half it he she
    they one once here there why how what when where who which that this these those every each
    all some many most few several another other neither either no not yes so thus yet still
    today now then later soon ever never just only even since until while whereas although though
    if unless because as per like unlike despite under over above below between among amid near
    beyond behind inside outside within without toward towards during before after apart""".split()
)


def quotations(text: str) -> tuple[str, ...]:
    """What stands between quotation marks.

    >>> quotations('He said: "We will go." and “left”')
    ('We will go.', 'left')
    """
    return tuple(next(filter(None, match.groups())) for match in _QUOTED.finditer(text))


def letters(text: str) -> str:
    """Letters and figures alone: how marks, blanks and dashes are set is no difference in words.

    >>> letters("“We won” – 3-1")
    'wewon31'
    """
    return re.sub(r"[\W_]+", "", text).casefold()


def quotation(claim: str, ground: Ground) -> str | None:
    """A quotation whose words are nobody's in what is cited, around it or in a title."""
    places = letters(f"{ground.main}\n{ground.near}"), letters(ground.titles)
    for quoted in quotations(claim):
        parts = [letters(part) for part in re.split(r"\.\.\.|…|\[[^\]]*\]", quoted)]
        if not any(all(part in place for part in parts if part) for place in places):
            return quoted
    return None


def number(claim: str, ground: Ground) -> str | None:
    """A number that is not there, or there counts something else."""
    stated = _no_days(ground.main)
    dates = [value for value in values(claim) if value.kind == "date"]
    for figure in figures(claim):
        if any(figure.span.overlaps(value.span) for value in dates) or _is_of_reports(
            figure, claim, ground
        ):
            continue
        agreeing = [it for it in stated if figure.follows_from(it)]
        if agreeing:
            if _counts_something_else(figure, claim, agreeing, stated, ground.main):
                return figure.text
        elif not _is_near(figure, claim, ground, stated):
            return figure.text
    return _vague(claim, ground)


def _counts_something_else(
    figure: Figure,
    claim: str,
    agreeing: Sequence[Figure],
    stated: Sequence[Figure],
    source: str,
) -> bool:
    """True when the source has the number for another thing, and another number for this one.

    "Two bombs" is not what "nine bombs and two drones" says, and "62 people" not what "62 per
    cent" does. What "250,000 of them" counts, the words before it say.
    """
    things = counted(figure, claim)
    if all(_are_two_measures(figure, things, it, counted(it, source)) for it in agreeing):
        return True
    if not things or any(
        things & counted(it, source) or stands_for_things(it, source) for it in agreeing
    ):
        return False
    return any(
        things <= counted(other, source) for other in stated if not figure.agrees_with(other)
    )


def _are_two_measures(
    mine: Figure, things: frozenset[str], theirs: Figure, others: frozenset[str]
) -> bool:
    """True where one number has a unit and the other counts a thing that this one does not.

    Of shares and money it does not matter what of: "48 bakers" are not 48 per cent of them.
    """
    measures = dimension(mine.unit), dimension(theirs.unit)
    if (measures[0] is None) == (measures[1] is None):
        return False
    is_counted = bool(others if measures[0] else things)
    return is_counted and (not things & others or not {"share", "money"}.isdisjoint(measures))


def _is_of_reports(figure: Figure, claim: str, ground: Ground) -> bool:
    """True for "the two reports" where two are cited."""
    behind = claim[figure.span.end : figure.span.end + 40]
    return bool(_REPORTS.match(behind)) and figure.value == len(ground.articles)


def _is_near(figure: Figure, claim: str, ground: Ground, stated: Sequence[Figure]) -> bool:
    """True where a title has it, or a sentence around and no cited one another number of that."""
    if figure.value == 2 and _TWO.search(ground.main):
        return True
    if any(figure.agrees_with(it) for it in figures(ground.named)):
        return True
    things = counted(figure, claim)
    if any(things & counted(it, ground.main) for it in stated):
        return False
    return any(figure.agrees_with(it) for it in _no_days(ground.near))


def _no_days(text: str) -> tuple[Figure, ...]:
    """The numbers of a text without those of days: "12 March" counts nothing; years stay."""
    days = [it.span for it in values(text) if it.kind == "date"]
    return tuple(
        it
        for it in figures(text)
        if it.value > _LAST_DAY or not any(it.span.overlaps(day) for day in days)
    )


def _vague(claim: str, ground: Ground) -> str | None:
    """A "dozens" or "millions" that nothing there can be; "a few" is said of anything."""
    held = (*amounts(ground.main), *vague_amounts(ground.near))
    for amount in vague_amounts(claim):
        if amount.value >= _MANY and not any(amount.follows_from(it) for it in held):
            return amount.text
    return None


def date(claim: str, ground: Ground) -> str | None:
    """A day, month or year that what is cited does not have."""
    allowed = _days_of(ground)
    in_main = _date_words(ground.main)
    for word in _date_words(claim):
        kind = WEEKDAYS if word in WEEKDAYS else MONTHS
        elsewhere = _date_words(ground.near) | _date_words(ground.named)
        if word in in_main or word in allowed:
            continue
        if word in elsewhere and not in_main & kind:
            continue
        return word.capitalize()
    known = _dates(ground.main)
    around = _dates(ground.near)
    titled = _dates("\n".join((ground.named, *sorted(allowed))))
    years = {str(day.year) for day in ground.written_on}
    numbers = set(re.findall(r"\d+", ground.main))
    for value in values(claim):
        if value.kind != "date":
            continue
        bits = date_parts(value.text)
        held = [*known, *titled, *(() if known else around)]
        if any(bits <= it or bits - years <= it for it in held):
            continue
        if not bits <= numbers:  # a year may be a number, and the other way round
            return value.text
    return None


def _dates(text: str) -> list[frozenset[str]]:
    return [date_parts(it.text) for it in values(text) if it.kind == "date"]


def _date_words(text: str) -> set[str]:
    """Weekdays and months; "May" and "March" only where a number or a preposition tells."""
    found = set()
    for word in words(text):
        lower = word.lower
        if not word.is_capitalised or lower not in WEEKDAYS | MONTHS:
            continue
        if lower in ("may", "march"):
            before, behind = text[: word.span.start].rstrip(), text[word.span.end :]
            told = re.search(r"(?:\b(?:in|of|since|until|by|on|last|early|late)|\d)$", before)
            if not (told or re.match(r"\s+\d", behind)):
                continue
        found.add(lower)
    return found


def _days_of(ground: Ground) -> set[str]:
    """In words, the days that the weekdays and the "yesterday" of what is cited mean, and the day
    on which a sentence without any was written.
    """
    found: set[str] = set()
    for window in ground.windows:
        published = window.article.written_on(window.span.start)
        if published is None:
            continue
        said = _date_words(window.text)
        lines = (window.text, *(() if said & WEEKDAYS else window.around))
        days = [day for line in lines for day in _of_weekdays(line, published)]
        own = days_meant(window.text, published)
        if not own and not said:
            days.append(published)
        for day in (*days, *own):
            found |= {f"{day:%A}".lower(), f"{day:%B}".lower(), f"{day.day} {day:%B %Y}"}
        if not said & MONTHS:
            found.add(f"{published:%B}".lower())
    return found


def _of_weekdays(line: str, published: datetime.date) -> Iterator[datetime.date]:
    """The days of its weekdays; "said on Friday that it will" may mean the next or the last."""
    says = any(word.lower in SAYING for word in words(line))
    for weekday in _date_words(line) & WEEKDAYS:
        yield weekday_meant(weekday, line, published)
        if says:
            yield weekday_meant(weekday, "", published)


def name(claim: str, ground: Ground) -> str | None:
    """A name that neither the cited sentences nor what is around them have.

    One that only stands around is wrong where the cited sentences name another of its kind.
    """
    main, whole = NameIndex(ground.main), NameIndex(ground.whole)
    for one in _names(claim, ground):
        if main.has_name(one):
            continue
        if not whole.has_name(one):
            if not _is_resolved(one, ground):
                return one.text
        elif _replaces(one, claim, ground):
            return one.text
    return None


def bound(claim: str, ground: Ground) -> str | None:
    """A number whose "at least" is gone or another one, or a "more than" that is put in."""
    stated, around = figures(ground.main), figures(f"{ground.main}\n{ground.near}")
    dates = [value.span for value in values(claim) if value.kind == "date"]
    for figure in figures(claim):
        if any(figure.span.overlaps(it) for it in dates):
            continue
        mine = figure.bound
        theirs = [it.bound for it in stated if it.value == figure.value]
        given = [it for it in theirs if it is not None]
        if given and len(given) == len(theirs):
            if mine is None or not any(mine.says_as_much(it) for it in given):
                return f"{given[-1].text} {figure.text}"
        elif mine is not None and _STRICT.search(mine.text):
            agreeing = [it for it in around if figure.agrees_with(it)]
            if agreeing and all(it.bound is None for it in agreeing):
                return f"{mine.text} {figure.text}"
    return None


def share(claim: str, ground: Ground) -> str | None:
    """An "all" or "both" of what the source says neither of all nor of none."""
    found = _WHOLE.search(claim)
    is_held = _WHOLE.search(ground.main) or _NONE.search(ground.main)
    return found.group() if found and not is_held else None


def _names(claim: str, ground: Ground) -> Iterator[Name]:
    for one in names(claim):
        if one.is_date or (one.first and figures(one.text)):
            continue
        behind = claim[one.words[-1].span.end :]
        if len(one.text) == 1 or (one.first and _IS_NO_NAME.match(behind)):
            continue
        if one.first and len(one.words) == 1 and is_ordinary(one.words[0].text, ground):
            continue
        if one.first and len(one.words) > 1 and is_ordinary(one.words[0].text, ground):
            rest = Name(one.words[1:], first=False)
            if not NameIndex(ground.whole).has_name(one):
                yield rest
                continue
        yield one


def is_ordinary(word: str, ground: Ground) -> bool:
    """True for a word that opens a sentence and is no name."""
    lower = word.lower()
    if word.isupper() and len(word) > 1:
        return False
    if word in FIRST_NAMES | KNOWN_PLACES | PEOPLES:
        return False
    return bool(lower in ground.ordinary or lower in _ORDINARY or _ORDINARY_END.match(lower))


def _is_resolved(one: Name, ground: Ground) -> bool:
    """True where all of the article has the whole name, and the cited sentence a part of it."""
    parts = [word.bare for word in one.words]
    for article in ground.articles:
        if one.text in article.text or " ".join(parts) in article.text:
            return any(NameIndex(ground.main).has(part) for part in parts)
    return False


def _replaces(one: Name, claim: str, ground: Ground) -> bool:
    """True where the cited sentences name another person or place that the claim leaves out."""
    said = NameIndex(claim)
    left_out = [
        [word.bare for word in other.words if word.lower not in PERSON_ROLES]
        for other in names(ground.main)
        if not other.is_date and not said.has(other.words[-1].bare)
    ]
    mine = [word.bare for word in one.words if word.lower not in PERSON_ROLES]
    return any(
        not kind.isdisjoint(mine) and any(not kind.isdisjoint(it) for it in left_out)
        for article in ground.articles
        for kind in kinds_of_names(article.text)
    )


def novel(claim: str, ground: Ground) -> frozenset[str]:
    """The content words that stand neither in what is cited nor around it."""
    return content(claim) - content(ground.whole)
