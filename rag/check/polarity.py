"""What is denied, and which words say the opposite: for the check, and for yes or no.

Invariant: words are compared where they bear on the same content word; a "not" elsewhere in the
source excuses nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from rag.check.ground import Ground
from rag.english import MONTHS, NEGATIONS
from rag.text.figures import figures
from rag.text.overlap import content
from rag.text.words import Word, stem, words

_NOT = re.compile(rf"^(?:{'|'.join(sorted(NEGATIONS))}|\w+n[’']t)$", re.I)
_NEGATOR = re.compile(
    rf"{_NOT.pattern}|^(?:den(?:y|ies|ied)|refus\w+|fail\w*|reject\w*|lack\w*|instead|hardly|barely|"
    r"unlikely|absent)$",
    re.I,
)
# "No 10", "No. 3": a number.
_NUMBER_SIGN = re.compile(r"\bNo\.? (?=\d)")
# "Not only", "no doubt": nothing is denied. What follows a "without" may be left out as a whole.
_NO_DENIAL = frozenset("only just merely least doubt matter less later earlier fewer more".split())
_JOINS = frozenset({"without", "nor", "neither"})
_REACH_WORDS = 5
# Verbs that are no content words by themselves, yet may be what is denied.
_BARE_VERBS = frozenset("get got come came go went do did make made tell told say said".split())
# One thing in two words of different stems.
_SAME = {stem(one): stem(two) for one, two in (("death", "die"), ("dead", "die"), ("ill", "sick"))}
# The way from and to a place: "left Oslo for Rome", "an assault on Rome".
_FROM = re.compile(
    r"\b(?:from|out of|leav(?:e|es|ing)|left|fle(?:e|es|eing|d)|quit(?:s|ting)?)\s+(?:the\s+)?"
    r"(?P<name>[A-Z][\w’'-]+)"
)
_TO = re.compile(
    r"\b(?:to|into|towards?|against|(?:assault|attack|advance|march|offensive) on|"
    r"(?:leav\w+|left|bound|head(?:ed|ing)?)(?: (?:\w+ )?(?:[A-Z][\w’'-]+ )?)for|reach(?:ed|ing)?|"
    r"enter(?:ed|ing)?)\s+(?:the\s+)?(?P<name>[A-Z][\w’'-]+)"
)
_OPPOSITES = (
    ("rise rose risen increase grow grew climb gain soar jump surge higher up",
     "fall fell fallen decrease decline drop shrank shrink plunge tumble lower down"),
    ("win won victory", "lose lost"), ("profit", "loss lose lost"), ("confirm", "deny denied"),
    ("admit", "deny denied"), ("agree", "refuse disagree"), ("praise", "criticise criticize"),
    ("welcome", "condemn"), ("peace", "war"), ("true", "false"),
    ("increase", "reduce"), ("raise", "cut lower"), ("thrive", "struggle"), ("love", "hate"),
    ("find found", "lose lost"), ("borrow", "lend lent"), ("appear", "disappear"),
    ("release", "arrest detain jail"), ("remember", "forget"), ("pass passed", "fail"),
    ("include", "exclude"), ("build built", "demolish"), ("join", "quit"), ("push", "pull"),
    ("attack", "defend"), ("buyer", "seller"), ("winner", "loser"), ("near", "far"),
    ("hope", "fear"), ("optimistic", "pessimistic"), ("early", "late"), ("minimum", "maximum"),
    ("fewer less", "more"),
    ("oldest older", "youngest younger"), ("best better", "worst worse"),
    ("largest bigger biggest larger", "smallest smaller"),
    ("open opened", "close closed shut"), ("arrive arrival enter", "leave left depart"),
    ("accept accepted approve", "reject rejected refuse"),
    ("support supported back backed", "oppose opposed"),
    ("alive survive survived", "dead died killed die"),
    ("allow allowed", "ban banned forbid forbade"),
    ("guilty convicted", "innocent acquitted"), ("male man men", "female woman women"),
    ("import", "export"), ("success succeed", "failure fail"),
    ("advance", "retreat withdraw"), ("begin start began", "end finish stop"),
    ("friend ally", "enemy foe"), ("above", "below"), ("inside", "outside"),
    ("strengthen", "weaken"), ("improve", "worsen"), ("first", "last"),
    ("expand", "cut reduce shrink"),
    ("hire hired", "sack sacked"), ("rich", "poor"), ("hot warm", "cold"),
    ("faster quicker", "slower"), ("mother", "father"), ("son", "daughter"),
    ("brother", "sister"), ("husband", "wife"), ("morning", "evening"),
    ("former", "current"), ("legal", "illegal"),
    ("double doubled", "halve halved"), ("elder older", "younger"),
    ("safe", "unsafe dangerous"), ("stay remain", "leave left depart quit"),
    ("before earlier ago previous previously prior", "after later afterwards"),
    ("north northern northward northwards", "south southern southward southwards"),
    ("east eastern eastward eastwards", "west western westward westwards"),
    ("northwest northwestern", "northeast southeast southwest"),
    ("southeast southeastern", "northeast southwest"), ("northeast", "southwest"),
    ("most", "least"), ("fast quick", "slow"),
)  # fmt: skip
# A word of these is as often another: "she left", "the same day", "a fire". A parse tells them.
_PARSED_OPPOSITES = (("left", "right"), ("day", "night"), ("hire hired", "fire fired"))
# Set phrases whose words are no side of a pair.
_SET_PHRASE = re.compile(
    r"\b(?:at (?:least|most|first|last)|last (?:night|week|month|year|season|\w+day|spring|summer|"
    rf"autumn|winter|{'|'.join(sorted(MONTHS))})|close to)\b",
    re.I,
)
_CONVERSE = tuple(
    (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
    for one, other in (
        ("buy bought acquire purchase", "sell sold"), ("give gave", "receive get got"),
        ("lend lent", "borrow"), ("hire employ", "quit"), ("teach taught", "learn learnt"),
        ("win won beat defeat", "lose lost"), ("send sent", "receive"), ("lead led", "follow"),
        ("fear", "frighten scare"),
    )
)  # fmt: skip
_BESIDE = 5
_FROM_NUMBER = re.compile(r"\bfrom\s+(?:\w+\s+)?$", re.I)
_TO_NUMBER = re.compile(r"\bto\s+(?:\w+\s+)?$", re.I)
_STEP_CHARS = 40


def denies(question: str, sentence: str) -> bool:
    """True where a word of denial stands close to a word of the question, or an opposite of one.

    Symmetric in negation: "Didn't he come?" asks about his coming, as "Did he come?".

    >>> denies("Did anyone die?", "There were no reported deaths.")
    True
    >>> denies("Is it slower than expected?", "It was advancing faster than expected.")
    True
    >>> denies("Did she leave?", "She left, though nobody else did.")
    False
    """
    asked = {_key(word.stem) for word in words(question) if word.is_content}
    found = _words(sentence)
    denying = [place for place, word in enumerate(found) if _NEGATOR.match(word.text)]
    shared = [place for place, word in enumerate(found) if _key(word.stem) in asked]
    near = any(-1 <= other - place <= _REACH_WORDS for place in denying for other in shared)
    return near or opposite(question, sentence)


def is_denial(sentence: str) -> bool:
    """True where the sentence denies anything.

    >>> is_denial("It never came."), is_denial("It came.")
    (True, False)
    """
    return any(_NEGATOR.match(word.text) for word in _words(sentence))


def _words(text: str) -> tuple[Word, ...]:
    """The words of a text without the "No" of a number."""
    return words(_NUMBER_SIGN.sub("", text))


def opposite(one: str, other: str) -> bool:
    """True where a text has the opposite of a word of the other, and no word that says the same.

    >>> opposite("The rate fell.", "The rate rose."), opposite("It fell.", "It fell, then rose.")
    (True, False)
    """
    mine, theirs = (words(_SET_PHRASE.sub(" ", text)) for text in (one, other))
    stems = frozenset(word.stem for word in theirs)
    return any(_against(word.stem, stems) for word in mine)


def _against(word: str, others: frozenset[str]) -> frozenset[str]:
    """The opposites of a word among others, none of which says the same as the word."""
    found = _OPPOSITE_OF.get(word, frozenset()) & others
    return frozenset(it for it in found if not _OPPOSITE_OF[it] & others)


def negation(claim: str, ground: Ground) -> str | None:
    """A "not" that the source puts before a word that the sentence has without any."""
    if is_denial(claim):
        return None
    held = content(claim)
    for line in ground.main.split("\n"):
        said = _words(line)
        for at, word in enumerate(said):
            behind = said[at + 1 : at + 1 + _REACH_WORDS]
            if not _NOT.match(word.text) or word.lower in _JOINS or not behind:
                continue
            denied = next((it.stem for it in behind if it.is_content), "")
            if denied in held and behind[0].lower not in _NO_DENIAL:
                return word.text
    return None


def direction(claim: str, ground: Ground) -> str | None:
    """The opposite of what the source says of the same thing: rose and fell, north and south."""
    return _turned(claim, ground.main) or _way(claim, ground) or _steps_back(claim, ground.main)


def _turned(claim: str, main: str) -> str | None:
    """A word whose opposite stands beside the same words, where neither text denies anything."""
    if any(_NOT.match(word.text) for word in (*_words(claim), *_words(main))):
        return None
    said = _comparable(claim)
    mine = list(map(_form, said))
    lines = [list(map(_form, _comparable(line))) for line in main.split("\n")]
    theirs = frozenset(it for line in lines for it in line)
    for at, word in enumerate(said):
        against = _against(mine[at], theirs)
        if not against or against & set(mine):
            continue
        beside = _beside(mine, at)
        for line in lines:
            if any(it in against and beside & _beside(line, n) for n, it in enumerate(line)):
                return word.bare
    return None


def _comparable(text: str) -> list[Word]:
    """The words that may be opposites."""
    return [word for word in words(_SET_PHRASE.sub(" ", text)) if _bears(word)]


def _form(word: Word) -> str:
    """What is compared of a word: a "supporter" is no support."""
    return word.lower if word.lower.endswith(("er", "ers", "or", "ors")) else word.stem


def _bears(word: Word) -> bool:
    return word.is_content or word.lower in _BARE_VERBS or word.lower in _OPPOSITE_OF


def _beside(stems: Sequence[str], at: int) -> frozenset[str]:
    near = stems[max(0, at - _BESIDE) : at + _BESIDE + 1]
    return frozenset(near) - {stems[at]}


def _way(claim: str, ground: Ground) -> str | None:
    """A place that is left where the source goes there, or the other way round."""
    held = f"{ground.main}\n{ground.near}"
    for one, other in ((_FROM, _TO), (_TO, _FROM)):
        same, opposite = (
            {stem(it["name"]) for it in pattern.finditer(text)}
            for pattern, text in ((one, held), (other, ground.main))
        )
        for match in one.finditer(claim):
            name = stem(match["name"])
            if name in opposite and name not in same:
                return match.group()
    return None


def _steps_back(claim: str, main: str) -> str | None:
    """A change from one number to another that the source has the other way round."""
    theirs = _steps(main)
    for (low, high), words_of in _steps(claim).items():
        if (high, low) in theirs and (low, high) not in theirs:
            return words_of
    return None


def _steps(text: str) -> dict[tuple[str, str], str]:
    """The changes "from 7 per cent to 5", by both values, with their words."""
    found: dict[tuple[str, str], str] = {}
    for one, other in itertools.pairwise(figures(text)):
        between = text[one.span.end : other.span.start]
        opening = _FROM_NUMBER.search(text[: one.span.start])
        if opening and len(between) <= _STEP_CHARS and _TO_NUMBER.search(between):
            found[one.key, other.key] = text[opening.start() : other.span.end]
    return found


def are_converse(one: str, other: str) -> bool:
    """True for two stems of verbs of which one side does the one and the other the other."""
    return any(
        (one in left and other in right) or (one in right and other in left)
        for left, right in _CONVERSE
    )


def has_converse(verb: str) -> bool:
    """True for the stem of a verb that says the same of one side as another does of the other."""
    return any(verb in left | right for left, right in _CONVERSE)


def are_opposite(one: str, other: str) -> bool:
    """True for two stems of which one denies the other.

    >>> are_opposite(stem("rose"), stem("fell")), are_opposite(stem("rose"), stem("grew"))
    (True, False)
    """
    return other in _PARSED_OPPOSITE_OF.get(one, frozenset())


def _opposite_of(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in pairs:
        left, right = (frozenset(map(stem, side.split())) for side in pair)
        for side, others in ((left, right), (right, left)):
            for word in side:
                found[word] = found.get(word, frozenset()) | others
    return found


_OPPOSITE_OF = _opposite_of(_OPPOSITES)
_PARSED_OPPOSITE_OF = _opposite_of((*_OPPOSITES, *_PARSED_OPPOSITES))


def _key(word_stem: str) -> str:
    return _SAME.get(word_stem, word_stem)
