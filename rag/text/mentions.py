"""Which names of a text are persons and which are places, told by what stands around them.

Invariant: a name is given as the text writes it in full, never as both, and one that nothing
tells the kind of is neither. A title, an age, a role or a surname that comes back makes a person;
"in", "near" or the name of a country makes a place.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rag.articles.article import Span
from rag.text.gazetteer import AMBIGUOUS, FIRST_NAMES, KNOWN_PLACES, ONE_PLACE, PEOPLES
from rag.text.names import MONTHS, ROLES, WEEKDAYS, Name, names
from rag.text.words import STOP_WORDS

_MORE_ROLES = frozenset(
    """academic activist actor actress archaeologist architect artist astronaut astronomer
    auctioneer author banker barrister billionaire biologist blogger brother campaigner
    candidate champion chemist climatologist co-founder colleague comedian composer congressman
    congresswoman conservationist constable consultant councillor councilman councilwoman
    curator daughter defender deputy designer detective developer ecologist economist engineer
    entrepreneur farmer father filmmaker fisherman footballer former friend geologist goalkeeper
    guitarist headteacher historian imam inspector inventor journalist keeper lecturer master
    mathematician midfielder midwife mp musician neuroscientist novelist nurse organiser
    organizer painter partner patient photographer physicist pianist pilot player poet
    politician pope producer psychiatrist psychologist rabbi ranger reporter saint sculptor
    sheriff singer sister skipper soldier son striker student superintendent supervisor surgeon
    surveyor survivor trainer treasurer trustee tycoon vicar victim volunteer warden winner
    writer zoologist""".split()
)
_ROLES = ROLES | _MORE_ROLES
_CROWNS = frozenset("prince princess king queen pope emperor sultan sheikh".split())
_OPENING = STOP_WORDS - {"us", "may", "will"}
_TITLES = frozenset(
    """mr mrs ms miss dr sir lord lady dame prof professor gen general col colonel capt sgt rev
    sheikh""".split()
)
# "dredger captain", "beekeeper": what ends so before a name is mostly what somebody does.
_MAYBE_A_ROLE = re.compile(r"[a-z-]{3,}(?:er|or|ist|ian|man|woman|eer|mate),?")
_NO_ROLES = frozenset(
    """after another bigger center computer december ever former greater higher however larger later
    letter longer lower matter never number order outer over paper per quarter rather river
    smaller summer super together under upper water weather whether whoever winter wonder human
    german indian italian russian""".split()
)
_AGE_AFTER = re.compile(
    r",\s(?:aged\s|now\s|then\s)?\d{1,2}(?=[,.;:]|\s(?:and|from|who)\b)|\s\(\d{2}\)"
)
_CLAUSE_AFTER = re.compile(r",\s(?!and\b)([^,.;:“”\"]{1,60})")
_SAYING = frozenset(
    """said says say told tells added adds explained explains argued argues insisted insists
    admitted admits wrote writes recalled recalls believes thinks thought laughed smiled joked
    warned replied asked""".split()
)
_PRONOUN_OR_END = re.compile(r"\b(?:he|she|his|her)\b|[.!?][”\"]?\s+(?:He|She)\b|[.!?]")
_IN = frozenset("in near off across outside inside around throughout".split())
_JOINED = frozenset((" and ", " or ", ", ", ", and ", " to "))
_PERHAPS_IN = frozenset("at by from to toward towards between of on over via for".split())
_PARTS = frozenset(
    """city town village port island state province county region district suburb capital borough
    coast outskirts streets people north south east west republic""".split()
)
_WITHIN = frozenset(
    """central downtown rural nearby neighbouring neighboring mainland greater north south east
    west northern southern eastern western north-east north-west south-east south-west northeast
    northwest southeast southwest""".split()
)
_IN_PRINT = frozenset(
    """published publish appeared appearing wrote writing writes written reported reports report
    interview article study research paper findings today professor lecturer degree
    doctorate phd""".split()
)
_PLACE_WORDS = frozenset(
    """airport avenue basin bay beach borough bridge canyon cape channel city coast county creek
    dam delta desert district falls forest glacier gulf harbour hill hills island islands isles lake
    marsh mountain mountains ocean peninsula park pier plateau port province quarter reef
    region reserve reservoir river road sea shore square strait street suburb territory town
    tunnel valley village volcano wetlands woods zoo""".split()
)
_OPENS_PLACE = frozenset("bay cape fort gulf isle lake mount port river san santa são sea".split())
_DIRECTIONS = frozenset("north south east west northern southern eastern western central".split())
_PLACE_ENDING = re.compile(
    r".{3,}(?:shire|ville|burgh?|stan|stadt|grad|abad|bury|mouth|wick|chester|hampton|ington|"
    r"ingham|borough|pool|land|lands|haven|pur|sk)$"
)
_NOT_A_PERSON = frozenset(
    """academy act agency airlines airways alliance army asset assembly association authority award
    awards bank bbc board brothers bureau cathedral centre center champions charity christmas church
    club coalition college commission committee community company conference congress corporation
    council court cup day defence department embassy exchange express federation festival
    force forces foreign foundation front fund gallery games group guard hall health hospital hotel
    house inc industry institute institution international journal justice league library limited
    ltd magazine media memorial ministry mission museum national nature navy network news office
    olympics open organisation organization palace party police post press prize programme project
    rangers research royal school science sciences service services shop society state station
    street studios survey technologies technology television theatre times today tower treaty trial
    tribunal trust tv union unit united university war week world""".split()
)
_PARTICLES = re.compile(
    r"[ -](?:al|el|bin|ibn|van|van der|van den|de|de la|de los|del|della|da|dos|di|von|von der|"
    r"ten|ter|le|la|du|abu)[ -]|-"
)
_OF = re.compile(r"\sof\s(?:the\s)?")
_AROUND = 90
_LOWER = re.compile(r"\b[a-z][a-z’'-]*")
_POSSESSIVE = re.compile(r"[’']s?$")


@dataclass
class _Known:
    """What was gathered about one name."""

    text: str
    first: int
    mentions: int = 0
    as_person: set[str] = field(default_factory=set)
    as_place: float = 0.0
    after_article: int = 0
    opens_only: bool = True
    is_possessive: int = 0

    @property
    def words(self) -> list[str]:
        return self.text.split()


_WEIGHTS = {
    "title": 3.0, "age": 3.0, "role": 2.0, "role after": 2.0, "says": 1.5, "pronoun": 1.0,
    "surname": 1.5, "maybe a role": 1.5, "first name": 2.0,
}  # fmt: skip
_ENOUGH = 2.5
_MOST_COMPARED = 100


def people_and_places(text: str, *, most: int = 8) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Persons and places that `text` names, at most `most` of each, most mentioned first.

    >>> people_and_places(
    ...     "In Lowick, the harbour master Ada Holm said all was well. Holm, 62, lives in Oslo."
    ... )
    (('Ada Holm',), ('Lowick', 'Oslo'))
    """
    known = _gather(text)
    persons = _persons(known)
    taken = {word for person in persons for word in person.words} | {p.text for p in persons}
    places = _places(one for one in known.values() if one.text not in taken)
    return _listed(persons, most), _listed(places, most)


