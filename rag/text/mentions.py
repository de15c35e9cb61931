"""The names in a text, and what stands around each that tells a person or a place.

Invariant: nothing is judged here; a name is given as the text writes it, its line breaks aside.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.articles.article import Span
from rag.english import MONTHS, SAYING, WEEKDAYS
from rag.text.gazetteer import BODY_WORDS, FIRST_NAMES, OPENS_PLACE, PLACE_WORDS
from rag.text.names import ROLES, Name, names
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
PERSON_ROLES = ROLES | _MORE_ROLES
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
# "Ann Holm, a structural engineer at …": the head of the apposition is a role.
_APPOSITION = re.compile(
    rf"(?:an?|the|his|her|their|its) (?:[\w’'-]+ ){{0,3}}?(?:{'|'.join(sorted(PERSON_ROLES))})"
    r"(?= (?:at|of|for|in|from|with|who|whose|and)\b|$)"
)
_SAYING = SAYING | frozenset(
    """added adds explained explains argued argues insisted insists
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
_PARTICLES = re.compile(
    r"[ -](?:al|el|bin|ibn|van|van der|van den|de|de la|de los|del|della|da|dos|di|von|von der|"
    r"ten|ter|le|la|du|abu)[ -]|-"
)
_OF = re.compile(r"\sof\s(?:the\s)?")
_AROUND = 90
_LOWER = re.compile(r"\b[a-z][a-z’'-]*")
_POSSESSIVE = re.compile(r"[’']s?$")


@dataclass
class Mentioned:
    """What was gathered about one name.

    `as_person` are kinds of evidence, `as_place` counts the mentions after "in" and the like.
    """

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


def mentioned_in(text: str) -> dict[str, Mentioned]:
    """Each name once, by itself without titles and roles.

    >>> found = mentioned_in("Captain Ada Holm, 62, lives in Oslo.")
    >>> sorted(found["Ada Holm"].as_person), found["Oslo"].as_place
    (['age', 'role'], 1.0)
    """
    ordinary = set(_LOWER.findall(text))
    known: dict[str, Mentioned] = {}
    last_end, last_weight = 0, 0.0
    for span, opens in _runs(text):
        words = _POSSESSIVE.sub("", span.of(text)).split()
        evidence: set[str] = set()
        crowned = ""
        while words[:1] and len(words) > 1 and words[0].lower() in _OPENING:
            words = words[1:]  # "But Holm" after a quotation
        place = _last_role(words)
        if place == len(words) - 1 and words[0] in FIRST_NAMES:
            place = None  # "Stella Bishop"
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
        one = known.setdefault(name, Mentioned(name, span.start))
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
    return max((i for i, word in enumerate(words) if word.lower() in PERSON_ROLES), default=None)


def _is_name(words: list[str]) -> bool:
    lower = {word.lower() for word in words}
    if lower & (WEEKDAYS | MONTHS - {"may", "april", "june", "august"}):
        return False
    word = words[0]
    is_one_word = len(word) > 1 and (word.isupper() or word.lower() not in STOP_WORDS | MONTHS)
    return len(words) > 1 or is_one_word


def _look_before(one: Mentioned, before: str, evidence: set[str]) -> float:
    """What stands before a name: a title, a role; how surely a preposition makes it a place."""
    tail = before.split()[-8:]
    if not tail or "\n" in before[-2:]:
        return 0.0
    last = tail[-1].lower()
    if last.rstrip(".") in _TITLES:
        evidence.add("title")
    elif last.rstrip(",") in PERSON_ROLES or (last.endswith(",") and _has_role_of(tail)):
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
        role in PERSON_ROLES and of in ("of", "at", "for")
        for role, of in itertools.pairwise(word.lower() for word in tail)
    )


def _look_after(after: str, evidence: set[str]) -> None:
    """What stands behind a name: an age, a role, a verb of saying, "he" or "she"."""
    if _AGE_AFTER.match(after):
        evidence.add("age")
    clause = _CLAUSE_AFTER.match(after)
    if clause:
        said = clause.group(1).lower().split()
        if _APPOSITION.match(clause.group(1).lower()):
            evidence.add("role")
        if said[:1] in (["who"], ["whose"]) or not PERSON_ROLES.isdisjoint(said):
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
                    _OF.fullmatch(gap) and last in PLACE_WORDS | OPENS_PLACE | BODY_WORDS
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
