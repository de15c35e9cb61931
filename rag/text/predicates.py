"""Who does what to whom, as far as word order tells: a verb with the words around it.

Light on purpose: there is no parser. A verb is told by its form (-ed, an irregular past, what
follows an auxiliary), its agent stands before it or after "by", its patient behind it or, in the
passive, before it. Invariant: what cannot be told is left out, never guessed from afar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text.english import SAYING
from rag.text.figures import figures
from rag.text.words import PAST_FORMS, STOP_WORDS, Word, words

_BE = frozenset("am is are was were be been being get gets got getting".split())
_AUXILIARY = _BE | frozenset(
    """has have had having do does did can could will would shall should may might must cannot
    to""".split()
)
_SKIPPED = frozenset(
    """not never also then now still already just only ever often soon later earlier first since
    yet both reportedly""".split()
)
_PARTICLES = frozenset("down out up off back away over in on through".split())
_PREPOSITIONS = frozenset(
    """about above across after against along among around as at before behind below beside
    between beyond by during for from in inside into near of off on onto outside over past since
    through throughout till to toward towards under until up upon via with within without""".split()
)
_RELATIVE = frozenset("who which that whom".split())
_PRONOUNS = frozenset("he she it they we i you him her them us me this these those".split())
_JOINING = frozenset("and or but then".split())
_SAYING = SAYING | {"stated"}
# What says when or how much, and not who.
_MANNER = frozenset(
    """day days week weeks month months year years hour hours time earlier later ago least most
    back away today yesterday already monday tuesday wednesday thursday friday saturday sunday
    previous no not none north south east west northeast northwest southeast southwest around
    some all""".split()
)
_OPENS_PHRASE = frozenset(
    "the a an this that these those its his her their our my another some each every".split()
)
_NO_VERBS = frozenset(
    """bed red shed speed need feed seed deed breed hundred indeed embed united allied armed
    armoured so-called left including included includes needed following based given regarding
    concerning""".split()
)
_PAST = PAST_FORMS | frozenset(
    "beat burst cost cut hit hurt let put quit set shut split spread".split()
)
_NO_ADVERBS = frozenset(
    "ally anomaly assembly bully family fly italy july monopoly rally reply supply".split()
)
_BREAK = re.compile(r"[,;:()“”\"–—]|\s-\s")
_MOST_BY = 7


@dataclass(frozen=True)
class Predicate:
    """A verb's stem, and the stems of the words that name its agent and its patient.

    An empty set where none could be told.
    """

    verb: str
    agent: frozenset[str]
    patient: frozenset[str]


@dataclass(frozen=True)
class _Token:
    word: Word
    breaks: bool  # punctuation stands right before it
    number: str  # "#7" of a word that belongs to a number, else empty

    @property
    def counts(self) -> bool:
        return bool(self.number)

    @property
    def lower(self) -> str:
        """In lower case; of "IS" and "US", which are no verbs and pronouns, as it stands."""
        bare = self.word.bare
        return bare if bare.isupper() and len(bare) > 1 else self.word.lower

    @property
    def names_something(self) -> bool:
        return self.word.is_content and not self.counts and self.lower not in _MANNER


@lru_cache(maxsize=2_048)
def predicates(sentence: str) -> tuple[Predicate, ...]:
    """The verbs of one sentence in order, each with what stands around it.

    >>> [(p.verb, *map(sorted, (p.agent, p.patient))) for p in predicates("Ann Holm beat Bo Ray.")]
    [('beat', ['ann', 'holm'], ['bo', 'ray'])]
    >>> [(p.verb, *map(sorted, (p.agent, p.patient))) for p in predicates("Bo was hit by a car.")]
    [('hit', ['car'], ['bo'])]
    """
    tokens = _tokens(sentence)
    found: list[Predicate] = []
    subjects: list[frozenset[str]] = []
    for place, token in enumerate(tokens):
        if not _is_verb(tokens, place):
            continue
        before = _before(tokens, place, subjects)
        subjects.append(before)
        passive = _is_passive(tokens, place)
        by = _by(tokens, place)
        if passive or by:
            found.append(Predicate(token.word.stem, by, before))
        else:
            found.append(Predicate(token.word.stem, before, _behind(tokens, place)))
    return tuple(found)


def _tokens(sentence: str) -> list[_Token]:
    numbers = figures(sentence)
    found, end = [], 0
    for word in words(sentence):
        breaks = bool(_BREAK.search(sentence[end : word.span.start]))
        key = next((it.key for it in numbers if word.span.overlaps(it.span)), "")
        found.append(_Token(word, breaks, key))
        end = word.span.end
    return found


def _is_verb(tokens: Sequence[_Token], place: int) -> bool:
    word = tokens[place].word
    lower = tokens[place].lower
    if lower in STOP_WORDS | _NO_VERBS | _SKIPPED | _MANNER | _SAYING or tokens[place].counts:
        return False
    if word.is_capitalised and place:
        return False
    previous = tokens[place - 1].lower if place else ""
    at = place - 1
    while at >= 0 and _is_adverb(tokens[at].lower):
        at -= 1
    leading = tokens[at].lower if at >= 0 else ""
    following = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    if lower in _PAST or (lower.endswith("ed") and len(lower) > 3):
        # "a trained force", "the wounded soldiers": before a noun after an article it describes.
        article = previous in {"a", "an", "the", "its", "his", "her", "their", "of"}
        return not (article or _is_adverb(previous)) or following in _PREPOSITIONS
    if lower.endswith("ing") and tokens[place].breaks:
        return True
    if lower.endswith("s") and following in _OPENS_PHRASE and at >= 0:
        return tokens[at].names_something and not lower.endswith(("ss", "us"))
    if leading in _BE:
        return lower.endswith("ing")
    return leading in _AUXILIARY - {"having"} and not _is_adverb(lower)


def _is_adverb(lower: str) -> bool:
    return lower in _SKIPPED or (lower.endswith("ly") and lower not in _NO_ADVERBS)


def _is_passive(tokens: Sequence[_Token], place: int) -> bool:
    at = place - 1
    while at >= 0 and _is_adverb(tokens[at].lower):
        at -= 1
    lower = tokens[place].lower
    participle = lower in _PAST or lower.endswith("ed")
    return participle and at >= 0 and tokens[at].lower in _BE


def _before(
    tokens: Sequence[_Token], place: int, subjects: Sequence[frozenset[str]]
) -> frozenset[str]:
    """The words that name what stands before a verb."""
    at = place
    broken = False
    while at > 0:
        broken = broken or tokens[at].breaks
        lower = tokens[at - 1].lower
        if not (lower in _AUXILIARY or _is_adverb(lower)):
            break
        at -= 1
    if at == 0:
        return frozenset()
    previous = tokens[at - 1].lower
    if previous in _JOINING:
        return subjects[-1] if subjects else frozenset()
    if previous in _RELATIVE:
        return _phrase_up_to(tokens, at - 2)
    if previous in _PRONOUNS:
        return frozenset()
    if broken:  # after an insertion, or with a participle of its own: the first words
        return _first_phrase(tokens)
    return _phrase_up_to(tokens, at - 1)


def _phrase_up_to(tokens: Sequence[_Token], last: int) -> frozenset[str]:
    """The content words that end at `last`, over an "of", up to a break."""
    stems: set[str] = set()
    at = last
    while at >= 0:
        token = tokens[at]
        lower = token.lower
        if lower in _PREPOSITIONS - {"of"} and stems:
            # "the commander in Bartella": what stands before a preposition is meant.
            if at and tokens[at - 1].word.is_content and lower in {"in", "at", "from", "for"}:
                at -= 1
                continue
            break
        if lower in _JOINING | _RELATIVE | _PRONOUNS | _AUXILIARY | _SAYING or _is_verb(tokens, at):
            break
        if token.names_something:
            stems.add(token.word.stem)
        starts = lower in _OPENS_PHRASE and not (at and tokens[at - 1].lower == "of")
        if token.breaks or (starts and stems):
            break
        at -= 1
    return frozenset(stems)


def _first_phrase(tokens: Sequence[_Token]) -> frozenset[str]:
    """The words that open the sentence, up to its first break or verb."""
    stems: set[str] = set()
    start = 0
    if tokens[0].lower in _PREPOSITIONS:  # "At Telkif, …"
        start = next((at for at in range(1, len(tokens)) if tokens[at].breaks), len(tokens))
    for at in range(start, len(tokens)):
        token = tokens[at]
        if (token.breaks and at > start) or (_is_verb(tokens, at) and stems):
            break
        if token.lower in _RELATIVE | _PREPOSITIONS - {"of"} | _AUXILIARY:
            break
        if token.names_something:
            stems.add(token.word.stem)
    return frozenset(stems)


def _behind(tokens: Sequence[_Token], place: int) -> frozenset[str]:
    """The direct object: the words right behind a verb, up to a preposition or break."""
    stems: set[str] = set()
    at = place + 1
    if at < len(tokens) and not tokens[at].breaks and tokens[at].lower in _PARTICLES:
        at += 1
    while at < len(tokens) and not tokens[at].breaks:
        token = tokens[at]
        lower = token.lower
        if lower in _PREPOSITIONS | _JOINING | _RELATIVE | _PRONOUNS | _AUXILIARY:
            break
        if stems and _is_verb(tokens, at):
            break
        if token.names_something or token.number:
            stems.add(token.number or token.word.stem)
        at += 1
    return frozenset(stems)


def _by(tokens: Sequence[_Token], place: int) -> frozenset[str]:
    """The words after the "by" of a passive."""
    lower = tokens[place].lower
    if not (lower in _PAST or lower.endswith("ed")):
        return frozenset()
    most = _MOST_BY if _is_passive(tokens, place) else 2  # "cut the rent by half" has no agent
    for at in range(place + 1, min(len(tokens), place + most)):
        if tokens[at].breaks or _is_verb(tokens, at):
            return frozenset()
        if tokens[at].lower == "by":
            return _behind(tokens, at)
    return frozenset()
