"""Yes or no: the sentences that say so first, then whether they affirm or deny it.

Three outcomes: yes, no, not said. Whether the articles say it is the model's log-odds that one of
the likeliest sentences does; whether they deny it is told by words of denial and opposites beside
the question's words, and by the model's reply to the best sentence alone. A negated question asks
the same as the question without its "not". Invariant: a verdict stands on a cited sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rag.answer import Usage
from rag.answering.answerers.short_answers import shown
from rag.answering.declining import NOT_STATED, related
from rag.answering.diversity import diverse
from rag.answering.locating import locate
from rag.answering.scoring import POLARITY, SAID, Scored, weighed
from rag.answering.task import Decline, Lead, Spent, Step, Task
from rag.check.polarity import denies, is_denial
from rag.events import Progress
from rag.models.yesno import PLAIN_LOG_ODDS, Reply, yes_or_no
from rag.prompts import VERDICT, asking, following

MOST = 3
_LOOKED_AT = 3
_ALSO = -1.0
_LEAST_SHARE = 1e-3


def answer(task: Task) -> Iterator[Step]:
    """A verdict line with at most three sentences, or what the articles say on the subject."""
    ranked = [one for one in task.evidence if not task.is_known(one.source)]
    if not ranked:
        return
    yield Progress("reading", "the likeliest sentences")
    chat = task.model()
    asked = following(task.question.before, task.question.text)
    look = locate(asked, ranked, chat)
    yield Spent(look.usage)
    best = [one for one, _ in look.ranked[:_LOOKED_AT]]
    if weighed({"any": look.anywhere}, SAID) < 0:
        yield Lead(None, "not_said")
        yield Decline(NOT_STATED, related(ranked))
        return
    reply = chat.reply(asking(asked, [best[0].source], VERDICT), max_tokens=1, first_tokens=True)
    yield Spent(Usage.model_validate(reply, from_attributes=True))
    if not reply.likely and yes_or_no(reply.text) is None:
        yield Lead(None, "not_said")  # "unknown", from a model that gives no likelihoods
        yield Decline(NOT_STATED, related(ranked))
        return
    is_yes = weighed(polarity_features(task.question.about, best, reply), POLARITY) > 0
    yield Lead("Yes." if is_yes else "No.", "yes" if is_yes else "no")
    also = [one for one, value in look.ranked[1:] if value >= _ALSO]
    yield from shown(task, diverse([best[0], *also], MOST))


def polarity_features(question: str, best: Sequence[Scored], reply: Reply) -> dict[str, float]:
    """What tells yes from no, by name: denials in the best sentence and in the best few, and the
    model's log-odds of yes over no.
    """
    first = best[0].source.text
    return {
        "denies": float(denies(question, first)),
        "denial": float(is_denial(first)),
        "any_denies": float(any(denies(question, one.source.text) for one in best)),
        "replied": _yes_over_no(reply),
    }


def _yes_over_no(reply: Reply) -> float:
    if not reply.likely:
        said = yes_or_no(reply.text)
        return 0.0 if said is None else PLAIN_LOG_ODDS if said else -PLAIN_LOG_ODDS
    shares = {"yes": _LEAST_SHARE, "no": _LEAST_SHARE}
    for token, logprob in reply.likely:
        word = token.strip().lower()
        if word in shares:
            shares[word] += math.exp(logprob)
    return math.log(shares["yes"]) - math.log(shares["no"])
