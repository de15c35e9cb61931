"""Yes or no: the sentences that say so first, then whether they affirm or deny it.

Three outcomes: yes, no, not said. The model is shown the likeliest sentences twice: it names the
one that says so, and it answers yes, no or unknown, which is weighed (`scoring.json`; `python -m
evals fit-evidence`). A model that was not taught this answers to the best sentence alone, and is
weighed with words of denial and opposites beside the question's words. A negated question asks the
same as the question without its "not". Invariant: a verdict stands on a cited sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answer import Usage
from rag.answering.answerers.short_answers import shown
from rag.answering.diversity import diverse
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
from rag.models.yesno import Whether
from rag.prompts import VERDICT, Asked, asking, following

MOST = 3
_LOOKED_AT = 3
_ALSO = -1.0
# Log-odds from which it counts as said: fewer of them are then wrong, and as many right.
SAID_FROM = 0.65
# Log-odds below which a model said in a plain word that it is unknown.
_PLAINLY_UNSAID = -50.0


def answer(task: Task) -> Iterator[Step]:
    """A verdict line with at most three sentences, or what the articles say on the subject."""
    ranked = [one for one in task.evidence if not task.was_shown(one.source)]
    if not ranked:
        return
    yield Progress("reading", "the likeliest sentences")
    chat = task.model()
    asked = following(task.question.before, task.question.text)
    look = locate(asked, ranked, chat)
    yield Spent(look.usage)
    if not chat.locates and weighed({"any": look.anywhere}, SAID_UNTAUGHT) < 0:
        yield from _not_said(ranked)
        return
    best = [one for one, _ in look.ranked[:_LOOKED_AT]]
    told = _whether(asked, ranked, best[0], chat)
    yield Spent(Usage.model_validate(told, from_attributes=True))
    row = features(task.question.about, best, look.anywhere, told)
    if told.said < _PLAINLY_UNSAID or (chat.locates and weighed(row, SAID) < SAID_FROM):
        yield from _not_said(ranked)
        return
    is_yes = weighed(row, POLARITY if chat.locates else POLARITY_UNTAUGHT) > 0
    yield Lead("Yes." if is_yes else "No.", "yes" if is_yes else "no")
    also = [one for one, value in look.ranked[1:] if value >= _ALSO]
    yield from shown(task, diverse([best[0], *also], MOST))


def _not_said(ranked: Sequence[Scored]) -> Iterator[Step]:
    yield Lead(None, "not_said")
    yield Decline(NOT_STATED, related(ranked))


def _whether(asked: Asked, ranked: Sequence[Scored], best: Scored, chat: ChatModel) -> Whether:
    """What the sentences answer: all that a taught model was shown, or for another the best."""
    if chat.locates:
        sources = [one.source for one in block(ranked)]
        return chat.whether(asking(asked, sources, VERDICT, numbered=True))
    return chat.whether(asking(asked, [best.source], VERDICT))


def features(
    question: str, best: Sequence[Scored], anywhere: float, told: Whether
) -> dict[str, float]:
    """What tells whether it is said, and yes from no, by name: the look, the model's answer, and
    denials in the best sentence and in the best few.
    """
    first = best[0].source.text
    return {
        "any": anywhere,
        "said": told.said,
        "replied": told.yes_over_no,
        "denies": float(denies(question, first)),
        "denial": float(is_denial(first)),
        "any_denies": float(any(denies(question, one.source.text) for one in best)),
    }