def _listed(found: Iterable[_Known], most: int) -> tuple[str, ...]:
    ordered = sorted(found, key=lambda one: (-one.mentions, one.first))
    return tuple(one.text for one in ordered[:most])


def _gather(text: str) -> dict[str, _Known]:
    ordinary = set(_LOWER.findall(text))
    known: dict[str, _Known] = {}
    last_end, last_weight = 0, 0.0
    for span, opens in _runs(text):
        words = _POSSESSIVE.sub("", span.of(text)).split()
        evidence: set[str] = set()
        crowned = ""
        while words[:1] and len(words) > 1 and words[0].lower() in _OPENING:
            words = words[1:]  # "But Holm" after a quotation
        place = _last_role(words)
        if place is not None:  # "Prime Minister Ada Holm", "Iraqi President Holm"
            evidence.add("role")
            crowned = " ".join(words[place:]) if words[place].lower() in _CROWNS else ""
            words = words[place + 1 :]
        elif opens and words[0].lower() in ordinary and words[0] not in FIRST_NAMES:
            words = words[1:]
        if not words or not _is_name(words):
            continue
        is_whole = len(words) == len(span.of(text).split())
        before = text[max(0, span.start - _AROUND) : span.start] if is_whole else ""
        name = " ".join(words)
        one = known.setdefault(name, _Known(name, span.start))
        one.mentions += 1
        one.opens_only = one.opens_only and opens and is_whole and len(words) == 1
        one.is_possessive += span.of(text) != name and is_whole
        weight = _look_before(one, before, evidence)
        if text[last_end : span.start] in _JOINED:  # "in Lowick and Farne"
            weight = max(weight, last_weight)
        one.as_place += weight
        last_end, last_weight = span.end, weight
        _look_after(text[span.end : span.end + _AROUND], evidence)
        if "title" in evidence and len(words) == 1 and one.mentions == 1:
            one.text = f"{before.split()[-1]} {name}"
        if crowned and len(words) == 1:
            evidence.add("title")
            one.text = crowned  # "Prince Henry"
        one.as_person |= evidence
    return known


