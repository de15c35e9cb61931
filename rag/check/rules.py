"""Does what is cited say all of a sentence? The one check, for drafts, answers and saved files.

What is compared is not the wording but what a reader would hold it to: numbers, dates, names, who
said it, who did it to whom, what is denied, how many, which way, how sure. A new rule is a row in
RULES. Invariant: a rule only ever fails a sentence, and names the words at fault. A sentence in
which no rule finds a fault stands from a probability on (`rag.check.support`), for which a model's
word may be given. The question plays no part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.check import details, order, polarity, voice
from rag.check.alignment import Alignment
from rag.check.ground import Cited, Ground, ground_of
from rag.check.support import Word, features, supported, threshold, with_word
from rag.text.framing import bare, without_opening
from rag.text.grammar import names_within, reading
from rag.text.leaning import leans
from rag.text.overlap import as_written, content
from rag.text.words import words

Reason = Literal[
    "quotation_not_in_source",
    "number_not_in_source",
    "date_not_in_source",
    "name_not_in_source",
    "wrong_speaker",
    "negation_differs",
    "direction_differs",
    "share_differs",
    "bound_differs",
    "certainty_differs",
    "cause_differs",
    "order_differs",
    "sources_merged",
    "not_stated",
]

# Share of the content words in what is cited or around it that the writer takes for enough.
STANDS = 0.5
SURE = 0.8
# With less of it nothing helps.
LEAST_STATED = 0.2
_NUMBER_WEIGHT = 2.0
_MOST_AROUND = 3
_MOST_CHARS = 800  # a sentence longer than this is a list or a page without stops

_MARKER = re.compile(r"^\s*(?:[-*•–—]+|\(?\d{1,2}[.)](?=\s+\D)|[a-z]\))\s+")
_YES_OR_NO = re.compile(r"^\s*(?:yes|no|yeah|correct|indeed)\s*[,.;:!–—-]+\s+(?=\S)", re.I)
_NUMBERS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")


@dataclass(frozen=True)
class Stands:
    """It is supported, as surely as `chance` (0…1); `support` is how much of it is stated (0…1)."""

    support: float
    chance: float = 1.0

    @property
    def is_sure(self) -> bool:
        """True where nearly all of its words are those of what it cites."""
        return self.support >= SURE

    @property
    def is_word_for_word(self) -> bool:
        """True for sentences that it cites, as they stand: no weighing makes that sure."""
        return self.chance == 1.0


@dataclass(frozen=True)
class Fails:
    """Which rule found a fault, the words at fault, and what the source has in their place."""

    reason: Reason
    detail: str
    instead: str = ""
    chance: float = 0.0


@dataclass(frozen=True)
class Examined:
    """A sentence beside what it cites: the faults found, the surest first, and what is weighed.

    Without `features` it is the very words of cited sentences.
    """

    claim: str
    faults: tuple[Fails, ...]
    features: Mapping[str, float]
    support: float
    novel: str = ""

    def is_decided(self, *, taught: bool) -> bool:
        """True where no model's word can change the verdict; one that was `taught` may overrule
        a fault.
        """
        faulty = any(it.reason != "not_stated" for it in self.faults)
        return not self.features or (faulty and not taught)


def check_sentence(text: str, cited: Sequence[Cited]) -> Stands | Fails:
    """Whether the cited places, at least one, say all that the sentence says."""
    return judged(examined(text, cited))


def examined(text: str, cited: Sequence[Cited], context: Sequence[Cited] = ()) -> Examined:
    """All that is found of a sentence beside what it cites.

    `context` are further sentences that were read; those of a cited article may name who "he" is.
    """
    claim = tidied(text)
    ground = ground_of(cited, context)
    if _is_word_for_word(text, ground) or _is_word_for_word(claim, ground):
        return Examined(claim, (), {}, 1.0)
    found = tuple(faults(claim, ground))
    support = support_of(claim, ground)
    read = [it.whole if leans(it.text) else it.text for it in ground.windows]
    weighed = features(claim, {fault.reason for fault in found}, read)
    novel = ", ".join(as_written(details.novel(claim, ground), claim)[:4])
    return Examined(claim, found, weighed, support, novel)


def _is_word_for_word(text: str, ground: Ground) -> bool:
    """True for one or more of the cited sentences whole, with or without quotation marks."""
    whole = left = details.letters(text)
    for window in sorted(ground.windows, key=lambda it: -len(it.text)):
        left = left.replace(details.letters(window.text), "", 1)
    return bool(whole) and not left


def judged(found: Examined, word: Word | None = None) -> Stands | Fails:
    """The verdict on what was found, a model's word on it weighed in where there is one."""
    if not found.features:
        return Stands(1.0)
    weighed = found.features if word is None else with_word(found.features, word)
    chance = round(supported(weighed), 3)
    stated = found.support >= LEAST_STATED or (word is not None and word.taught)
    if chance >= threshold(weighed) and stated:
        return Stands(round(found.support, 3), chance)
    first = next(iter(found.faults), Fails("not_stated", found.novel))
    return replace(first, chance=chance)


