"""Text as the checks see it: words with their places, stems, and which words carry content.

Invariant: a word's span points into the very text it was read from, so that whatever a check
finds can be shown.
"""

from __future__ import annotations

import functools
import re
import threading
from dataclasses import dataclass

import snowballstemmer  # type: ignore[import-untyped] # ships no types

from rag.articles.article import Span

_WORD = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*", re.UNICODE)
_POSSESSIVE = re.compile(r"[’']s?$")

# Function words, and verbs too general to tell one statement from another.
STOP_WORDS = frozenset(
    """a about above after again all also although am an and any are as at be became because been
    before being below between both but by came can come could did do does doing done down during
    each either else ever every few for from further get gets getting go goes going gone got had
    has have having he her here hers herself him himself his how however i if in into is it its
    itself just like made make makes making many may me might more most much must my myself
    neither next nor now of off on once one only onto or other others our ours out over own per
    quite rather really same say says said saying she should since so some something still such
    tell tells than that the their theirs them themselves then there these they thing things this
    those though through thus till to told too toward towards under until up upon us very via was
    way we well went were what whatever when where whether which while who whom whose why will
    with within without would yet you your yours yourself""".split()
)

# Forms that no ending tells of: "She thought so" states what she thinks. Base form first.
_IRREGULAR = (
    "arise arose arisen", "bear bore borne", "beat beaten", "begin began begun", "bite bit bitten",
    "bleed bled", "blow blew blown", "break broke broken", "breed bred", "bring brought",
    "build built", "burn burnt", "buy bought", "catch caught", "choose chose chosen", "cling clung",
    "creep crept", "deal dealt", "dig dug", "draw drew drawn", "dream dreamt", "drink drank drunk",
    "drive drove driven", "eat ate eaten", "fall fell fallen", "feed fed", "feel felt",
    "fight fought", "flee fled", "fly flew flown", "forbid forbade forbidden",
    "forget forgot forgotten", "freeze froze frozen", "give gave given", "grow grew grown",
    "hang hung", "hear heard", "hide hid hidden", "hold held", "keep kept", "kneel knelt",
    "know knew known", "lead led", "learn learnt", "leave left", "lend lent", "lose lost",
    "mean meant", "meet met", "pay paid", "ride rode ridden", "ring rang rung", "rise rose risen",
    "run ran", "see saw seen", "seek sought", "sell sold", "send sent", "shake shook shaken",
    "shine shone", "shoot shot", "show shown", "shrink shrank shrunk", "sing sang sung",
    "sink sank sunk", "sit sat", "sleep slept", "slide slid", "speak spoke spoken", "spend spent",
    "spin spun", "stand stood", "steal stole stolen", "stick stuck", "strike struck",
    "swear swore sworn", "sweep swept", "swim swam swum", "swing swung", "take took taken",
    "teach taught", "tear tore torn", "think thought", "throw threw thrown",
    "understand understood", "wake woke woken", "wear wore worn", "weep wept", "win won",
    "withdraw withdrew withdrawn", "write wrote written",
    "child children", "foot feet", "man men", "mouse mice", "person people", "tooth teeth",
    "woman women",
)  # fmt: skip
_BASE = {form: forms.split()[0] for forms in _IRREGULAR for form in forms.split()[1:]}

_COUNTED = re.compile(r"\s(?P<word>people|men|women|children|[a-z]{2,}s)\b")
_STEMMER = snowballstemmer.stemmer("english")
_STEMMING = threading.Lock()  # it works on a word that it holds: two at once spoil both


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """English Snowball stem of a lower-cased word, of an irregular form that of its base.

    >>> stem("bombings"), stem("Destroyed"), stem("fought")
    ('bomb', 'destroy', 'fight')
    """
    lower = word.lower()
    with _STEMMING:
        return str(_STEMMER.stemWord(_BASE.get(lower, lower)))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, and where."""

    text: str
    span: Span

    @property
    def bare(self) -> str:
        """Without a possessive ending, as written otherwise.

        >>> words("France’s troops")[0].bare
        'France'
        """
        return _POSSESSIVE.sub("", self.text)

    @property
    def lower(self) -> str:
        return self.bare.lower()

    @property
    def stem(self) -> str:
        return stem(self.bare)

    @property
    def is_capitalised(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_content(self) -> bool:
        if len(self.bare) == 1:
            return self.bare.isdigit()
        return self.bare.isupper() or self.lower not in STOP_WORDS  # "US" is no pronoun


@functools.lru_cache(maxsize=4_096)
def words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order.

    >>> [word.text for word in words("The U.S. didn't pay £1.5m.")]
    ['The', 'U.S', "didn't", 'pay', '1.5m']
    """
    return tuple(Word(match.group(), Span(*match.span())) for match in _WORD.finditer(text))


def is_plural_noun(behind: str) -> bool:
    """True where what stands right behind a number looks like what it counts.

    >>> is_plural_noun(" big"), is_plural_noun(" homes fell"), is_plural_noun(" was cold")
    (False, True, False)
    """
    match = _COUNTED.match(behind)
    return match is not None and match["word"] not in STOP_WORDS


def one_line(text: str) -> str:
    r"""White space as single blanks, so that a source cannot fake a line of its own.

    >>> one_line("He said:\nReport: fake")
    'He said: Report: fake'
    """
    return " ".join(text.split())


def bare_words(text: str) -> list[str]:
    """The same without their places and possessive endings, in a fraction of the time.

    >>> bare_words("The mayor’s boat didn't sink.")
    ['The', 'mayor', 'boat', "didn't", 'sink']
    """
    return [
        _POSSESSIVE.sub("", word) if "’" in word or "'" in word else word
        for word in _WORD.findall(text)
    ]
