"""Which nuggets an answer states, and what else it is worth.

Invariant: nothing here asks or reads anything; the same answer gets the same score. Only the
first sentences of an answer count, so that pouring out an article gains nothing, and a declined
answer states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.coverage.answers import FAILED, Given, Said
from evals.coverage.nuggets import EverydayQuestion, Nugget, SourceSpan, even, pattern
from rag.kinds import ROWS

SPAN_SHARE = 0.6  # of a span that a shown quote has to cover
SENTENCES = 5
SENTENCES_OF_BROAD_KINDS = 8
BROAD_KINDS = frozenset(row.name for row in ROWS if row.broad)
LISTING_KINDS = frozenset({"list", "count"})
SENTENCES_OF_LISTS = 6  # at least; else one for each item, and
BESIDE_THE_ITEMS = 3

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SAYS_YES_OR_NO = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)
# How systems that give text alone decline.
_DECLINES = re.compile(
    r"don'?t know|do not know|not (?:mentioned|provided|specified|stated)|no information"
    r"|does not (?:provide|mention|specify)|unable to",
    re.IGNORECASE,
)

SaidVerdict = Literal["yes", "no", "not_said", "none"]  # none: the answer takes no side


@dataclass(frozen=True)
class Shown:
    """Words a reader sees and the quotes they cite."""

    texts: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()

    def states(self, nugget: Nugget) -> bool:
        """A pattern matches the words or the quotes, or a quote covers enough of a span.

        >>> sank = Nugget(id="n", text="It sank.", vital=True, any_of=("sank|went down",))
        >>> Shown(("The ferry  sank.",)).states(sank), Shown(("It stayed.",)).states(sank)
        (True, False)
        """
        everything = even(" ".join((*self.texts, *self.quotes)))
        return any(pattern(one).search(everything) for one in nugget.any_of) or any(
            self._covers(span) for span in nugget.spans
        )

    def _covers(self, span: SourceSpan) -> bool:
        wanted = even(span.quote)
        return any(
            wanted in quote or (quote in wanted and len(quote) >= SPAN_SHARE * len(wanted))
            for quote in map(even, self.quotes)
        )


@dataclass(frozen=True)
class Scored:
    """What one answer is worth. `stated` follows the question's nuggets.

    `to_the_point` says of each shown sentence whether it states a nugget; empty where the answer
    was declined or nothing is expected of it.
    """

    question: EverydayQuestion
    failed: bool
    declined: bool
    stated: tuple[bool, ...]
    to_the_point: tuple[bool, ...]
    says_wrong: bool
    verdict: SaidVerdict | None
    sentences: int
    words: int
    seconds: float
    first_sentence_s: float | None

    @property
    def expected(self) -> bool:
        """A question about the news that the articles answer."""
        return self.question.answerable and self.question.about_news

    @property
    def vital(self) -> tuple[bool, ...]:
        """Of each vital nugget whether it is stated."""
        pairs = zip(self.question.nuggets, self.stated, strict=True)
        return tuple(stated for nugget, stated in pairs if nugget.vital)

    @property
    def declines(self) -> bool:
        """Declined, or answered that the articles do not say."""
        return self.declined or self.verdict == "not_said"

    @property
    def right_verdict(self) -> bool:
        """The verdict is the one expected."""
        return self.verdict == self.question.verdict

    @property
    def false_verdict(self) -> bool:
        """A yes or no that the articles contradict, or that they do not give."""
        return self.verdict in ("yes", "no") and not self.right_verdict

    @property
    def helped(self) -> bool:
        """Answered with everything vital."""
        return not self.declined and all(self.vital)


def sentence_limit(question: EverydayQuestion) -> int:
    """How many sentences of an answer count."""
    if question.kind in BROAD_KINDS:
        return SENTENCES_OF_BROAD_KINDS
    if question.kind in LISTING_KINDS:
        return max(SENTENCES_OF_LISTS, len(question.nuggets) + BESIDE_THE_ITEMS)
    return SENTENCES


def score(question: EverydayQuestion, given: Given) -> Scored:
    """What the answer to `question` is worth."""
    said = given.answer
    declined = is_declined(said)
    sentences = _sentences(said, sentence_limit(question))
    shown = _all_shown(said, sentences)
    return Scored(
        question=question,
        failed=said.status == FAILED,
        declined=declined,
        stated=tuple(not declined and shown.states(nugget) for nugget in question.nuggets),
        to_the_point=tuple(
            any(sentence.states(nugget) for nugget in question.nuggets)
            for sentence in sentences
            if question.nuggets and not declined
        ),
        says_wrong=not declined and _says_any(question.wrong, shown.texts),
        verdict=verdict_of(said) if question.verdict else None,
        sentences=0 if declined else len(shown.texts),
        words=0 if declined else len(" ".join(shown.texts).split()),
        seconds=given.s,
        first_sentence_s=said.timings_s.first_sentence,
    )


def is_declined(said: Said) -> bool:
    """Abstained, failed, empty, or without claims and saying that nothing is known.

    >>> is_declined(Said(status="answered", text="The articles do not mention it, I do not know."))
    True
    """
    if said.status in ("abstained", FAILED) or not said.text.strip():
        return True
    return not said.claims and _DECLINES.search(said.text) is not None


def verdict_of(said: Said) -> SaidVerdict:
    """The answer's own verdict, else what its first word says; an abstention says not_said.

    >>> verdict_of(Said(status="answered", text="No, it stayed open."))
    'no'
    """
    for verdict in ("yes", "no", "not_said"):
        if said.verdict == verdict:
            return verdict
    if said.verdict is not None:
        return "none"
    if said.status == "abstained":
        return "not_said"
    opening = _SAYS_YES_OR_NO.match(said.text)
    if opening is None:
        return "none"
    return "yes" if opening[1].lower() == "yes" else "no"


def _sentences(said: Said, limit: int) -> tuple[Shown, ...]:
    """The sentences that count, each with the quotes it cites."""
    if not said.claims:
        return tuple(Shown((text,)) for text in _SENTENCE_END.split(said.text)[:limit])
    return tuple(
        Shown((claim.text,), _quotes(said, claim.citations)) for claim in said.claims[:limit]
    )


def _all_shown(said: Said, sentences: Sequence[Shown]) -> Shown:
    """With the sentences that count, in an answer of claims, its lead and its conflicts."""
    parts = list(sentences)
    if said.claims:
        parts[:0] = [Shown((said.lead,))] if said.lead else []
        parts += [
            Shown((position.text,), _quotes(said, position.citations))
            for conflict in said.conflicts
            for position in conflict.positions
        ]
    return Shown(
        tuple(text for part in parts for text in part.texts),
        tuple(quote for part in parts for quote in part.quotes),
    )


def _quotes(said: Said, numbers: Iterable[int]) -> tuple[str, ...]:
    known = {citation.number: citation.quote for citation in said.citations}
    return tuple(known[number] for number in numbers if number in known)


def _says_any(wrong: Iterable[str], texts: Iterable[str]) -> bool:
    words = even(" ".join(texts))
    return any(re.search(one, words, re.IGNORECASE) for one in wrong)