def faults(claim: str, ground: Ground) -> Iterator[Fails]:
    """What the rules find in a tidied sentence, the surest first."""
    beside = alignment(claim, ground)
    for reason, rule in RULES:
        detail = rule(claim, ground)
        if detail is not None and detail.lower() not in beside.turned:
            yield Fails(reason, detail)
    listed = order.in_lists(claim, ground)
    for difference in beside.differences():
        if difference.kind == "order_differs" and difference.words.lower() in listed:
            continue  # a list leaves the verb out, and is parsed wrongly
        yield Fails(difference.kind, difference.words, difference.instead)
    for reason, rule in OF_WORDS:
        detail = rule(claim, ground)
        if detail is not None and detail.lower() not in beside.turned:
            yield Fails(reason, detail)
    if invented := beside.invented():
        yield Fails("not_stated", invented)


def alignment(claim: str, ground: Ground) -> Alignment:
    """The sentence beside what it cites, both parsed."""
    around = dict.fromkeys(
        line for window in ground.windows for line in window.around[:_MOST_AROUND]
    )
    texts = (claim, *(window.text for window in ground.windows), *around)
    known = frozenset[str]().union(*map(names_within, texts))
    read = [reading(text[:_MOST_CHARS], _standing_in(text, known)) for text in texts]
    return Alignment(read[0], read[1 : 1 + len(ground.windows)], read[1 + len(ground.windows) :])


def _standing_in(text: str, known: frozenset[str]) -> frozenset[str]:
    """Those of the names that the text has, so that the same text is parsed once."""
    return frozenset(word.bare for word in words(text) if word.bare in known)


def tidied(text: str) -> str:
    """A written sentence without list marker, "Yes." and the numbers of what it cites.

    >>> tidied("7. Yes, the ferry sank [1, 2].")
    'the ferry sank.'
    """
    plain = _NUMBERS.sub("", text)
    plain = _YES_OR_NO.sub("", _MARKER.sub("", plain))
    return " ".join(without_opening(plain).split())


def support_at(text: str, cited: Sequence[Cited]) -> float:
    """`support_of` of a sentence as it was written, at these places."""
    return support_of(tidied(text), ground_of(cited)) if cited else 0.0


def support_of(claim: str, ground: Ground) -> float:
    """The share of the claim's content that stands in what is cited or around it.

    A word that only stands around counts half; a number counts twice, for few sentences have it.
    """
    needed = content(bare(claim))
    held = content(ground.main)
    around = content(f"{ground.near}\n{ground.titles}")
    total = found = 0.0
    for term in needed:
        weight = _NUMBER_WEIGHT if term.startswith("#") else 1.0
        total += weight
        found += weight * (1.0 if term in held else 0.5 if term in around else 0.0)
    return found / total if total else 1.0


RULES: tuple[tuple[Reason, Callable[[str, Ground], str | None]], ...] = (
    ("quotation_not_in_source", details.quotation),
    ("number_not_in_source", details.number),
    ("date_not_in_source", details.date),
    ("name_not_in_source", details.name),
    ("wrong_speaker", voice.speaker),
    ("direction_differs", polarity.direction),
    ("bound_differs", details.bound),
    ("order_differs", order.exchanged),
    ("sources_merged", order.merged),
)

# What the words alone tell, where a parse tells nothing.
OF_WORDS: tuple[tuple[Reason, Callable[[str, Ground], str | None]], ...] = (
    ("negation_differs", polarity.negation),
    ("share_differs", details.share),
)
