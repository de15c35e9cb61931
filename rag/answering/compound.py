"""The questions within a question: "how many came, and who led them?", "1) … 2) …", "A and B".

A text is read as sentences, each sentence as clauses that ask. What asks nothing beside one that
does ("I am writing about the port.") is its setting. Invariant: together the parts ask all that
the question asks, each in the question's own words but for the number of its verb.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rag.answering.classifying import by_pattern
from rag.articles.sentences import sentence_spans
from rag.kinds import TRAITS
from rag.text.overlap import content
from rag.text.words import words

ASKING = "how|what|when|where|who|whom|whose|which|why"
_WITH = r"(?:(?:to|by|for|in|at|of|on|from|with|about|since|until)\s+)?"
_VERB = (
    "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|isn[’']t|aren[’']t|"
    "wasn[’']t|weren[’']t|don[’']t|doesn[’']t|didn[’']t"
)
_ORDER = (
    r"(?:please\s+|then\s+|also\s+)*(?:give|show|tell|list|name|summari[sz]e|compare|explain|"
    r"describe|sum up|make|write|draw up)\b"
)
# Where the next wish begins, and where the next clause that asks: after "and", or after a comma
# where its words stand in the order of a question.
_WISH = rf"(?:,|;)\s+(?:and\s+|then\s+|or\s+)?(?={_ORDER})|\s+and\s+(?:then\s+)?(?={_ORDER})"
_NEXT_WISH = re.compile(_WISH, re.I)
_NEXT = re.compile(
    rf"(?:,|;)?\s+(?:and|then|but)\s+(?=(?:also\s+|then\s+)?{_WITH}(?:{ASKING})\b)"
    rf"|[,;]\s+(?=(?:also\s+|then\s+)?(?:how (?:many|much)|(?:(?:when|where|why)\s+|{_WITH}"
    rf"(?:how|what)\s+(?:[\w’'-]+\s+){{0,4}}?)(?:{_VERB}))\b)|{_WISH}",
    re.I,
)
# "When it rains, …" asks nothing; "when did it rain" does.
_SUBORDINATE = (
    rf"(?:(?:when|where|why|since|if|as)\s+(?!(?:{_VERB})\b)|"
    rf"how\s+(?!(?:{_VERB}|much|many|far|long|old|often|\w+ly)\b))(?=[^?]*,)"
)
_OPENS = (
    rf"^\W*(?:(?:and|but|so|also|then|ok|hi|hello|please|pls)\W+)*"
    rf"(?!{_SUBORDINATE})(?:{_WITH}(?:{ASKING})(?:[’']s)?\b|(?:{_VERB})\b|{_ORDER})"
)
_OPENS_ASKING = re.compile(_OPENS, re.I)
_ASKS = re.compile(rf"{_OPENS}|\?\W*$", re.I)
_SENTENCE_END = re.compile(
    rf"(?<=[?!])[\"'”’)*]*\s+(?=\w)|(?<=[a-z]{{3}}[.…])\s+(?=(?:{ASKING}|{_VERB})\s)|\s*\n+\s*"
)
_NUMBERED = re.compile(r"(?:(?<=\s)|^)\(?(?:(?P<number>\d{1,2})|(?P<letter>[a-i]))(?:[).]|\.\))\s+")
_BULLET = re.compile(r"^\s*[-*•–]\s+", re.M)
_MARKS = re.compile(r"(?<!\w)[*_`#>~]+|[*_`~]+(?!\w)")
_JOINERS = "\ufe0f\u200d"
_FEWEST_CAPITALS = 3
# What opens a remark on how to answer, and is no question of its own.
_OPENS_REMARK = frozenset(
    """please pls list explain describe briefly brief short shortly in a an one two just keep full
    names summary summarise summarize overview timeline why what how""".split()
)
_MOST_REMARK_WORDS = 5
_NOUN = r"(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+"
_NAME = r"[A-Z][\w’'-]*(?:\s+(?:[A-Z]|al-|el-|de\s|der\s|van\s|von\s|bin\s|of\s)[\w’'-]*)*"
_TWO = rf"({_NOUN}|{_NAME})\s+and\s+({_NOUN}|{_NAME})"
_EACH = re.compile(rf"\b{_TWO}\s+(?:each|both|respectively)\b")
_ARE_BOTH = re.compile(rf"(?<=\s)(are|were)\s+{_TWO}(?=\W*$|\s+(?:from|in|on|at)\b)")
_OF_BOTH = re.compile(rf"(?<=s )(of|in|at|from)\s+({_NAME})\s+and\s+({_NAME})(?=\W*$)")
_OF_ONE = {"are": "is", "were": "was"}
_TOGETHER = re.compile(
    r"\b(?:apart|between|common|together|each other|one another|same|differ\w*|relat\w*|"
    r"compar\w*)\b",
    re.I,
)
_NAMES_WHAT = re.compile(rf"(?:\w+\s+)?(?:{ASKING})\b", re.I)


def plain(text: str) -> str:
    """A question as it was meant: without Markdown and pictures, and not all in capitals.

    >>> plain("**WHO LED IT** 🚢 AND WHEN?")
    'Who led it and when?'
    >>> plain("Is NATO in IS?"), plain("What is the CTS?")
    ('Is NATO in IS?', 'What is the CTS?')
    """
    bare = "".join(mark for mark in _MARKS.sub("", text) if not _is_picture(mark))
    lines = [" ".join(line.split()) for line in bare.splitlines()]
    kept = "\n".join(line for line in lines if line)
    letters = [mark for mark in kept if mark.isalpha()]
    long_enough = len(kept.split()) > _FEWEST_CAPITALS
    if letters and long_enough and all(map(str.isupper, letters)):
        kept = kept[:1] + kept[1:].lower()
    return kept or text


def parts(question: str) -> tuple[str, ...]:
    """The questions within a compound question, in order; of two asked about at once, one each.

    >>> parts("How many were sent, and how many were destroyed?")
    ('How many were sent', 'how many were destroyed?')
    >>> parts("I write on the port. 1) Who owns it? 2) What did it cost?")
    ('Who owns it?', 'What did it cost?')
    >>> parts("How far from Mull are Oban and Craignure?")
    ('How far from Mull is Oban?', 'How far from Mull is Craignure?')
    >>> parts("What did the mayor and Ann Holm each say?")
    ('What did the mayor say?', 'What did Ann Holm say?')
    >>> parts("How far apart are Oban and Craignure?")
    ('How far apart are Oban and Craignure?',)
    """
    asking = [it for it in _sentences(question) if _ASKS.search(it) or is_remark(it)]
    return tuple(one for part in _clauses(asking or [question]) for one in _of_each(part))


def setting(question: str) -> str:
    """What a question says before it asks, and nothing where it only asks.

    >>> setting("The ferry Sigrun burnt. Where did it start?"), setting("Who led it?")
    ('The ferry Sigrun burnt.', '')
    """
    sentences = _sentences(question)
    told = [it for it in sentences if not (_ASKS.search(it) or is_remark(it))]
    return " ".join(told) if len(told) < len(sentences) else ""


def _clauses(sentences: Sequence[str]) -> list[str]:
    """Each thing that is asked; what only says how ("… list them") stays with it."""
    found: list[str] = []
    for sentence in sentences:
        if found and is_remark(sentence):
            found[-1] = f"{found[-1]} {sentence}"
            continue
        start = 0
        # "Compare what they say of who came and when it began" is one wish.
        cuts = _NEXT_WISH if _is_broad(sentence) else _NEXT
        for end in [*(it.span() for it in cuts.finditer(sentence)), (len(sentence),) * 2]:
            clause = sentence[start : end[0]].strip(" ,;")
            asks = bool(content(clause) - _OPENS_REMARK) and _ASKS.search(f"{clause},") is not None
            if asks or end[1] == len(sentence):
                found.append(clause)
                start = end[1]
    return [it for it in found if it.strip(" ?")]


def _is_broad(sentence: str) -> bool:
    told = by_pattern(sentence)
    return told is not None and TRAITS[told].broad


def is_remark(sentence: str) -> bool:
    """Whether it only says how to answer what was asked before it.

    >>> is_remark("list them all pls"), is_remark("in order"), is_remark("why?")
    (True, True, True)
    >>> is_remark("What did they do?"), is_remark("list the victims of the fire in Oban")
    (False, False)
    """
    found = words(sentence)
    if not found or len(found) > _MOST_REMARK_WORDS or found[0].lower not in _OPENS_REMARK:
        return False
    named = any(word.is_capitalised for word in found[1:])
    return not named and (len(found) == 1 or found[0].lower not in ("why", "what", "how"))


def _sentences(text: str) -> list[str]:
    lines = [it for one in _items(text) for it in _SENTENCE_END.split(one)]
    found: list[str] = []
    for piece in (span.of(line) for line in lines for span in sentence_spans(line)):
        if found and _is_cut_off(found[-1]) and not _OPENS_ASKING.search(piece):
            found[-1] = f"{found[-1]} {piece}"  # "… of St. | Michael Academy?"
        elif re.search(r"\w", piece):
            found.append(piece.strip())
    return found


def _is_cut_off(piece: str) -> bool:
    return _OPENS_ASKING.search(piece) is not None and not piece.endswith(("?", "!"))


def _items(text: str) -> list[str]:
    """The text cut before each of its numbers "1) … 2) …", or its bullets."""
    marks = list(_NUMBERED.finditer(text))
    first = [it.group("number") or it.group("letter") for it in marks[:2]]
    if first not in (["1", "2"], ["a", "b"]):
        return _BULLET.split(text)
    ends = [it.end() for it in marks]
    starts = [*(it.start() for it in marks[1:]), len(text)]
    return [
        text[: marks[0].start()],
        *(text[a:b].rstrip(" ,;") for a, b in zip(ends, starts, strict=True)),
    ]


def _is_picture(mark: str) -> bool:
    """Emoji and their joiners."""
    return unicodedata.category(mark) == "So" or mark in _JOINERS


def _of_each(part: str) -> tuple[str, ...]:
    if not _NAMES_WHAT.match(part) or _TOGETHER.search(part):
        return (part,)
    if each := _EACH.search(part):
        return tuple(f"{part[: each.start()]}{one}{part[each.end() :]}" for one in each.groups())
    if both := _OF_BOTH.search(part):
        where, *of = both.groups()
        return tuple(f"{part[: both.start()]}{where} {one}{part[both.end() :]}" for one in of)
    if both := _ARE_BOTH.search(part):
        verb, *of = both.groups()
        return tuple(
            f"{part[: both.start()]}{_OF_ONE[verb]} {one}{part[both.end() :]}" for one in of
        )
    return (part,)
