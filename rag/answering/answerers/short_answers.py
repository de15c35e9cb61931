"""Questions that a sentence or two answer: who, what, why, how, how many, when, where.

A best sentence whose score leaves no doubt is shown at once; otherwise the model is asked which of
the likeliest states the answer. Where it is doubtful that any does, the answer is that the articles
do not say. Of a kind that mostly has several points the next likeliest are read as well. The best
is shown, and with it others that are sure enough for their kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from rag.answering.answerers.limits import Limits
from rag.answering.diversity import diverse, in_context
from rag.answering.highlighting import highlights
from rag.answering.locating import block, locate, read_on
from rag.answering.related import NOT_STATED, related
from rag.answering.scoring import Scored
from rag.answering.task import Answerer, Decline, Show, Spent, Step, Task
from rag.answering.two_values import other_value
from rag.events import Progress
from rag.prompts import following
from rag.retrieval.sources import Source
from rag.text.dates import moment_of
from rag.text.wanted import wanted_of

# No model is asked from this score on: of 157 everyday questions a fifth (right in 93 %), of 1,135
# by strangers one in fifty (63 %).
SURE = 1.25
_ALSO_WITHOUT_MODEL = 0.3


def answerer(limits: Limits) -> Answerer:
    """An answerer within these limits."""
    return partial(_answer, limits=limits)


def _answer(task: Task, *, limits: Limits) -> Iterator[Step]:
    ranked = [one for one in task.evidence if not task.was_shown(one.source)]
    if not ranked:
        return
    if is_sure(ranked):
        first, *others = ranked
        also = [one for one in others if one.score >= _ALSO_WITHOUT_MODEL]
        yield from shown(task, chain([first.source], _beside(task, first, also, limits.most)))
    else:
        yield from _after_a_look(task, ranked, limits)


def _after_a_look(task: Task, ranked: Sequence[Scored], limits: Limits) -> Iterator[Step]:
    """What the model names among the likeliest; nothing where it is doubtful that any states it."""
    count = len({one.source.article.article_id for one in block(ranked)})
    yield Progress("reading", f"the likeliest sentences of {count} article{'s' * (count != 1)}")
    asked = following(task.question.asked_after, task.question.text)
    look = locate(asked, ranked, task.model())
    yield Spent(look.usage)
    if look.answerable < limits.declines:
        yield Decline(NOT_STATED, related(task.candidates))
        return
    first, _ = look.ranked[0]
    spent: list[Spent] = []

    def named() -> Iterator[Source]:
        yield first.source  # is shown before more is read
        known = look
        if limits.reads_on:
            known = read_on(look, asked, ranked, task.model())
            spent.append(Spent(known.usage))
        others = (one for one, value in known.ranked if one is not first and value >= limits.also)
        yield from _beside(task, first, others, limits.most)

    yield from shown(task, named())
    yield from spent


def _beside(task: Task, first: Scored, named: Iterable[Scored], most: int) -> Iterator[Source]:
    """With the first at most so many, no point twice; another report's value is one of them."""
    other = other_value(task, first.source)
    kept = [one.source for one in diverse([first, *named], most - (other is not None))]
    yield from kept[1:]
    if other is not None and all(it.place != other.place for it in kept):
        yield other


def is_sure(ranked: Sequence[Scored]) -> bool:
    """Whether the first leaves no doubt; `ranked` best first and not empty."""
    return ranked[0].score >= SURE


def shown(task: Task, chosen: Iterable[Source]) -> Iterator[Show]:
    """The sentences, each after the one that says who its "he" is."""
    everything = [one.source for one in task.evidence]
    asks_when = wanted_of(task.question.text) == "time"
    for sources in in_context(chosen, everything):
        day = _day_meant(sources[-1]) if asks_when else None
        yield Show(sources, highlights=highlights(task.question.text, sources[-1]), when=day)


def _day_meant(source: Source) -> str | None:
    """The day of a "yesterday" or "two days ago", after its words; None where there is neither."""
    moment = moment_of(source.text, source.written_on)
    return moment.told if moment is not None and moment.day is not None else None
