"""Questions that a sentence or two answer: who, what, why, how, how many, when, where.

A best sentence whose score leaves no doubt is shown at once; otherwise the model is asked which of
the likeliest states the answer. Where it is doubtful that any does, the answer is that the articles
do not say. Of a kind that mostly has several points the next likeliest are read as well. The best
is shown, and with it others that are sure enough for their kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from rag.answering.answerers.limits import Limits
from rag.answering.diversity import diverse, in_context
from rag.answering.highlighting import highlights
from rag.answering.locating import block, locate, read_on
from rag.answering.related import NOT_STATED, related
from rag.answering.scoring import Scored
from rag.answering.task import Answerer, Decline, Show, Spent, Step, Task
from rag.events import Progress
from rag.prompts import following
from rag.retrieval.sources import Source
from rag.text.dates import moment_of
from rag.text.figures import compared
from rag.text.wanted import wanted_of

# How far a report that counts otherwise is looked for, and the cosine it needs.
_NEAR = 12
_ALIKE = 0.4
# No model is asked from this score on: of 157 everyday questions a fifth (right in 90 %), of 1,246
# by strangers one in fifty (78 %).
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
        also = [one for one in ranked[1:] if one.score >= _ALSO_WITHOUT_MODEL]
        yield from shown(task, _chosen([ranked[0], *also], ranked, limits.most))
    else:
        yield from _after_a_look(task, ranked, limits)


def _after_a_look(task: Task, ranked: Sequence[Scored], limits: Limits) -> Iterator[Step]:
    """What the model names among the likeliest; nothing where it is doubtful that any states it."""
    count = len({one.source.article.article_id for one in block(ranked)})
    yield Progress("reading", f"the likeliest sentences of {count} article{'s' * (count != 1)}")
    asked = following(task.question.before, task.question.text)
    look = locate(asked, ranked, task.model())
    yield Spent(look.usage)
    if look.answerable < limits.declines:
        yield Decline(NOT_STATED, related(ranked))
        return
    first, _ = look.ranked[0]
    spent: list[Spent] = []

    def named() -> Iterator[Scored]:
        yield first  # is shown before more is read
        known = look
        if limits.reads_on:
            known = read_on(look, asked, ranked, task.model())
            spent.append(Spent(known.usage))
        others = (one for one, value in known.ranked if one is not first and value >= limits.also)
        yield from _chosen([first, *others], ranked, limits.most)[1:]

    yield from shown(task, named())
    yield from spent


def _chosen(named: Sequence[Scored], ranked: Sequence[Scored], most: int) -> list[Scored]:
    """At most so many of those named, no point twice; another report's number is one of them."""
    other = counting_otherwise(named[0], ranked)
    kept = diverse(named, most - len(other))
    return [*kept, *(one for one in other if one not in kept)]


def counting_otherwise(first: Scored, ranked: Sequence[Scored]) -> list[Scored]:
    """Another report's sentence that counts the same things and has another number, if any."""
    article_id = first.source.article.article_id
    for one in ranked[:_NEAR]:
        if one.source.article.article_id != article_id:
            alike, differs = compared(first.source.text, one.source.text)
            if alike and differs and float(first.vector @ one.vector) >= _ALIKE:
                return [one]
    return []


def is_sure(ranked: Sequence[Scored]) -> bool:
    """Whether the first leaves no doubt; `ranked` best first and not empty."""
    return ranked[0].score >= SURE


def shown(task: Task, chosen: Iterable[Scored]) -> Iterator[Show]:
    """The sentences, each after the one that says who its "he" is."""
    everything = [one.source for one in task.evidence]
    asks_when = wanted_of(task.question.text) == "time"
    for sources in in_context((one.source for one in chosen), everything):
        day = _day_meant(sources[-1]) if asks_when else None
        yield Show(sources, highlights=highlights(task.question.text, sources[-1]), when=day)


def _day_meant(source: Source) -> str | None:
    """The day of a "yesterday" or "two days ago", after its words; None where there is neither."""
    moment = moment_of(source.text, source.written_on)
    return moment.told if moment is not None and moment.day is not None else None
