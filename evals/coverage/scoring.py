"""Which nuggets an answer states, and the figures of a whole set.

Invariant: nothing here asks or reads anything; the same answers give the same figures. Only the
first sentences of an answer count, so that pouring out an article gains nothing, and a declined
answer states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.coverage.answers import FAILED, Given, Said
from evals.coverage.nuggets import EverydayQuestion, Nugget, SourceSpan, even, pattern
from evals.stats import Difference, Estimate, mean, paired_difference, quantile

SPAN_SHARE = 0.6  # of a span that a shown quote has to cover
SENTENCES = 5
SENTENCES_OF_BROAD_KINDS = 8
BROAD_KINDS = frozenset({"overview", "summary", "comparison", "timeline"})
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


@dataclass(frozen=True)
class Pace:
    """Seconds: mean, median and 95th percentile, each an estimate."""

    mean: Estimate
    median: Estimate
    p95: Estimate


@dataclass(frozen=True)
class KindRow:
    """One kind of question, without intervals: there are few of each."""

    questions: int
    vital: float | None
    every: float | None
    declined: int
    sentences: float
    words: float
    seconds: float


@dataclass(frozen=True)
class Measures:
    """The figures of one system on one set. Shares, but for the two paces.

    Of answerable questions about the news: `vital` and `every` nugget stated, shown sentences
    `to_the_point`, `declined`. Of those that cannot be answered: `rightly_declined`. Of yes/no:
    `right_verdicts`, `false_verdicts`. Of small talk and the collection itself: `helped`.
    """

    questions: int
    by_kind: Mapping[str, KindRow]
    vital: Estimate
    every: Estimate
    to_the_point: Estimate
    declined: Estimate
    rightly_declined: Estimate
    right_verdicts: Estimate
    false_verdicts: Estimate
    helped: Estimate
    says_wrong: tuple[str, ...]
    seconds: Pace
    first_sentence_s: Pace


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
        declined=declined,
        stated=tuple(not declined and shown.states(nugget) for nugget in question.nuggets),
        to_the_point=tuple(
            any(sentence.states(nugget) for nugget in question.nuggets)
            for sentence in sentences
            if question.nuggets and not declined
        ),
        says_wrong=not declined and _says_any(question.wrong, shown.texts),
        verdict=verdict_of(said) if question.kind == "yes_no" else None,
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


def measures(scored: Sequence[Scored]) -> Measures:
    """The figures of one system; whole questions are resampled for the intervals."""
    news = [one for one in scored if _is_news(one)]
    unanswerable = [one for one in scored if not one.question.answerable]
    yes_no = [one for one in scored if one.question.kind == "yes_no"]
    beside = [one for one in scored if not one.question.about_news]
    first = [one.first_sentence_s for one in scored if one.first_sentence_s is not None]
    return Measures(
        questions=len(scored),
        by_kind=_by_kind(scored),
        vital=_share(news, lambda one: one.vital),
        every=_share(news, lambda one: one.stated),
        to_the_point=_share(news, lambda one: one.to_the_point),
        declined=_share(news, lambda one: (one.declined,)),
        rightly_declined=_share(unanswerable, lambda one: (one.declines,)),
        right_verdicts=_share(yes_no, lambda one: (one.right_verdict,)),
        false_verdicts=_share(yes_no, lambda one: (one.false_verdict,)),
        helped=_share(beside, lambda one: (one.helped,)),
        says_wrong=tuple(one.question.id for one in scored if one.says_wrong),
        seconds=_pace([one.seconds for one in scored]),
        first_sentence_s=_pace(first),
    )


def paired(base: Sequence[Scored], new: Sequence[Scored]) -> list[tuple[Scored, Scored]]:
    """The answers to the questions that both were asked."""
    known = {one.question.id: one for one in base}
    return [(known[one.question.id], one) for one in new if one.question.id in known]


def vital_difference(pairs: Sequence[tuple[Scored, Scored]]) -> Difference:
    """How many more of the vital nuggets the second of each pair states than the first."""
    rows = [
        (float(before), float(after), number)
        for number, (base, new) in enumerate(pairs)
        if _is_news(new)
        for before, after in zip(base.vital, new.vital, strict=True)
    ]
    return paired_difference(
        [before for before, _, _ in rows],
        [after for _, after, _ in rows],
        [number for _, _, number in rows],
    )


def _is_news(scored: Scored) -> bool:
    return scored.question.answerable and scored.question.about_news


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


def _share(scored: Sequence[Scored], of: Callable[[Scored], Sequence[bool]]) -> Estimate:
    rows = [(float(hit), number) for number, one in enumerate(scored) for hit in of(one)]
    return mean([hit for hit, _ in rows], [number for _, number in rows], share=True)


def _by_kind(scored: Sequence[Scored]) -> dict[str, KindRow]:
    kinds = dict.fromkeys(one.question.kind for one in scored)
    return {kind: _row([one for one in scored if one.question.kind == kind]) for kind in kinds}


def _row(scored: Sequence[Scored]) -> KindRow:
    return KindRow(
        questions=len(scored),
        vital=_share(scored, lambda one: one.vital).value,
        every=_share(scored, lambda one: one.stated).value,
        declined=sum(one.declined for one in scored),
        sentences=sum(one.sentences for one in scored) / len(scored),
        words=sum(one.words for one in scored) / len(scored),
        seconds=sum(one.seconds for one in scored) / len(scored),
    )


def _pace(seconds: Sequence[float]) -> Pace:
    return Pace(mean(seconds), quantile(seconds, 0.5), quantile(seconds, 0.95))
