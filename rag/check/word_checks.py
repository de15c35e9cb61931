"""Single checks of words, one claim against its evidence, that the rules of `rag.check.rules` use.

A model has no say in them. Each looks for one way in which small models go wrong and names what it
found. Invariant: a claim that copies a source sentence passes every check against that sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.articles.article import Span
from rag.text.figures import Bound, Figure, amounts, counted, figures, is_among
from rag.text.names import NameIndex, has_role, missing_names, names, roles
from rag.text.overlap import content, coverage
from rag.text.reasons import because, gives_reason
from rag.text.words import stem, words

Reason = Literal[
    "quotation_not_in_source",
    "number_not_in_source",
    "date_not_in_source",
    "name_not_in_source",
    "role_not_in_source",
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
    "does_not_answer",
]

MIN_COVERAGE = 0.7
_LEANING = re.compile(
    r"\b(?:he|him|his|she|hers?|they|them|their|its?|this|these|those|that|there|here|who|which|"
    r"I|we|our|us|my)\b",
    re.I,
)
# How far a "not", a "may" or a "the rest" is taken to reach.
_REACH_CHARS = 40

_QUOTED = re.compile(r"“([^”]{2,})”|\"([^\"]{2,})\"|(?<![\w])‘([^’]{12,})’(?![\w])")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|denied|denies|deny|"
    r"refused|refuses|failed|fails|unable|\w+n[’']t)\b",
    re.I,
)
# "The rest were destroyed" does not say that they were.
_SHARES = re.compile(
    r"\b(?:the rest|(?:the )?others?|remaining|remainder|some|most|many|few|several|half|"
    r"part of|one of|two of|nearly|almost|hardly|barely)\b",
    re.I,
)
_COUNTED_SHARES = {"one", "two"}
_CERTAINTY = re.compile(
    r"\b(?:may|might|could|would|should|reportedly|apparently|allegedly|alleged|possibly|"
    r"probably|perhaps|appears?|seems?|thought|believed|feared|fears?|afraid|expected|hopes?|"
    r"plans?|planned|attempt(?:s|ed)?|tried|tries|threaten(?:s|ed)?|want(?:s|ed)?|regarded|"
    r"seen as)\b",
    re.I,
)
_OPPOSITES = (
    (
        "rise rose risen increase grow grew up climb gain soar",
        "fall fell fallen decrease decline drop shrank shrink lose plunge cut",
    ),
    ("win won victory beat", "lose lost defeat"),
    ("before earlier", "after later"),
    ("more above over higher", "fewer less below under lower"),
    ("oldest older", "youngest younger"),
    ("best better", "worst worse"),
    ("largest bigger biggest larger", "smallest smaller"),
    ("first", "last"),
    ("north northern", "south southern"), ("east eastern", "west western"),
    ("open opened", "close closed"), ("arrive", "leave left depart"),
    ("accept accepted", "reject rejected"), ("support supported", "oppose opposed"),
    ("alive survive survived", "dead died killed die"),
    ("buy bought", "sell sold"), ("allow allowed", "ban banned forbid forbade"),
    ("guilty convicted", "innocent acquitted"), ("male man men", "female woman women"),
    ("most", "least"), ("import", "export"), ("success succeed", "failure fail"),
    ("fast faster quick quicker", "slow slower"), ("legal", "illegal"),
)  # fmt: skip


@dataclass(frozen=True)
class Failure:
    """A check that did not hold: why, and the words at fault."""

    reason: Reason
    detail: str


@dataclass(frozen=True)
class Evidence:
    """`text` is what is cited; `title` and `context` (sentences before) may only resolve names.

    The sentences before say who "he" is, so they count where the text has such a word.

    `ordinary` are words that the sources also write in lower case: no names, when they open a
    sentence.
    """

    text: str
    context: str = ""
    title: str = ""
    ordinary: Collection[str] = ()


def quotations(text: str) -> tuple[str, ...]:
    """What stands between quotation marks.

    >>> quotations('He said: "We will go." and “left”')
    ('We will go.', 'left')
    """
    return tuple(next(filter(None, match.groups())) for match in _QUOTED.finditer(text))


def _letters(text: str) -> str:
    """Letters and figures alone: how marks, blanks and dashes are set is no difference in words."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _quotation(claim: str, evidence: Evidence) -> str | None:
    source = _letters(evidence.text), _letters(evidence.title)
    for quoted in quotations(claim):
        parts = [_letters(part) for part in re.split(r"\.\.\.|…|\[[^\]]*\]", quoted)]
        if not any(all(part in place for part in parts if part) for place in source):
            return quoted
    return None