def _last_role(words: list[str]) -> int | None:
    """Where the last word stands that is a role."""
    return max((i for i, word in enumerate(words) if word.lower() in _ROLES), default=None)


def _is_name(words: list[str]) -> bool:
    lower = {word.lower() for word in words}
    if lower & (WEEKDAYS | MONTHS - {"may", "april", "june", "august"}):
        return False
    word = words[0]
    is_one_word = len(word) > 1 and (word.isupper() or word.lower() not in STOP_WORDS | MONTHS)
    return len(words) > 1 or is_one_word


def _look_before(one: _Known, before: str, evidence: set[str]) -> float:
    """What stands before a name: a title, a role; how surely a preposition makes it a place."""
    tail = before.split()[-8:]
    if not tail or "\n" in before[-2:]:
        return 0.0
    last = tail[-1].lower()
    if last.rstrip(".") in _TITLES:
        evidence.add("title")
    elif last.rstrip(",") in _ROLES or (last.endswith(",") and _has_role_of(tail)):
        evidence.add("role")
    elif _MAYBE_A_ROLE.fullmatch(tail[-1]) and last.rstrip(",") not in STOP_WORDS | _NO_ROLES:
        evidence.add("maybe a role")
    elif last in _SAYING:
        evidence.add("says")
    if last in ("the", "a", "an"):
        one.after_article += 1
    while len(tail) > 1 and tail[-1].lower() in _WITHIN and tail[-2].lower() != "the":
        tail.pop()
    last = tail[-1].lower()
    if last in _IN:
        return 0.0 if {word.lower() for word in tail[-4:]} & _IN_PRINT else 1.0
    if last == "of" and tail[-2:-1] and tail[-2].lower() in _PARTS:
        return 1.0
    return 0.4 if last in _PERHAPS_IN else 0.0


def _has_role_of(tail: list[str]) -> bool:
    """True for the end of "the director of the museum,"."""
    return any(
        role in _ROLES and of in ("of", "at", "for")
        for role, of in itertools.pairwise(word.lower() for word in tail)
    )


def _look_after(after: str, evidence: set[str]) -> None:
    """What stands behind a name: an age, a role, a verb of saying, "he" or "she"."""
    if _AGE_AFTER.match(after):
        evidence.add("age")
    clause = _CLAUSE_AFTER.match(after)
    if clause:
        said = clause.group(1).lower().split()
        if said[:1] in (["who"], ["whose"]) or not _ROLES.isdisjoint(said):
            evidence.add("role after")
    verbs = [verb.rstrip(":,") for verb in after.lstrip(' ,”"').split(maxsplit=2)[:2]]
    if verbs and (verbs[0] in _SAYING or (verbs[0] == "also" and verbs[-1] in _SAYING)):
        evidence.add("says")
    pronoun = _PRONOUN_OR_END.search(after)
    if pronoun and len(pronoun.group()) > 1:
        evidence.add("pronoun")


def _runs(text: str) -> Iterator[tuple[Span, bool]]:
    """Names with their particles: "Taleb al-Kenani", "Gulf of Finland"."""
    held: tuple[Span, bool] | None = None
    for name in names(text):
        for span in _pieces(text, name):
            if held is not None:
                gap = text[held[0].end : span.start]
                last = text[held[0].start : held[0].end].split()[-1].lower()
                if _PARTICLES.fullmatch(gap) or (
                    _OF.fullmatch(gap) and last in _PLACE_WORDS | _OPENS_PLACE | _NOT_A_PERSON
                ):
                    held = Span(held[0].start, span.end), held[1]
                    continue
                yield held
            held = span, name.first
    if held is not None:
        yield held


