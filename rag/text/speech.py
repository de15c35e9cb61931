"""Who says a sentence: the speaker whom it names, or the last one named before it.

Invariant: the speaker's name is cut from the text; where none can be told there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.names import Name, names

_SAYS = (
    r"(?:said|says|saying|told|tells|added|adds|argue[sd]?|insist(?:s|ed)|warn(?:s|ed)|"
    r"claim(?:s|ed)?|call(?:s|ed)|describe[sd]|explain(?:s|ed)|admit(?:s|ted)|announce[sd]|"
    r"believe[sd]?|thinks?|thought|hope[sd]?|fear(?:s|ed)?|wants?|wanted|demand(?:s|ed)?|"
    r"denie[sd]|denied|agree[sd]|accuse[sd]|complain(?:s|ed)|stress(?:es|ed)|suggest(?:s|ed)|"
    r"promise[sd]|criticis\w+|criticiz\w+|praise[sd]|recall(?:s|ed)|writes|wrote|tweeted|replied|"
    r"conclude[sd]|blame[sd]|reject(?:s|ed)|welcome[sd]|confirm(?:s|ed)|report(?:s|ed)|"
    r"spoken out|urge[sd]|concede[sd]|predict(?:s|ed)|put(?:s)? .{0,40} down to)"
)
_VERB = re.compile(rf"\b{_SAYS}\b", re.I)
_ACCORDING = re.compile(r"\baccording to\b", re.I)
_PRONOUN = re.compile(r"^\W*(?:\w+ ){0,4}?(?:he|she|they)\b", re.I)
_MARKS = re.compile(r"[\"“”]")
_BODY = re.compile(
    r"\b(?:the|a|an|its|his|her|their) (?:[a-z-]+ ){0,2}?(?:union|company|owner|ministry|"
    r"government|police|spokes\w+|officials?|villagers?|residents?|witness(?:es)?|experts?|"
    r"scientists?|researchers?|campaigners?|critics|minister|mayor|council|committee|party|firm|"
    r"agency|charity|club|court|hospital|school|president|director|doctors?|teachers?)\b",
    re.I,
)
_NEAR_CHARS = 120


@dataclass(frozen=True)
class Said:
    """A sentence that gives somebody's words or view, and whose."""

    place: int
    speaker: str
    quoted: bool


def speeches(sentences: Sequence[str]) -> list[Said]:
    """The sentences, by place, that give somebody's words, of an article in its order.

    >>> told = speeches(["“We won,” said Ann Holm, the mayor.", "She wants a bridge.", "It rained."])
    >>> [(it.place, it.speaker) for it in told]
    [(0, 'Ann Holm'), (1, 'Ann Holm')]
    """
    found: list[Said] = []
    last: str | None = None
    inside = False
    for place, sentence in enumerate(sentences):
        marks = _MARKS.findall(sentence)
        quoted = bool(marks) or inside
        outside = _without_quotations(sentence)
        verb = _VERB.search(outside) or _ACCORDING.search(outside)
        if verb:
            named = _speaker(outside, verb)
            if named is None and last is not None and _PRONOUN.search(outside):
                named = last
            named = named or _body(outside)
            if named:
                last = named
                found.append(Said(place, named, quoted))
        elif quoted and last is not None and (inside or len(outside.split()) < 3):
            found.append(Said(place, last, quoted=True))
        if marks:
            inside = (inside + len(marks)) % 2 == 1
    return found


def _without_quotations(sentence: str) -> str:
    return re.sub(r"“[^”]*”?|\"[^\"]*\"?|^[^“]*”", " ", sentence)


def _speaker(outside: str, verb: re.Match[str]) -> str | None:
    """The name right behind the verb, else the last one before it."""
    people = [name for name in names(outside) if not name.is_date and _is_whole(name)]
    behind = [it for it in people if 0 <= it.words[0].span.start - verb.end() <= 25]
    if behind and not re.search(r"\bthat\b", outside[verb.end() : behind[0].words[0].span.start]):
        between = outside[verb.end() : behind[0].words[0].span.start]
        if not between.strip() or _ACCORDING.match(verb.group()) or re.fullmatch(
            r"\s(?:the |a |an )?(?:[\w-]+ ){0,4}", between
        ):
            return behind[0].text
    before = [it for it in people if 0 <= verb.start() - it.words[-1].span.end <= _NEAR_CHARS]
    return before[0].text if before else None


def _is_whole(name: Name) -> bool:
    return not name.first or len(name.words) > 1 or len(name.text) > 3


def _body(outside: str) -> str | None:
    found = _BODY.search(outside)
    return found.group() if found else None