def _number(claim: str, evidence: Evidence) -> str | None:
    stated = amounts(evidence.text)
    for figure in amounts(claim):
        agreeing = [other for other in stated if figure.follows_from(other)]
        if not agreeing or counts_something_else(figure, claim, agreeing, stated, evidence.text):
            return figure.text
    return None


def counts_something_else(
    figure: Figure,
    claim: str,
    agreeing: Sequence[Figure],
    stated: Sequence[Figure],
    source: str,
) -> bool:
    """True when the source has the number for another thing, and another number for this one.

    "Two bombs" is not what "nine bombs and two drones" says.
    """
    things = counted(figure, claim)
    if not things or any(things & counted(other, source) for other in agreeing):
        return False
    return any(
        things <= counted(other, source) for other in stated if not figure.agrees_with(other)
    )


def _missing(claim: str, evidence: Evidence, *, dates: bool) -> str | None:
    known = [evidence.text]
    if not dates:
        known += [evidence.title, evidence.context if leans(evidence.text) else ""]
    index = NameIndex("\n".join(known))
    for name in missing_names(claim, index, ordinary=evidence.ordinary):
        if name.is_date == dates and not (name.first and figures(name.text)):
            return name.text
    return None


def _date(claim: str, evidence: Evidence) -> str | None:
    return _missing(claim, evidence, dates=True)


def _name(claim: str, evidence: Evidence) -> str | None:
    return _missing(claim, evidence, dates=False)


def _role(claim: str, evidence: Evidence) -> str | None:
    for owner, role in roles(claim):
        if not has_role(f"{evidence.text}\n{evidence.title}\n{evidence.context}", owner, role):
            return f"{owner} {role}"
    return None


def speakers(text: str, quoted: str) -> tuple[str, ...]:
    """Names beside a quotation, outside all quotation marks, in the paragraph that has it."""
    place = _plain_find(text, quoted)
    if place is None:
        return ()
    paragraph = text[text.rfind("\n", 0, place) + 1 :].split("\n", 1)[0]
    outside = _QUOTED.sub(lambda match: '"' + "x" * (len(match.group()) - 2) + '"', paragraph)
    return tuple(name.text for name in names(outside) if not name.is_date)


def _plain_find(text: str, quoted: str) -> int | None:
    pattern = r"\s+".join(re.escape(word) for word in quoted.split()[:4])
    match = re.search(pattern, text)
    return match.start() if match else None


def _speaker(claim: str, evidence: Evidence) -> str | None:
    for quoted in quotations(claim):
        said_by = speakers(claim, quoted)
        in_source = speakers(evidence.text, quoted)
        if said_by and in_source:
            index = NameIndex(" ".join(in_source))
            if not any(index.has(word) for name in said_by for word in name.split()):
                return said_by[0]
    return None


def leans(text: str) -> bool:
    """True where a word of it ("he", "that") means something said before."""
    return bool(_LEANING.search(text))


def is_negated(text: str) -> bool:
    """True where anything is denied in it.

    >>> is_negated("Nobody was hurt."), is_negated("She knows it.")
    (True, False)
    """
    return bool(_NEGATION.search(text))


def _negation(claim: str, evidence: Evidence) -> str | None:
    in_claim = _NEGATION.search(claim)
    if in_claim:
        return None if _NEGATION.search(evidence.text) else in_claim.group()
    return _left_out(_NEGATION, claim, evidence)


