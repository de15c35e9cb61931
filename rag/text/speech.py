"""Who says a sentence: the speaker whom it names, or the last one named before it.

Invariant: a speaker is a person, a body or a group that the text names; where none can be told
there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.english import SAYING
from rag.text.names import names
from rag.text.people import people_and_places

# "Declined to say", "did not tell": nobody says anything there.
_AFTER_TO = {"say", "tell"}
_SAYS = (
    rf"(?:{'|'.join(sorted(SAYING - _AFTER_TO))}|added|adds|argue[sd]?|insist(?:s|ed)|warn(?:s|ed)|"
    r"claim(?:s|ed)?|call(?:s|ed)|describe[sd]|explain(?:s|ed)|admit(?:s|ted)|announce[sd]|"
    r"believe[sd]?|thinks?|thought|hope[sd]?|fear(?:s|ed)?|wants?|wanted|demand(?:s|ed)?|"
    r"denie[sd]|agree[sd]|accuse[sd]|complain(?:s|ed)|stress(?:es|ed)|suggest(?:s|ed)|"
    r"promise[sd]|criticis\w+|criticiz\w+|praise[sd]|recall(?:s|ed)|writes|wrote|tweeted|replied|"
    r"conclude[sd]|blame[sd]|reject(?:s|ed)|welcome[sd]|confirm(?:s|ed)|report(?:s|ed)|"
    r"spoken out|urge[sd]|concede[sd]|predict(?:s|ed)|swear|vow(?:s|ed)?|pledge[sd]?|"
    r"object(?:s|ed)|delighted|put(?:s)? (?:\w+ ){1,4}down to)"
)
_VERB = re.compile(rf"\b{_SAYS}\b", re.I)
_CAPITALISED = re.compile(r"[A-Z][\w’']+")
# "Two men were reported to be inside": nobody says it.
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?$", re.I)
_ACCORDING = re.compile(r"\baccording to\b", re.I)
_PRONOUN = re.compile(r"\b(?:he|she)\b", re.I)
_MARKS = re.compile(r"[\"“”]")
_GROUPS = (
    r"union|company|owner|ministry|government|police|spokes(?:man|woman|person)|officials?|"
    r"villagers?|residents?|witness(?:es)?|experts?|scientists?|researchers?|campaigners?|critics|"
    r"minister|mayor|council|committee|party|firm|agency|charity|club|court|hospital|school|"
    r"president|director|doctors?|teachers?|fighters|militants|soldiers|officers?|parents|"
    r"students|workers|groups?|leaders?|conservationists|chemists|politicians|newspapers?|fans|"
    r"activists|lawyers?|inspectors?"
)
# The subject right before a verb of saying, or who stands right behind it.
_BODY = (
    rf"(?:(?:the|a|an|its|his|her|their|some|many|several|local|one|most)\s+)?"
    rf"(?:[\w’'-]+\s+){{0,3}}?(?:{_GROUPS})(?![\w’'])"
)
_BODY_BEFORE = re.compile(
    rf"(?:^|[,;:”]\s*|\b(?:and|but|while|as|that|for)\s+)(?P<body>{_BODY})"
    r"(?:\s+(?:inside|of|in|at|for|from) [^,;]{2,40})?\s+(?:\w+\s+){0,2}$",
    re.I,
)
_BODY_BEHIND = re.compile(rf"^\s*(?P<body>{_BODY})\b", re.I)
_DESCRIBED = re.compile(r",\s[a-z].*,\s*", re.S)
_BETWEEN_CHARS = 90
_BESIDE_CHARS = 12
_AROUND_CHARS = 70
_MOST_MENTIONS = 3
_MOST_PEOPLE = 40


@dataclass(frozen=True)
class Said:
    """A sentence that gives somebody's words or view, and whose. `quoted` where in their words."""

    place: int
    speaker: str
    quoted: bool


