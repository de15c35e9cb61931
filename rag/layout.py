"""What an answer says, in the order in which it is read: blocks of sentences with what they cite.

Terminal, exports and the text for OpenAI clients are made from these, so that none leaves out what
another shows. Invariant: plain text from an `Answer`; whoever shows it escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rag.kinds import TRAITS
from rag.text.yes_no import yes_or_no
from rag.wording import (
    LEFT_OPEN,
    NO_ANSWER,
    VERDICTS,
    covered,
    disagreement,
    origins,
    position,
    said_day,
)

if TYPE_CHECKING:
    from rag.answer import Answer, Claim, Conflict

RELATED = "What the articles do say:"
NEAREST = "Nearest passages:"
FOLLOW_UPS = "You could ask next:"


@dataclass(frozen=True)
class Said:
    """A sentence with the numbers of what it cites; `when` is the day that it stands under."""

    text: str
    citations: tuple[int, ...] = ()
    when: str | None = None

    @property
    def dated(self) -> str:
        """The text after its day.

        >>> Said("It sank.", when="9 March 2024").dated
        '9 March 2024: It sank.'
        """
        return f"{self.when}: {self.text}" if self.when else self.text

    @property
    def markers(self) -> str:
        """The numbers as they stand behind the text.

        >>> Said("It sank.", (1, 3)).markers
        ' [1] [3]'
        """
        return "".join(f" [{number}]" for number in self.citations)


@dataclass(frozen=True)
class Block:
    """Sentences that stand together, under a heading where there is one.

    `items`: each is an item of a list; else they are one paragraph, with `between` between them.
    """

    said: tuple[Said, ...]
    heading: str | None = None
    items: bool = False
    between: str = " "

    @property
    def title(self) -> str:
        """The heading as it stands over the sentences, empty where there is none.

        >>> Block((), "Both say").title, Block((), "Who is hurt?").title
        ('Both say:', 'Who is hurt?')
        """
        heading = self.heading or ""
        return f"{heading}:" if heading[-1:].isalnum() else heading


def opening(answer: Answer) -> tuple[str, ...]:
    """What the program says first: the lead, and the verdict where the lead does not give it."""
    verdict = answer.verdict and f"{VERDICTS[answer.verdict]}."
    if verdict and answer.verdict == "not_said" and answer.abstention:
        verdict = None  # its reason says so
    if verdict and answer.lead and _gives(answer.lead, verdict):
        verdict = None
    return tuple(line for line in (answer.lead, verdict) if line)


def _gives(lead: str, verdict: str) -> bool:
    polar = yes_or_no(verdict)
    return yes_or_no(lead) == polar if polar else verdict.rstrip(".").lower() in lead.lower()


def claim_blocks(answer: Answer) -> tuple[Block, ...]:
    """The claims, group by group, as the text of the answer has them."""
    itemised = TRAITS[answer.kind].items or any(it.group or it.when for it in answer.claims)
    return tuple(
        Block(tuple(map(_said, claims)), group, items=itemised)
        for group, claims in groupby(answer.claims, key=lambda claim: claim.group)
    )


def left_open(answer: Answer) -> Block | None:
    """Why there is no answer, or what is open beside it."""
    if answer.abstention is None:
        return None
    heading = NO_ANSWER if answer.status == "abstained" else LEFT_OPEN
    return Block((Said(answer.abstention.reason),), heading)


def related(answer: Answer) -> Block | None:
    """What the articles do say on the subject; where nothing was picked, what is nearest to it."""
    if answer.abstention is None:
        return None
    if answer.abstention.related:
        return Block(tuple(map(_said, answer.abstention.related)), RELATED, items=True)
    if answer.abstention.nearest and not answer.claims:
        return Block((Said("", answer.abstention.nearest),), NEAREST)
    return None


def conflict_block(conflict: Conflict, question: str) -> Block:
    """What the sides of a conflict say, under what they disagree on."""
    sides = tuple(Said(position(side), side.citations) for side in conflict.positions)
    return Block(sides, f"{disagreement(conflict, question)}:", between="; ")


def resting(answer: Answer) -> Block | None:
    """On how many independent origins sentences rest, where that is not plain to see."""
    told = tuple(
        Said(f"sentence {place} on {how}")
        for place, claim in enumerate(answer.claims, start=1)
        if (how := origins(claim, [answer.citation(number) for number in claim.citations]))
    )
    return Block(told, "Rests on:", between="; ") if told else None


def withheld(answer: Answer) -> Block | None:
    """How many sentences were taken out."""
    count = len(answer.removed)
    if not count:
        return None
    heading = f"{count} sentence{'s' * (count > 1)} removed:"
    return Block((Said("not supported by the articles"),), heading)


def follow_ups(answer: Answer) -> Block | None:
    """Questions that the articles answer, to go on with."""
    if not answer.follow_ups:
        return None
    return Block(tuple(map(Said, answer.follow_ups)), FOLLOW_UPS, items=True)


def notes(answer: Answer) -> Iterator[Block]:
    """What an answer says beside its claims: what is open, differs, was left out, comes next."""
    conflicts = (conflict_block(conflict, answer.question) for conflict in answer.conflicts)
    cover = covered(answer.coverage)
    for block in (
        left_open(answer),
        related(answer),
        *conflicts,
        resting(answer),
        withheld(answer),
        Block((Said(cover),)) if cover else None,
        follow_ups(answer),
    ):
        if block:
            yield block


def said(answer: Answer) -> tuple[Block, ...]:
    """The opening and the claims; those that read on from the opening are one paragraph with it."""
    first = tuple(map(Said, opening(answer)))
    claims = claim_blocks(answer)
    if len(claims) == 1 and not claims[0].items:
        return (Block((*first, *claims[0].said)),)
    return (*((Block(first),) if first else ()), *claims)


def blocks(answer: Answer) -> tuple[Block, ...]:
    """All that an answer says."""
    return (*said(answer), *notes(answer))


def shown_numbers(answer: Answer) -> frozenset[int]:
    """The numbers of all citations that the blocks refer to."""
    return frozenset(
        number for block in blocks(answer) for one in block.said for number in one.citations
    )


def _said(claim: Claim) -> Said:
    return Said(claim.text, claim.citations, said_day(claim.when))


@dataclass(frozen=True)
class Run:
    """A piece of a quote, and whether it has the answering words."""

    text: str
    marked: bool = False


def runs(answer: Answer, number: int) -> tuple[Run, ...]:
    """The quote of a citation on one line, cut where its answering words begin and end."""
    citation = answer.citation(number)
    shown = (*answer.claims, *(answer.abstention.related if answer.abstention else ()))
    spans = [
        (mark.start - citation.start, mark.end - citation.start)
        for claim in shown
        for mark in claim.highlights
        if mark.citation == number
    ]
    return cut(citation.quote, spans)


def cut(quote: str, spans: Sequence[tuple[int, int]]) -> tuple[Run, ...]:
    """A quote in runs; white space is one blank, and none stands at an end of marked words.

    >>> [run.text for run in cut("It  carried nine\\ncrew.", [(12, 21)]) if run.marked]
    ['nine crew']
    """
    marked = [False] * len(quote)
    for start, end in spans:
        for at in range(max(start, 0), min(end, len(quote))):
            marked[at] = True
    kept: list[tuple[str, bool]] = []
    words = [(match.start(), match.end()) for match in re.finditer(r"\S+", quote)]
    for place, (start, end) in enumerate(words):
        if place:  # a blank is marked where both its neighbours are
            kept.append((" ", marked[start] and marked[words[place - 1][1] - 1]))
        kept += [(quote[at], marked[at]) for at in range(start, end)]
    return tuple(
        Run("".join(sign for sign, _ in run), is_marked)
        for is_marked, run in groupby(kept, key=lambda it: it[1])
    )
