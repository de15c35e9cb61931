"""Which way: north or south, before or after, rose or fell, to or from.

Invariant: words are compared where they bear on the same content word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.check.ground import Ground
from rag.text.figures import figures
from rag.text.words import Word, stem, words

_NOT = re.compile(
    r"\b(?:no one\b|not(?! (?:only|just|merely|least|yet clear))|"
    r"no(?! (?:doubt|matter|less|later|earlier|fewer|more than))|never|none|nobody|nothing|"
    r"neither|nor|without|cannot|no-one|\w+n[’']t)\b",
    re.I,
)
# Verbs that are no content words by themselves, yet may be what is denied.
_BARE_VERBS = frozenset("get got come came go went do did make made tell told say said".split())
_BREAK = re.compile(r"[,;:.!?()“”\"]|\b(?:but|while|whereas|although|though|because|and then)\b")
_SCOPE = 3

_WHETHER = re.compile(r"\bwhether\b|\b(?:not clear|unclear|unknown) (?:if|who|what|why)\b", re.I)
_IS_OPEN = re.compile(
    r"\b(?:whether|if|may|might|could|un(?:clear|known|certain)|perhaps|possibl[ey]|or|question|"
    r"decid\w*|consider\w*|investigat\w*|doubt\w*|wonder\w*|ask\w*)\b",
    re.I,
)
_COMPASS = re.compile(
    r"\b(?:(?:north|south)[- ]?(?:east|west)|north|south|east|west)(?:ern|erly|wards?)?\b", re.I
)
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
_LATER_BY = re.compile(
    r"\b(?P<unit>minute|hour|day|week|month|year|decade|season)s?\s+(?P<way>earlier|before|ago|"
    r"previously|prior|later|after|afterwards|on)\b|\b(?P<way2>last|previous|next|following)\s+"
    r"(?P<unit2>week|month|year|day|season)\b",
    re.I,
)
_EARLY = frozenset("earlier before ago previously prior last previous".split())
_ORDER = re.compile(r"\b(?P<way>before|after|until|since)\b", re.I)
_ORDERED = {"before": "early", "until": "early", "after": "late", "since": "late"}
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
    ("hire hired", "fire fired sack sacked"), ("rich", "poor"), ("hot warm", "cold"),
    ("faster quicker", "slower"), ("mother", "father"), ("son", "daughter"),
    ("brother", "sister"), ("husband", "wife"), ("morning", "evening"), ("day", "night"),
    ("former", "current"), ("legal", "illegal"),
    ("double doubled", "halve halved"), ("elder older", "younger"),
    ("safe", "unsafe dangerous"),
)  # fmt: skip
_PAIRS = tuple(tuple(frozenset(map(stem, side.split())) for side in pair) for pair in _OPPOSITES)
_CONVERSE = tuple(
    (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
    for one, other in (
        ("buy bought acquire purchase", "sell sold"), ("give gave", "receive get got"),
        ("lend lent", "borrow"), ("hire employ", "quit"), ("teach taught", "learn learnt"),
        ("win won beat defeat", "lose lost"), ("send sent", "receive"), ("lead led", "follow"),
    )
)  # fmt: skip
_BESIDE = 5
_FIGURE_CHARS = 30


def _bears(word: Word) -> bool:
    return word.is_content or word.lower in _BARE_VERBS


def openness(claim: str, ground: Ground) -> str | None:
    """A fact made of what the source leaves open: "whether it was lit"."""
    if _IS_OPEN.search(claim) or _NOT.search(claim):
        return None
    said = [word.stem for word in words(claim) if _bears(word)]
    for line in ground.main.split("\n"):
        for match in _WHETHER.finditer(line):
            behind = _BREAK.split(line[match.end() :], maxsplit=1)[0]
            left_open = [word.stem for word in words(behind) if _bears(word)][:_SCOPE]
            if len(left_open) > 1 and sum(it in said for it in left_open) == len(left_open):
                return match.group()
    return None


def _next(text: str, place: int) -> frozenset[str]:
    """The next content words: what a quantity is said of; empty for a pronoun ("all of them")."""
    behind = _BREAK.split(text[place : place + 60].split("\n")[0], maxsplit=1)[0]
    if re.match(r"\s+(?:of\s+)?(?:them|whom|which|it|those|these)\b", behind):
        return frozenset()
    return frozenset([word.stem for word in words(behind) if word.is_content][:2])


def direction(claim: str, ground: Ground) -> str | None:
    """The opposite of what the source says of the same thing: rose and fell, north and south."""
    return (
        _compass(claim, ground)
        or _time_order(claim, ground)
        or _opposite(claim, ground.main)
        or _of_figures(claim, ground.main)
        or _way(claim, ground)
    )


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


def _compass(claim: str, ground: Ground) -> str | None:
    held, around = _points(ground.main), _points(f"{ground.near}\n{ground.titles}")
    for point in sorted(_points(claim)):
        if point not in held and (held or point not in around):
            return point
    return None


def _points(text: str) -> set[str]:
    """Points of the compass; as parts of names ("North Korea") they are none."""
    found = set()
    for match in _COMPASS.finditer(text):
        is_name = match.group()[0].isupper() and re.match(r"\s+[A-Z]", text[match.end() :])
        if not is_name:
            bare = re.sub(r"(?:ern|erly|wards?)$|[- ]", "", match.group().lower())
            found.add(re.sub(r"(?:ern|erly|wards?)$", "", bare))
    return found


def _time_order(claim: str, ground: Ground) -> str | None:
    ways = {(unit, way) for unit, way, _ in _later_by(f"{ground.main}")}
    for unit, way, text in _later_by(claim):
        theirs = {other for other_unit, other in ways if other_unit == unit}
        if theirs and way not in theirs:
            return text
    for found in _ORDER.finditer(claim):
        way = _ORDERED[found["way"].lower()]
        after = _next(claim, found.end())
        if not after:
            continue
        theirs = {
            _ORDERED[it["way"].lower()]
            for line in ground.main.split("\n")
            for it in _ORDER.finditer(line)
            if after & _next(line, it.end())
        }
        if theirs and way not in theirs:
            return found.group()
    return None


def _later_by(text: str) -> Iterator[tuple[str, str, str]]:
    for match in _LATER_BY.finditer(text):
        unit = (match["unit"] or match["unit2"]).lower()
        way = (match["way"] or match["way2"]).lower()
        yield unit, "early" if way in _EARLY else "late", match.group()


def _opposite(claim: str, main: str) -> str | None:
    mine = _comparable(claim)
    theirs = [_comparable(line) for line in main.split("\n")]
    everything = {one for line in theirs for one in line}
    if _NOT.search(claim) or _NOT.search(main):
        return None
    for pair in _PAIRS:
        for one, other in (pair, pair[::-1]):
            own = [at for at, it in enumerate(mine) if it in one]
            if not own or everything & one or set(mine) & other:
                continue
            for at in own:
                beside = _beside(mine, at)
                for line in theirs:
                    places = [place for place, it in enumerate(line) if it in other]
                    if any(len(beside & _beside(line, place)) >= 1 for place in places):
                        return mine[at]
    return None


def _comparable(text: str) -> list[str]:
    """The stems that may be opposites; a "supporter" is no support."""
    return [
        word.lower if word.lower.endswith(("er", "ers", "or", "ors")) else word.stem
        for word in words(text)
        if _bears(word) or word.lower in ("up", "down")
    ]


def _of_figures(claim: str, main: str) -> str | None:
    """A number that stands beside one word where the source has it beside the opposite one."""
    theirs = _beside_figures(main)
    for value, mine in _beside_figures(claim).items():
        for pair in _PAIRS:
            for one, other in (pair, pair[::-1]):
                held = theirs.get(value, frozenset())
                if mine & one and held & other and not (held & one or mine & other):
                    return min(mine & one)
    return None


def _beside_figures(text: str) -> dict[float, frozenset[str]]:
    """For each number, the nearest word before or behind it that has an opposite."""
    polar = frozenset().union(*(side for pair in _PAIRS for side in pair))
    found: dict[float, frozenset[str]] = {}
    for line in text.split("\n"):
        said = words(line)
        for figure in figures(line):
            near = [
                (abs(word.span.start - figure.span.start), word.stem)
                for word in said
                if word.stem in polar and not word.span.overlaps(figure.span)
            ]
            closest = min(near, default=None)
            if closest is not None and closest[0] <= _FIGURE_CHARS:
                known = found.get(figure.value, frozenset())
                found[figure.value] = known | {closest[1]}
    return found


def _beside(stems: Sequence[str], at: int) -> frozenset[str]:
    near = stems[max(0, at - _BESIDE) : at + _BESIDE + 1]
    return frozenset(near) - {stems[at]}


def are_converse(one: str, other: str) -> bool:
    """True for two stems of verbs of which one side does the one and the other the other."""
    return any(
        (one in left and other in right) or (one in right and other in left)
        for left, right in _CONVERSE
    )


def are_opposite(one: str, other: str) -> bool:
    """True for two stems of which one denies the other.

    >>> are_opposite(stem("rose"), stem("fell")), are_opposite(stem("rose"), stem("grew"))
    (True, False)
    """
    return other in _OPPOSITE_OF.get(one, frozenset())


def _opposite_of() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in _PAIRS:
        for left, right in (pair, pair[::-1]):
            for word in left:
                found[word] = found.get(word, frozenset()) | right
    return found


_OPPOSITE_OF = _opposite_of()