def _left_out(pattern: re.Pattern[str], claim: str, evidence: Evidence) -> str | None:
    """A word of `pattern` that the source puts before words that the claim has, and it has not.

    "The one that got through" has the "one of" of its source.
    """
    if pattern.search(claim):
        return None
    stems, counts = content(claim), {word.lower for word in words(claim)} & _COUNTED_SHARES
    in_numbers = [it.span for it in figures(evidence.text) if it.unit != "percent"]
    for match in pattern.finditer(evidence.text):
        if match.group().split()[0].lower() in counts:
            continue
        if is_among(Span(*match.span()), in_numbers):
            continue  # the half of "an hour and a half"
        after = words(evidence.text[match.end() : match.end() + _REACH_CHARS])
        following = [word.stem for word in after if word.is_content]
        if following and following[0] in stems:
            return match.group()
    return None


def _share(claim: str, evidence: Evidence) -> str | None:
    return _left_out(_SHARES, claim, evidence)


def _certainty(claim: str, evidence: Evidence) -> str | None:
    return _left_out(_CERTAINTY, claim, evidence)


def _cause(claim: str, evidence: Evidence) -> str | None:
    """A "because" that the source has no word for: one thing beside another is no reason."""
    return None if gives_reason(evidence.text) else because(claim)


def _bound(claim: str, evidence: Evidence) -> str | None:
    """A number whose "at least" is gone, or has become an "up to"."""
    bounds: dict[float, list[Bound]] = {}
    plain: set[float] = set()
    for figure in figures(evidence.text):
        if figure.bound:
            bounds.setdefault(figure.value, []).append(figure.bound)
        else:
            plain.add(figure.value)
    for figure in figures(claim):
        if figure.value in plain or figure.value not in bounds:
            continue
        mine, stated = figure.bound, bounds[figure.value]
        if mine is None or not any(mine.says_as_much(theirs) for theirs in stated):
            return f"{stated[-1].text} {figure.text}"
    return None


def opposite(claim: str, source: str) -> bool:
    """True where the source has the opposite of a word of the claim, and not the word.

    >>> opposite("The rate fell.", "The rate rose."), opposite("It fell.", "It fell, then rose.")
    (True, False)
    """
    return _opposite(claim, source) is not None


def _direction(claim: str, evidence: Evidence) -> str | None:
    return _opposite(claim, evidence.text)


def _opposite(claim: str, source: str) -> str | None:
    in_claim = {word.stem for word in words(claim)}
    in_source = {word.stem for word in words(source)}
    for pair in _OPPOSITES:
        one, other = ({stem(word) for word in side.split()} for side in pair)
        for mine, theirs in ((one, other), (other, one)):
            if in_claim & mine and not in_source & mine and in_source & theirs:
                return min(in_claim & mine)
    return None


def _stated(claim: str, evidence: Evidence) -> str | None:
    if coverage(claim, f"{evidence.text} {evidence.title} {evidence.context}") >= MIN_COVERAGE:
        return None
    return ", ".join(sorted(content(claim) - content(evidence.text))[:4])


CHECKS: tuple[tuple[Reason, Callable[[str, Evidence], str | None]], ...] = (
    ("quotation_not_in_source", _quotation),
    ("number_not_in_source", _number),
    ("date_not_in_source", _date),
    ("name_not_in_source", _name),
    ("role_not_in_source", _role),
    ("wrong_speaker", _speaker),
    ("negation_differs", _negation),
    ("direction_differs", _direction),
    ("share_differs", _share),
    ("bound_differs", _bound),
    ("certainty_differs", _certainty),
    ("cause_differs", _cause),
    ("not_stated", _stated),
)


def failures(claim: str, evidence: Evidence) -> tuple[Failure, ...]:
    """Every check that the claim fails against this evidence, in order of how telling it is.

    >>> source = Evidence("Nine bombs were sent; eight were destroyed on Thursday.")
    >>> failures("Nine bombs were sent.", source)
    ()
    >>> [failure.reason for failure in failures("Seven bombs were destroyed Friday.", source)]
    ['number_not_in_source', 'date_not_in_source', 'not_stated']
    """
    found = ((reason, check(claim, evidence)) for reason, check in CHECKS)
    return tuple(Failure(reason, detail) for reason, detail in found if detail is not None)
