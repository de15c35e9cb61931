"""Which names of a text are persons and which are places, told by what stands around them.

Invariant: a name is given as the text writes it in full, never as both, and one that nothing
tells the kind of is neither. A title, an age, a role or a surname that comes back makes a person;
"in", "near" or the name of a country makes a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.text.gazetteer import (
    AMBIGUOUS,
    BODY_WORDS,
    FIRST_NAMES,
    KNOWN_PLACES,
    ONE_PLACE,
    OPENS_PLACE,
    PEOPLES,
    PLACE_WORDS,
)
from rag.text.mentions import Mentioned, mentioned_in
from rag.text.words import STOP_WORDS

_SURELY_PLACES = KNOWN_PLACES - AMBIGUOUS
_SURELY_PEOPLES = PEOPLES - FIRST_NAMES
_DIRECTIONS = frozenset("north south east west northern southern eastern western central".split())
_PLACE_ENDING = re.compile(
    r".{3,}(?:shire|ville|burgh?|stan|stadt|grad|abad|bury|mouth|wick|chester|hampton|ington|"
    r"ingham|borough|pool|land|lands|haven|pur|sk)$"
)
_WEIGHTS = {
    "title": 3.0, "age": 3.0, "role": 2.5, "role after": 2.0, "says": 1.5, "pronoun": 1.0,
    "surname": 1.5, "maybe a role": 1.5, "first name": 2.0,
}  # fmt: skip
_ENOUGH = 2.5
_MOST_LISTED = 8
_MOST_COMPARED = 100
_MOST_WORDS = 5


def people_and_places(
    text: str, *, most: int = _MOST_LISTED
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and places that `text` names, at most `most` of each, most mentioned first.

    >>> people_and_places(
    ...     "In Lowick, the harbour master Ada Holm said all was well. Holm, 62, lives in Oslo."
    ... )
    (('Ada Holm',), ('Lowick', 'Oslo'))
    """
    known = mentioned_in(text)
    persons = _persons(known)
    taken = {word for person in persons for word in person.words} | {p.text for p in persons}
    places = _places(one for one in known.values() if one.text not in taken)
    return _listed(persons, most), _listed(places, most)


def certain_people_and_places(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """As `people_and_places` of a text that may not be English: only what needs no grammar.

    A capital makes no name there (a German noun has one), so a person is a known first name with
    what follows it, and a place one that is known.

    >>> certain_people_and_places("Die Bürgermeisterin Anna Holm sprach in Berlin mit der Wehr.")
    (('Anna Holm',), ('Berlin',))
    """
    persons: dict[str, Mentioned] = {}
    places: dict[str, Mentioned] = {}
    for name, one in mentioned_in(text).items():
        words = name.split()
        first = next((place for place, word in enumerate(words) if word in FIRST_NAMES), None)
        if first is not None and 2 <= len(words[first:]) <= _MOST_WORDS:
            person = " ".join(words[first:])
            found = persons.setdefault(person, Mentioned(person, one.first))
            found.mentions += one.mentions
        elif name in _SURELY_PLACES:
            places[name] = one
    return _listed(persons.values()), _listed(places.values())


def _listed(found: Iterable[Mentioned], most: int = _MOST_LISTED) -> tuple[str, ...]:
    ordered = sorted(found, key=lambda one: (-one.mentions, one.first))
    return tuple(one.text for one in ordered[:most])


def _persons(known: dict[str, Mentioned]) -> list[Mentioned]:
    """Names that behave as persons, each with the mentions by its shorter forms."""
    persons: list[Mentioned] = []
    shorter: set[str] = set()
    for name, one in known.items():
        words = name.split()
        if not 2 <= len(words) <= _MOST_WORDS or not _may_be_a_person(one, name):
            continue
        alone = [known[word] for word in {words[0], words[-1]} if word in known]
        evidence = set(one.as_person)
        for form in alone:
            evidence |= form.as_person & {"title", "age", "says", "pronoun", "role"}
        if any(not form.after_article and form.text not in KNOWN_PLACES for form in alone):
            evidence.add("surname")
        if words[0] in FIRST_NAMES:
            evidence.add("first name")
        if sum(_WEIGHTS[kind] for kind in evidence) - 2 * (one.as_place >= 1) < _ENOUGH:
            continue
        mentions = one.mentions + sum(form.mentions for form in alone)
        persons.append(Mentioned(name, one.first, mentions))
        shorter.update(words)
    for name, one in known.items():
        if len(name.split()) > 1 or name in shorter | PEOPLES or not _may_be_a_person(one, name):
            continue
        said = one.as_person - {"pronoun"}
        strong = bool(said & {"title", "age"}) or (name in FIRST_NAMES and len(said) > 0)
        if strong and one.as_place < 1:
            persons.append(Mentioned(one.text, one.first, one.mentions))
    return _without_parts(persons)


def _without_parts(persons: list[Mentioned]) -> list[Mentioned]:
    """Of "Ada Holm" and "Ada Maria Holm" the longer, with the mentions of both."""
    kept: list[Mentioned] = []
    most = sorted(persons, key=lambda p: (-p.mentions, p.first))[:_MOST_COMPARED]
    for one in sorted(most, key=lambda p: (-len(p.words), p.first)):
        whole = next((k for k in kept if set(one.words) < set(k.words)), None)
        if whole is None:
            kept.append(one)
        else:
            whole.mentions += one.mentions
            whole.first = min(whole.first, one.first)
    return kept


def _may_be_a_person(one: Mentioned, name: str) -> bool:
    lower = {word.lower() for word in name.replace("-", " ").split()}
    return not (
        name.split()[-1].lower() in STOP_WORDS
        or one.after_article > one.mentions / 2
        or lower & (BODY_WORDS | PLACE_WORDS)
        or name in _SURELY_PLACES
        or name.split()[0] in _SURELY_PLACES
        or not _SURELY_PEOPLES.isdisjoint(name.split())
        or any(word.isupper() and len(word) > 2 for word in name.split())
    )


def _places(known: Iterable[Mentioned]) -> list[Mentioned]:
    places: dict[str, Mentioned] = {}
    for one in known:
        found = _place_in(one)
        if found is None:
            continue
        key = ONE_PLACE.get(found, found)
        place = places.setdefault(key, Mentioned(found, one.first))
        place.mentions += one.mentions
    return list(places.values())


def _place_in(one: Mentioned) -> str | None:
    """The place that a name is, without its "north"; None where nothing tells."""
    name = one.text
    words = name.split()
    while len(words) > 1 and words[0].lower() in _DIRECTIONS and name not in KNOWN_PLACES:
        if " ".join(words[1:]) not in KNOWN_PLACES:
            break
        words = words[1:]
        name = " ".join(words)
    if name in KNOWN_PLACES:
        return name if name not in AMBIGUOUS or one.as_place >= 0.4 else None
    if words[0] in PEOPLES or one.opens_only or len(words) > _MOST_WORDS:
        return None
    lower = [word.lower() for word in words]
    if set(lower) & BODY_WORDS or any(word.isupper() for word in words):
        return None
    is_somewhere = one.as_place > 0 or one.after_article > 0
    if is_somewhere and len(words) > 1 and (lower[-1] in PLACE_WORDS or lower[0] in OPENS_PLACE):
        return name
    if one.as_person & {"title", "age", "says", "first name"}:
        return None
    share = one.as_place / one.mentions
    if one.is_possessive > one.mentions / 2:
        return None  # "at Baker's"
    if _PLACE_ENDING.fullmatch(lower[-1]) and one.as_place and share >= 0.2:
        return name
    return name if one.as_place >= 1 and share >= 0.4 and not one.after_article else None
