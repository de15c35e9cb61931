"""Names of people, places, bodies, days and months, and whether a text has them.

Invariant: a name counts as present only when each of its words is, allowing for possessives,
demonyms (Iraq, Iraqi) and acronyms (IS, Islamic State).
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.english import MONTHS, WEEKDAYS
from rag.text.words import STOP_WORDS, Word, words

ROLES = frozenset(
    """ambassador analyst archbishop author bishop boss captain ceo chair chairman chairwoman
    chancellor chef chief coach colonel commander commissioner coordinator correspondent
    director doctor editor
    envoy executive expert father founder general governor head historian husband judge king
    lawyer leader lieutenant major manager mayor minister mother officer official owner
    president prime prince princess principal professor prosecutor queen rapporteur
    researcher scientist secretary senator sergeant spokesman spokesperson spokeswoman teacher
    wife""".split()
)
_DEMONYMS = (
    "france french", "uk britain british briton", "america american us usa",
    "netherlands dutch", "spain spanish", "denmark danish", "poland polish",
    "switzerland swiss", "wales welsh", "ireland irish", "philippines filipino",
    "germany german", "turkey turkish", "greece greek", "sweden swedish",
    "finland finnish", "iceland icelandic", "thailand thai", "isis is isil daesh", "tv television",
)  # fmt: skip
_SAME = {word: group.split()[0] for group in _DEMONYMS for word in group.split()}
_PHRASES = {
    "united states": "america", "united kingdom": "uk", "united nations": "un",
    "european union": "eu", "islamic state": "isis", "great britain": "uk",
}  # fmt: skip
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[\"“‘'(\[]\s*|\n\s*)$")
_HONORIFICS = frozenset("mr mrs ms miss dr sir lord lady prof gen maj col lt sgt rev".split())
_TITLE_BEFORE = re.compile(rf"\b(?:{'|'.join(sorted(_HONORIFICS))})\.\s+$", re.I)
_BEFORE_CHARS = 6
# What these stand for is known, so they are no other name's initials.
_ACRONYMS = frozenset({"EU", "IS", "TV", "UK", "UN", "US"})
_NOT_NAMES = frozenset({"i", "ok"})
# Words that open sentences more often than they name somebody.
_OPENERS = STOP_WORDS | frozenset(
    """according across additionally adding alternatively along among another around based
    consequently currently despite earlier even eventually finally formerly fortunately
    furthermore generally hence indeed initially instead interestingly last lastly later likewise
    maybe meanwhile moreover near nearly nevertheless nobody none nonetheless notably nowadays
    often originally otherwise overall perhaps please presumably previously recently second
    secondly similarly similar sometimes soon specifically subsequently surprisingly therefore
    third thirdly three today tomorrow tonight two typically ultimately unable unfortunately
    unless unlike usually wait whereas whether yesterday""".split()
)
_PREFIX = 4


@dataclass(frozen=True)
class Name:
    """A run of capitalised words. `first` tells that it opens a sentence and may be no name."""

    words: tuple[Word, ...]
    first: bool

    @property
    def text(self) -> str:
        return " ".join(word.bare for word in self.words)

    @property
    def is_date(self) -> bool:
        """A weekday or a month; `may` alone is a verb as often as a month."""
        lower = {word.lower for word in self.words}
        return bool(lower & (WEEKDAYS | MONTHS - {"may"}))


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - _BEFORE_CHARS) : start]
    return start == 0 or bool(_SENTENCE_START.search(before) and not _TITLE_BEFORE.search(before))


def _is_apart(gap: str) -> bool:
    """True for what stands between two words that are not of one name."""
    return bool(gap.strip(" -’'.")) or "\n" in gap


@functools.lru_cache(maxsize=4_096)
def names(text: str) -> tuple[Name, ...]:
    """Runs of capitalised words, in order, honorifics left out.

    >>> [name.text for name in names("On Thursday, Maj Gen Fadhil Barwari took Bartella's centre.")]
    ['Thursday', 'Fadhil Barwari', 'Bartella']
    """
    found: list[Name] = []
    run: list[Word] = []
    previous_end = -1

    def close() -> None:
        if run:
            first = _opens_sentence(text, run[0].span.start)
            found.append(Name(tuple(run), first))
            run.clear()

    for word in words(text):
        if not (run or word.is_capitalised):
            previous_end = word.span.end
            continue
        gap = text[previous_end : word.span.start] if previous_end >= 0 else ""
        opens = _opens_sentence(text, word.span.start)
        is_name = (
            word.is_capitalised
            and not (opens and word.lower in _OPENERS and not word.bare.isupper())
            and word.lower not in _NOT_NAMES
            and not (word.bare.isupper() and len(word.bare) == 1 and opens)
        )
        if run and (opens or not is_name or _is_apart(gap)):
            close()
        if is_name and word.lower.rstrip(".") not in _HONORIFICS:
            run.append(word)
        previous_end = word.span.end
    close()
    return tuple(found)


def _key(word: str) -> str:
    """One for all forms of a name; "is" and "us" are names in capitals alone."""
    lower = word.lower().replace(".", "")
    return lower if lower in STOP_WORDS and not word.isupper() else _SAME.get(lower, lower)


class NameIndex:
    """The words of a text, ready to be asked for names.

    >>> index = NameIndex("Islamic State fighters fled; France's president said so.")
    >>> index.has("IS"), index.has("French"), index.has("Raqqa")
    (True, True, False)
    """

    def __init__(self, text: str) -> None:
        found = words(text)
        self._keys = {_key(word.bare) for word in found}
        self.capitals = {_key(word.bare) for word in found if word.is_capitalised}
        lower = " ".join(word.lower for word in found)
        self._keys |= {key for phrase, key in _PHRASES.items() if phrase in lower}
        self._initials = _initials_in(text, found)
        self._acronyms = {word.bare for word in found if word.bare.isupper() and len(word.bare) > 1}

    def has(self, word: str) -> bool:
        """True when the text has this word of a name, in this or a related form."""
        key = _key(word)
        if key in self._keys:
            return True
        if word.isupper() and 2 <= len(word) <= 6 and word in self._initials:
            return True
        return any(_are_one(key, other) for other in self.capitals)

    def has_name(self, name: Name) -> bool:
        """True when every word of the name is there, or its acronym."""
        initials = "".join(word.bare[0].upper() for word in name.words)
        if len(initials) > 1 and initials in self._acronyms - _ACRONYMS:
            return True
        if name.text.lower() in _PHRASES and _PHRASES[name.text.lower()] in self._keys:
            return True
        return all(self.has(word.bare) for word in name.words)


def _initials_in(text: str, found: Sequence[Word]) -> str:
    """The first letters of capitalised words, with a blank where two are not of one name."""
    initials, end = "", 0
    for word in found:
        start = word.span.start
        is_apart = _opens_sentence(text, start) or _is_apart(text[end:start])
        initials += " " * is_apart + (word.bare[0].upper() if word.is_capitalised else " ")
        end = word.span.end
    return initials


def are_one_name_word(one: str, other: str) -> bool:
    """True for two forms of one word of a name: Kurdish and Kurds, France and French.

    >>> are_one_name_word("France", "French"), are_one_name_word("Ellery", "Ellis")
    (True, False)
    """
    return _are_one(_key(one), _key(other))


def _are_one(key: str, other: str) -> bool:
    return key == other or (
        len(key) > _PREFIX and len(other) > _PREFIX - 1 and _related(key, other)
    )


def _related(one: str, other: str) -> bool:
    """Iraq and Iraqi, Kurdish and Kurds: one stem with short endings."""
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= _PREFIX and max(len(one), len(other)) - shared <= 4 and (
        shared == min(len(one), len(other)) or min(len(one), len(other)) - shared <= 2
    )  # fmt: skip


def roles(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a name word and the role it stands next to, as written.

    >>> roles("The US president met CTS commander Taleb al-Kenani")
    (('US', 'president'), ('CTS', 'commander'))
    """
    found: list[tuple[str, str]] = []
    all_words = words(text)
    for before, after in itertools.pairwise(all_words):
        is_pair = (
            before.is_capitalised and before.lower not in STOP_WORDS | ROLES | _HONORIFICS
        ) or (before.bare.isupper() and len(before.bare) > 1)
        if is_pair and after.lower in ROLES:
            found.append((before.bare, after.bare))
    return tuple(found)