class Speakers:
    """The persons of a text by their full names and by what they are called further on."""

    def __init__(self, text: str) -> None:
        self.people, _ = people_and_places(text, most=_MOST_PEOPLE)
        self._text = text
        self._full: dict[str, str] = {}
        for person in self.people:
            *first, last = _CAPITALISED.findall(person) or [person]
            for called in (person, last, *([" ".join(first)] if len(first) > 1 else [])):
                self._full.setdefault(called, person)
        called = sorted(self._full, key=len, reverse=True)
        self._called = (
            re.compile(rf"\b(?:{'|'.join(map(re.escape, called))})\b") if called else None
        )

    def is_person(self, name: str) -> bool:
        """Whether the text speaks of somebody of that full name.

        >>> Speakers("Ann Holm, the mayor, said so.").is_person("Ann Holm")
        True
        """
        return name in self.people

    def introduced(self) -> Mapping[str, str]:
        """For each person, the words around the mentions of the full name.

        >>> Speakers("Ann Holm, the mayor, said so.").introduced()["Ann Holm"]
        'Ann Holm, the mayor, said so.'
        """
        around: dict[str, str] = {}
        for person in self.people:
            found = list(re.finditer(re.escape(person), self._text))[:_MOST_MENTIONS]
            around[person] = " … ".join(
                self._text[max(0, it.start() - _AROUND_CHARS) : it.end() + _AROUND_CHARS]
                for it in found
            )
        return around

    def in_clause(self, clause: str) -> list[tuple[int, int, str]]:
        """The names in a clause: start, end, and the full name of persons that are known."""
        known = [
            (it.start(), it.end(), self._full[it.group()])
            for it in (self._called.finditer(clause) if self._called else ())
        ]
        others = [
            (it.words[0].span.start, it.words[-1].span.end, it.text)
            for it in names(clause)
            if not it.is_date
        ]
        apart = [it for it in others if all(it[1] <= a or b <= it[0] for a, b, _ in known)]
        return sorted([*known, *apart])


def speeches(sentences: Sequence[str], speakers: Speakers) -> list[Said]:
    """The sentences, by place, that give somebody's words, of an article in its order.

    >>> lines = ["“We won,” said Ann Holm, the mayor.", "She wants a bridge.", "It rained."]
    >>> told = speeches(lines, Speakers(" ".join(lines)))
    >>> [(it.place, it.speaker) for it in told]
    [(0, 'Ann Holm'), (1, 'Ann Holm')]
    """
    found: list[Said] = []
    last: str | None = None
    inside = False
    for place, sentence in enumerate(sentences):
        outside = _without_quotations(sentence, inside=inside)
        quoted = bool(_MARKS.search(sentence)) or inside
        speaker = _speaker(outside, speakers, last)
        if speaker:
            last = speaker
            found.append(Said(place, speaker, quoted))
        elif quoted and last is not None and len(outside.split()) < 4:
            found.append(Said(place, last, quoted=True))
        else:
            persons = [it for *_, it in speakers.in_clause(outside) if speakers.is_person(it)]
            last = persons[-1] if persons else last
        for mark in _MARKS.findall(sentence):
            inside = mark == "“" or (mark == '"' and not inside)
    return found


def _without_quotations(sentence: str, *, inside: bool) -> str:
    text = re.sub(r"^[^”\"]*(?:[”\"]|$)", " ", sentence) if inside else sentence
    return re.sub(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)", " “” ", text)


def _is_near(between: str) -> bool:
    """Whether these words may stand between who says something and the verb."""
    is_aside = between.startswith(",") and between.rstrip().endswith(",")
    return is_aside or len(between) <= _BETWEEN_CHARS


def _speaker(outside: str, speakers: Speakers, last: str | None) -> str | None:
    """The subject of the first verb of saying, or who stands behind it."""
    clause = speakers.in_clause(outside)
    for verb in (*_ACCORDING.finditer(outside), *_VERB.finditer(outside)):
        is_according = _ACCORDING.match(verb.group()) is not None
        if _PASSIVE.search(outside[: verb.start()]):
            continue
        behind = [it for it in clause if 0 <= it[0] - verb.end() <= _BETWEEN_CHARS]
        is_after_quote = outside[: verb.start()].rstrip().endswith(("”", ","))
        if behind and (is_after_quote or is_according):
            persons = [it for it in behind if speakers.is_person(it[2])]
            if persons:
                return persons[0][2]
            if behind[0][0] - verb.end() <= _BESIDE_CHARS:
                return behind[0][2]
        if is_according:  # what stands before is what they say
            if body := _BODY_BEHIND.match(outside[verb.end() :]):
                return " ".join(body["body"].split())
            continue
        between = {it: outside[it[1] : verb.start()] for it in clause if it[1] <= verb.start()}
        before = [it for it in between if _is_near(between[it])]
        persons = [it for it in before if speakers.is_person(it[2])]
        # "Ann Holm, whose son Bo was there, said": of those who are described, the first.
        described = [it for it in persons if _DESCRIBED.fullmatch(between[it])]
        if persons:
            return (described[0] if described else persons[-1])[2]
        if last and _PRONOUN.search(outside[max(0, verb.start() - 40) : verb.start()]):
            return last
        body = _BODY_BEFORE.search(outside[: verb.start()])
        is_beside = before and not outside[before[-1][1] : verb.start()].strip(" ,")
        if is_beside and not (body and before[-1][2] in body.group()):
            return before[-1][2]
        if body is None and is_after_quote:
            body = _BODY_BEHIND.match(outside[verb.end() :])
        if body:
            return " ".join(body["body"].split())
    return None