def _pieces(text: str, name: Name) -> Iterator[Span]:
    """A run of capitalised words, parted after a possessive: "Oslo’s", "Ada Holm"."""
    start = name.words[0].span.start
    for word, following in itertools.pairwise(name.words):
        if word.text != word.bare:
            yield Span(start, word.span.end)
            start = following.span.start
    yield Span(start, name.words[-1].span.end)


def _persons(known: dict[str, _Known]) -> list[_Known]:
    """Names that behave as persons, each with the mentions by its shorter forms."""
    by_word: defaultdict[str, list[_Known]] = defaultdict(list)
    for one in known.values():
        for word in {one.words[0], one.words[-1]}:
            by_word[word].append(one)
    persons: list[_Known] = []
    shorter: set[str] = set()
    for name, one in known.items():
        words = name.split()
        if not 2 <= len(words) <= 5 or not _may_be_a_person(one, name):
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
        persons.append(_Known(name, one.first, mentions))
        shorter.update(words)
    for name, one in known.items():
        if len(name.split()) > 1 or name in shorter | PEOPLES or not _may_be_a_person(one, name):
            continue
        said = one.as_person - {"pronoun"}
        strong = bool(said & {"title", "age"}) or (name in FIRST_NAMES and len(said) > 0)
        if strong and one.as_place < 1:
            persons.append(_Known(one.text, one.first, one.mentions))
    return _without_parts(persons)


def _without_parts(persons: list[_Known]) -> list[_Known]:
    """Of "Ada Holm" and "Ada Maria Holm" the longer, with the mentions of both."""
    kept: list[_Known] = []
    most = sorted(persons, key=lambda p: (-p.mentions, p.first))[:_MOST_COMPARED]
    for one in sorted(most, key=lambda p: (-len(p.words), p.first)):
        whole = next((k for k in kept if set(one.words) < set(k.words)), None)
        if whole is None:
            kept.append(one)
        else:
            whole.mentions += one.mentions
            whole.first = min(whole.first, one.first)
    return kept


def _may_be_a_person(one: _Known, name: str) -> bool:
    lower = {word.lower() for word in name.replace("-", " ").split()}
    return not (
        name.split()[-1].lower() in STOP_WORDS
        or one.after_article > one.mentions / 2
        or lower & (_NOT_A_PERSON | _PLACE_WORDS)
        or name in KNOWN_PLACES - AMBIGUOUS
        or any(word in PEOPLES - FIRST_NAMES for word in name.split())
        or any(word in KNOWN_PLACES - AMBIGUOUS for word in name.split()[:1])
        or any(word.isupper() and len(word) > 2 for word in name.split())
    )


def _places(known: Iterable[_Known]) -> list[_Known]:
    places: dict[str, _Known] = {}
    for one in known:
        found = _place_in(one)
        if found is None:
            continue
        key = ONE_PLACE.get(found, found)
        place = places.setdefault(key, _Known(found, one.first))
        place.mentions += one.mentions
    return list(places.values())


def _place_in(one: _Known) -> str | None:
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
    if words[0] in PEOPLES or name in PEOPLES or one.opens_only:
        return None
    lower = [word.lower() for word in words]
    if set(lower) & _NOT_A_PERSON or any(word.isupper() for word in words):
        return None
    is_somewhere = one.as_place > 0 or one.after_article > 0
    if is_somewhere and len(words) > 1 and (lower[-1] in _PLACE_WORDS or lower[0] in _OPENS_PLACE):
        return name
    if one.as_person & {"title", "age", "says", "first name"}:
        return None
    share = one.as_place / one.mentions
    if one.is_possessive > one.mentions / 2:
        return None  # "at Baker's"
    if _PLACE_ENDING.fullmatch(lower[-1]) and one.as_place and share >= 0.2:
        return name
    return name if one.as_place >= 1 and share >= 0.4 and not one.after_article else None
