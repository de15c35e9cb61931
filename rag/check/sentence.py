"""Does what is cited say all of a reworded sentence? Named rules, no model, no question.

A model that writes uses its own words. So what is compared is not the wording but what a reader
would hold it to: numbers, dates, names, who said it, who did it to whom, what is denied, how many,
which way, how sure, and that no clause joins what no place of an article joins. Invariant: a rule
only ever fails a sentence and says which words are at fault; where none does, `support` says how
much of the sentence stands in what is cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.check import opposites, order, stated, voice
from rag.check.checks import Evidence, Reason, failures
from rag.check.ground import Cited, Ground, ground_of
from rag.text.framing import bare, without_opening
from rag.text.overlap import content

# Share of the content words that must stand in what is cited or around it.
STANDS = 0.5
SURE = 0.8
# With less of it no model's word helps.
LEAST_STATED = 0.2
_NUMBER_WEIGHT = 2.0

_MARKER = re.compile(r"^\s*(?:[-*•–—]+|\(?\d{1,2}[.)](?=\s+\D)|[a-z]\))\s+")
_YES_OR_NO = re.compile(r"^\s*(?:yes|no|yeah|correct|indeed)\s*[,.;:!–—-]+\s+(?=\S)", re.I)
_NUMBERS = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_HEDGED = re.compile(
    r"\b(?:according to|said|says|report(?:s|ed)?|risk(?:s|ed)?|likely|suspect(?:s|ed)?|could|"
    r"consider(?:s|ed)?|describ(?:es|ed)|claim(?:s|ed)?|estimat(?:es|ed)|warn(?:s|ed)|seen|hope|"
    r"intend(?:s|ed)?|aim(?:s|ed)?|propos(?:es|ed)|vow(?:s|ed)?|danger|possible|to be|want)\b",
    re.I,
)
_MAY = re.compile(r"(?<=[a-z] )May\b|\bMay (?=\d)")
_MILD_SHARES = frozenset({"some", "many", "several", "others", "other", "the other"})


@dataclass(frozen=True)
class Stands:
    """No rule found a fault; `support` is how much of it is stated (0…1)."""

    support: float

    @property
    def is_sure(self) -> bool:
        """True where nearly all of its words are those of what it cites."""
        return self.support >= SURE


@dataclass(frozen=True)
class Fails:
    """Which rule found a fault, and the words at fault."""

    reason: Reason
    detail: str


def check_sentence(
    text: str, cited: Sequence[Cited], context: Sequence[Cited] = ()
) -> Stands | Fails:
    """Whether the cited places, at least one, say all that the sentence says.

    `context` are further sentences that were read; those of a cited article may name who "he" is.
    """
    claim = tidied(text)
    ground = ground_of(cited, context)
    for reason, rule in RULES:
        detail = rule(claim, ground)
        if detail is not None:
            return Fails(reason, detail)
    support = support_of(claim, ground)
    if support < STANDS:
        return Fails("not_stated", ", ".join(sorted(stated.novel(claim, ground))[:4]))
    return Stands(round(support, 3))


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


def _as_before(reason: Reason, *, wide: bool = False) -> Callable[[str, Ground], str | None]:
    """A check of `checks.failures`, held against what is cited, or also what is around it."""

    def rule(claim: str, ground: Ground) -> str | None:
        text = f"{ground.main}\n{ground.near}" if wide else ground.main
        evidence = Evidence(text, ground.near, ground.titles, ground.ordinary)
        found = [it.detail for it in failures(claim, evidence) if it.reason == reason]
        return found[0] if found else None

    return rule


def _certainty(claim: str, ground: Ground) -> str | None:
    if _HEDGED.search(claim):
        return None
    text = _MAY.sub("June", ground.main)  # the month is no hedge
    evidence = Evidence(text, ground.near, ground.titles, ground.ordinary)
    found = [it.detail for it in failures(claim, evidence) if it.reason == "certainty_differs"]
    return found[0] if found and found[0].lower() not in ("would", "should") else None


def _share(claim: str, ground: Ground) -> str | None:
    detail = _as_before("share_differs")(claim, ground)
    if detail is not None and detail.lower() not in _MILD_SHARES:
        is_one_of = re.search(
            rf"\b(?:is|are|was|were|as|be|been|and) {detail}\b", ground.main, re.I
        )
        if is_one_of is None:
            return detail
    return opposites.quantity(claim, ground)


RULES: tuple[tuple[Reason, Callable[[str, Ground], str | None]], ...] = (
    ("quotation_not_in_source", _as_before("quotation_not_in_source", wide=True)),
    ("number_not_in_source", stated.number),
    ("date_not_in_source", stated.date),
    ("name_not_in_source", stated.name),
    ("role_not_in_source", _as_before("role_not_in_source")),
    ("wrong_speaker", voice.speaker),
    ("negation_differs", opposites.negation),
    ("direction_differs", opposites.direction),
    ("share_differs", _share),
    ("bound_differs", _as_before("bound_differs")),
    ("bound_differs", stated.strict_bound),
    ("certainty_differs", _certainty),
    ("certainty_differs", opposites.openness),
    ("cause_differs", _as_before("cause_differs", wide=True)),
    ("order_differs", order.swapped),
    ("order_differs", order.exchanged),
    ("sources_merged", order.merged),
    ("speaker_left_out", voice.left_out),
)
