"""Yes or no: the sentences that say so first, then whether they affirm or deny it.

Three outcomes: yes, no, not said. The model is shown the likeliest sentences twice: it names the
one that says so, and it answers yes, no or unknown. The question made a statement, with the three
best of them, is put to what was taught about claims. Both are weighed (`scoring.json`; `python -m
evals fit-evidence`). A model that was not taught this answers to the best sentence alone, and is
weighed with words of denial and opposites beside the question's words. A negated question asks the
same as the question without its "not". Invariant: a verdict stands on a cited sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.answer import Usage, YesNoVerdict
from rag.answering.answerers.short_answers import shown
from rag.answering.diversity import diverse, in_reading_order
from rag.answering.locating import block, locate
from rag.answering.related import NOT_STATED, related
from rag.answering.scoring import (
    POLARITY,
    POLARITY_UNTAUGHT,
    SAID,
    SAID_UNTAUGHT,
    Scored,
    weighed,
)
from rag.answering.task import Decline, Lead, Spent, Step, Task
from rag.check.polarity import denies, is_denial
from rag.events import Progress
from rag.models.chat import ChatModel
from rag.models.weights import ENTAILMENT
from rag.models.yesno import Whether
from rag.prompts import ENTAIL, VERDICT, Asked, asking, following, holding
from rag.retrieval.sources import Source
from rag.text.statement import as_statement

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

MOST = 3
LOOKED_AT = 3
_ALSO = -1.0
# A yes or a no is told from this probability of being right on.
_LEAST_LIKELY = 0.5
# Log-odds below which a model said in a plain word that it is unknown.
_PLAINLY_UNSAID = -50.0


def answer(task: Task) -> Iterator[Step]:
    """A verdict line with at most three sentences, or what the articles say on the subject."""
    ranked = [one for one in task.evidence if not task.was_shown(one.source)]
    if not ranked:
        return
    yield Progress("reading", "the likeliest sentences")
    chat = task.model()
    asked = following(task.question.asked_after, task.question.text)
    look = locate(asked, ranked, chat)
    yield Spent(look.usage)
    if not chat.locates and weighed({"any": look.anywhere}, SAID_UNTAUGHT) < 0:
        yield from _not_said(task)
        return
    best = [one for one, _ in look.ranked[:LOOKED_AT]]
    told = _whether(asked, ranked, best[0], chat)
    yield Spent(Usage.model_validate(told, from_attributes=True))
    held = told
    if chat.locates and chat.entails:
        held = _whether_held(task.question.text, best, chat)
        yield Spent(Usage.model_validate(held, from_attributes=True))
    row = features(task.question.about, best, look.anywhere, told, held)
    verdict = _told(row, taught=chat.locates)
    if told.said < _PLAINLY_UNSAID or verdict == "not_said":
        yield from _not_said(task)
        return
    yield Lead("Yes." if verdict == "yes" else "No.", verdict)
    also = [one for one, value in look.ranked[1:] if value >= _ALSO]
    yield from shown(task, [one.source for one in diverse([best[0], *also], MOST)])


def _told(row: Mapping[str, float], *, taught: bool) -> YesNoVerdict:
    if taught:
        return likeliest(weighed(row, SAID), weighed(row, POLARITY))
    return "yes" if weighed(row, POLARITY_UNTAUGHT) > 0 else "no"


def likeliest(said: float, polarity: float) -> YesNoVerdict:
    """Yes or no, if that is likelier right than wrong: it must be said, and not be its opposite.

    Both are log-odds, of being said at all and of a yes.

    >>> likeliest(1.0, 2.0), likeliest(1.0, -2.0), likeliest(1.0, 0.1), likeliest(-1.0, 9.0)
    ('yes', 'no', 'not_said', 'not_said')
    """
    right = 1 / (1 + math.exp(-said)) / (1 + math.exp(-abs(polarity)))
    if right < _LEAST_LIKELY:
        return "not_said"
    return "yes" if polarity > 0 else "no"


def _not_said(task: Task) -> Iterator[Step]:
    yield Lead(None, "not_said")
    yield Decline(NOT_STATED, related(task.candidates))


def _whether(asked: Asked, ranked: Sequence[Scored], best: Scored, chat: ChatModel) -> Whether:
    """What the sentences answer: all that a taught model was shown, or for another the best."""
    if chat.locates:
        sources = [one.source for one in block(ranked)]
        return chat.whether(asking(asked, sources, VERDICT, numbered=True))
    return chat.whether(asking(asked, [best.source], VERDICT))


def _whether_held(question: str, best: Sequence[Scored], chat: ChatModel) -> Whether:
    """Whether the best sentences say what a yes would say."""
    return chat.whether(holding_statement(question, [one.source for one in best]), ENTAILMENT)


def holding_statement(question: str, best: Sequence[Source]) -> list[BaseMessage]:
    """What is asked of the question as a statement, beside the best sentences as they stand."""
    return holding(as_statement(question), in_reading_order(best), ENTAIL)


def features(
    question: str, best: Sequence[Scored], anywhere: float, told: Whether, held: Whether
) -> dict[str, float]:
    """What tells whether it is said, and yes from no, by name: the look, the model's answer to the
    question and to the statement (`held`, the same where it knows no claims), and denials in the
    best sentence and in the best few.
    """
    first = best[0].source.text
    return {
        "any": anywhere,
        "said": told.said,
        "replied": told.yes_over_no,
        "said_as_statement": held.said,
        "replied_as_statement": held.yes_over_no,
        "denies": float(denies(question, first)),
        "denial": float(is_denial(first)),
        "any_denies": float(any(denies(question, one.source.text) for one in best)),
    }
