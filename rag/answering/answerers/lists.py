"""Lists: every item that the articles give, and of "who is quoted?" one sentence a speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answering.answerers.located import Limits, answerer
from rag.answering.answerers.positions import speakers_of
from rag.answering.task import Show, Step, Task

MOST_SPEAKERS = 8
_QUOTED = re.compile(r"\b(?:quoted|interviewed|speakers?|spoke to|has a say)\b", re.I)
# A list is never declined for want of certainty: what is nearest is shown.
_ITEMS = answerer(Limits(most=6, also=-1.6, declines=-99.0))


def answer(task: Task) -> Iterator[Step]:
    """At most six sentences with items; of speakers, as many as there are up to eight."""
    if _QUOTED.search(task.question.text):
        yield from _speakers(task)
    else:
        yield from _ITEMS(task)


def _speakers(task: Task) -> Iterator[Show]:
    yield from speakers_of(task)[:MOST_SPEAKERS]