def has_role(text: str, owner: str, role: str) -> bool:
    """True when the text gives `owner` that role: "French President", "president of France".

    >>> has_role("The French President spoke to US-trained troops.", "US", "president")
    False
    >>> has_role("The president of France spoke.", "French", "president")
    True
    """
    found = words(text)
    for place, word in enumerate(found):
        if word.lower != role.lower():
            continue
        near = list(found[max(0, place - 2) : place])
        if place + 1 < len(found) and found[place + 1].lower in ("of", "for", "at"):
            near += found[place + 2 : place + 4]
        if any(NameIndex(other.text).has(owner) for other in near):
            return True
    return False


def missing_names(text: str, index: NameIndex, *, ordinary: Collection[str] = ()) -> list[Name]:
    """Names in `text` that `index` lacks; a sentence's first word is no name when `ordinary`.

    >>> missing = missing_names("Hollande met Obama.", NameIndex("Hollande spoke in Paris"))
    >>> [name.text for name in missing]
    ['Obama']
    """
    return [
        name
        for name in names(text)
        if not index.has_name(name)
        and not (name.first and len(name.words) == 1 and name.words[0].lower in ordinary)
    ]


def ordinary_words(text: str) -> frozenset[str]:
    """Words that `text` writes in lower case somewhere, so are no names.

    >>> sorted(ordinary_words("Soldiers fled; soldiers of Iraq."))
    ['fled', 'of', 'soldiers']
    """
    return frozenset(word.lower for word in words(text) if not word.is_capitalised)
