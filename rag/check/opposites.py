"""What is denied, how many of them, and which way: does a reworded sentence keep it?

Invariant: words are compared where they bear on the same content word; a "not" elsewhere in the
source excuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.check.ground import Ground
from rag.text.figures import figures
from rag.text.overlap import content
from rag.text.words import Word, stem, words

_NOT = re.compile(
    r"\b(?:no one\b|not(?! (?:only|just|merely|least|yet clear))|"
    r"no(?! (?:doubt|matter|less|later|earlier|fewer|more than))|never|none|nobody|nothing|"
    r"neither|nor|without|cannot|no-one|\w+n[’']t)\b",
    re.I,
)
# Words that deny without a "not".
_DENIES = re.compile(
    r"\b(?:den(?:y|ied|ies)|refus\w+|fail\w*|unable|short of|hardly|barely|scarcely|few(?:er)?|"
    r"little|lack\w*|prevent\w*|stop\w*|avoid\w*|before|unlikely|unknown|uncertain|unclear|un\w+ed|"
    r"rather than|instead of|ban(?:s|ned)?|reject\w*|halt\w*|miss\w*|absent|free of|away from|"
    r"impossible|rule[sd]? out|too \w+ to|yet to|spared?|intact|oppos\w+|against|dismiss\w*|"
    r"abandon\w*|cancel\w*|scrap\w*|dropp?\w*|except|apart from|end(?:s|ed)?|clos\w+|lost|last|"
    r"empty|block\w*|restrict\w*|forb\w+|illegal|innocent|acquit\w*|beyond|outside|only|dis\w+ed|"
    r"in\w+ible|im\w+ible|remain\w*|stay\w*|still)\b",
    re.I,
)
# What follows these may be left out as a whole.
_JOINS = frozenset({"without", "nor", "neither"})
_DENIES_SURELY = re.compile(
    r"\b(?:den(?:y|ied|ies)|refus\w+|fail\w*|unable|hardly|barely|scarcely|few|little|lack\w*|"
    r"prevent\w*|stop\w*|avoid\w*|un\w+ed|rather than|instead of|ban(?:s|ned)?|reject\w*|"
    r"ruled? out|too \w+ to|yet to|absent|free of|unknown|unclear|unlikely|impossible|incapable|"
    r"against|oppos\w+|only)\b",
    re.I,
)
_NOBODY = frozenset({"nobody", "no one", "none", "no-one"})
_KNOWING = frozenset(map(stem, "know known clear say said sure certain decided".split()))
_OPEN = re.compile(r"\btoo early\b|\bun(?:known|clear|certain|decided)\b|\byet to\b", re.I)
# Verbs that are no content words by themselves, yet may be what is denied.
_BARE_VERBS = frozenset("get got come came go went do did make made tell told say said".split())
_HARDLY = re.compile(r"\b(?:hardly|barely|scarcely|few|little|almost no|nearly no)\b", re.I)
_NONE = re.compile(r"\b(?:no|none|nobody|nothing|no one)\b", re.I)
_BREAK = re.compile(r"[,;:.!?()“”\"]|\b(?:but|while|whereas|although|though|because|and then)\b")
_SCOPE, _SCOPE_BEFORE = 3, 2

_UNIVERSAL = re.compile(
    r"\b(?:(?<!at )(?<!after )(?<!above )(?<!in )all(?! (?:over|in all|but|along|right))|every|"
    r"everyone|everybody|everything|each(?! other)|entire(?:ly)?|(?<!on the )whole|always|"
    r"complete(?:ly)?|totally)\b",
    re.I,
)
_QUANTITIES = {
    "most": re.compile(
        r"(?<!the )(?<!at )\bmost(?= (?:of|[a-z]+s\b|people|civilians))|\bmajority\b|\bmostly\b|"
        r"\bmainly\b|\blargely\b|\b(?:nearly|almost) all\b|\bmuch of\b|"
        r"(?<!\bas )(?<!\bhow )\bmany\b|\bbulk\b",
        re.I,
    ),
    "half": re.compile(r"\bhalf\b|\b50 ?(?:%|per ?cent)|\bfifty\b", re.I),
    "few": re.compile(
        r"(?<!a )\bfew\b|\bhardly\b|\bbarely\b|\bscarcely\b|\bhandful\b|\blittle\b|\brare\w*\b|"
        r"\bsmall (?:number|minority|part)\b|\bminority\b|\ba few\b|\bnot many\b",
        re.I,
    ),
}  # fmt: skip
# What may be put so in other words.
_AS_MUCH = {
    "most": re.compile(
        r"\b(?:[5-9]\d|100) ?(?:%|per ?cent)|\ball\b|\bthirds\b|"
        r"\b(?:hundreds|thousands|dozens|millions|numerous|several|lots)\b",
        re.I,
    ),
    "half": re.compile(r"\b(?:4[5-9]|5[0-5])(?:\.\d)? ?(?:%|per ?cent)", re.I),
    "few": re.compile(r"\b(?:two|three|four|five|[2-9])\b|\bonly\b|\bno\b", re.I),
}
_BOTH = re.compile(r"\bboth\b(?! (?:say|reports?|articles?|sides?|sources?|papers?))", re.I)
_ONE = re.compile(r"\bone (?:was|is|of|has|had|later|other)\b", re.I)
_WHETHER = re.compile(r"\bwhether\b|\b(?:not clear|unclear|unknown) (?:if|who|what|why)\b", re.I)
_IS_OPEN = re.compile(
    r"\b(?:whether|if|may|might|could|un(?:clear|known|certain)|perhaps|possibl[ey]|or|question|"
    r"decid\w*|consider\w*|investigat\w*|doubt\w*|wonder\w*|ask\w*)\b",
    re.I,
)
_MANY = re.compile(
    r"\b(?:many|most|lots|plenty|numerous|much|large numbers?|all|strong|crowds)\b", re.I
)
_FEW = re.compile(r"(?<!a )\b(?:few|hardly any|hardly|little|scarce\w*|barely|no|none)\b", re.I)
_SOME = re.compile(r"\b(?:some|several|part) of\b|\bsome(?! \d)\b", re.I)

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
    ("safe", "unsafe dangerous"), ("stay remain", "leave left depart quit"),
    ("left", "right"),
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


@dataclass(frozen=True)
class _Denied:
    """A negation, and the stems of the content words that it bears on, the next one first."""

    text: str
    behind: tuple[str, ...]
    around: frozenset[str]


def negation(claim: str, ground: Ground) -> str | None:
    """A "not" that the source does not have there, or has where the sentence has none."""
    mine = list(_denials(claim))
    theirs = list(_denials(ground.main))
    held = theirs + list(_denials(ground.near))
    for denial in mine:
        if _is_held(denial, held, ground.main):
            if _NONE.fullmatch(denial.text) and not theirs and _HARDLY.search(ground.main):
                return denial.text
            continue
        if _NONE.fullmatch(denial.text) and _HARDLY.search(ground.main):
            return denial.text
        if theirs and not denial.around:
            continue
        if not _has_denying(denial, claim, ground.main):
            return denial.text
    if not mine and not _DENIES_SURELY.search(claim):
        stems = {word.stem for word in words(claim) if _bears(word)}
        for denial in theirs:
            kept = [it for it in denial.behind if it in stems]
            is_kept = denial.behind[:1] == tuple(kept[:1]) and len(kept) >= min(
                2, len(denial.behind)
            )
            leaves_out = denial.text.lower() in _JOINS
            if kept and is_kept and not leaves_out and not _is_affirmed(kept[0], ground.main):
                return denial.text
    return None


def _is_held(denial: _Denied, held: Sequence[_Denied], main: str) -> bool:
    """True where the source denies it too: of the words around, two, or one that nothing affirms.

    "Not guilty of murder" does not say "not guilty of theft" where she is guilty of theft.
    """
    affirmed = [content(it) for it in _BREAK.split(main) if it and not _NOT.search(it)]
    if denial.text.lower() in _NOBODY and any(it.text.lower() in _NOBODY for it in held):
        return not any(denial.behind[0] in clause for clause in affirmed if denial.behind)
    if denial.around & _KNOWING and _OPEN.search(main):
        return True
    shared = max((denial.around & other.around for other in held), key=len, default=frozenset())
    if len(shared) != 1:
        return len(shared) > 1
    return not any(shared < denial.around & clause for clause in affirmed)


def _denials(text: str) -> Iterator[_Denied]:
    for line in text.split("\n"):
        for match in _NOT.finditer(line):
            behind = _BREAK.split(line[match.end() :], maxsplit=1)[0]
            before = _BREAK.split(line[: match.start()])[-1]
            after = [word.stem for word in words(behind) if _bears(word)][:_SCOPE]
            ahead = [word.stem for word in words(before) if _bears(word)][-_SCOPE_BEFORE:]
            yield _Denied(match.group(), tuple(after), frozenset((*after, *ahead)))


def _bears(word: Word) -> bool:
    return word.is_content or word.lower in _BARE_VERBS


def _has_denying(denial: _Denied, claim: str, main: str) -> bool:
    """True where the source denies in another way close to a word that the denial bears on."""
    kept = {match.group().lower() for match in _DENIES.finditer(claim)}
    for line in main.split("\n"):
        for match in _DENIES.finditer(line):
            if match.group().lower() in kept:
                continue
            span = line[max(0, match.start() - 60) : match.end() + 60]
            if denial.around & content(span):
                return True
    return False


def _is_affirmed(stemmed: str, main: str) -> bool:
    """True where the word stands in another line without a "not" that bears on it."""
    for line in main.split("\n"):
        denied = [it for it in _denials(line) if stemmed in it.behind]
        if not denied and stemmed in {word.stem for word in words(line) if _bears(word)}:
            return True
    return False


def quantity(claim: str, ground: Ground) -> str | None:
    """ "All" of what the source says of some, "most" of what it counts not, "many" for "few"."""
    for found in _UNIVERSAL.finditer(claim):
        if not _UNIVERSAL.search(ground.main) and not _NONE.search(ground.main):
            return found.group()
        scope = _next(claim, found.end())
        theirs = [_next(ground.main, it.end()) for it in _UNIVERSAL.finditer(ground.main)]
        if scope and theirs and all(it and not scope & it for it in theirs):
            return found.group()
    for kind, pattern in _QUANTITIES.items():
        own = pattern.search(claim)
        if own and not pattern.search(ground.main) and not _AS_MUCH[kind].search(ground.main):
            return own.group()
    some = _SOME.search(claim)
    if some and not _SOME.search(ground.main):
        scope = _next(claim, some.end())
        for found in _UNIVERSAL.finditer(ground.main):
            if scope & _next(ground.main, found.end()):
                return some.group()
    if _BOTH.search(claim) and _ONE.search(ground.main) and not _BOTH.search(ground.main):
        return "both"
    return _few_or_many(claim, ground.main)


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


def _few_or_many(claim: str, main: str) -> str | None:
    for one, other in ((_MANY, _FEW), (_FEW, _MANY)):
        for found in one.finditer(claim):
            near = _around(claim, found.start(), found.end())
            mine = any(
                near & _around(line, it.start(), it.end())
                for line in main.split("\n")
                for it in one.finditer(line)
            )
            theirs = any(
                near & _around(line, it.start(), it.end())
                for line in main.split("\n")
                for it in other.finditer(line)
            )
            if theirs and not mine and not _NOT.search(claim):
                return found.group()
    return None


def _around(text: str, start: int, end: int) -> frozenset[str]:
    before = [word.stem for word in words(text[:start]) if word.is_content][-2:]
    behind = [word.stem for word in words(text[end:]) if word.is_content][:2]
    return frozenset((*before, *behind))


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
