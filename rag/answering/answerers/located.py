"""Questions that a sentence or two answer: who, what, why, how, how many, when, where.

The sentences are ranked by their score. Answers of several sentences keep what says something new.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rag.answering.choosing import diverse, with_antecedent
from rag.answering.highlighting import highlights
from rag.answering.task import Answerer, Show, Step, Task
from rag.retrieval.evidence import Source


def located(most: int) -> Answerer:
    """An answerer that shows at most so many sentences."""
    return partial(_answer, most=most)


def _answer(task: Task, *, most: int) -> Iterator[Step]:
    ranked = [one for one in task.evidence if not task.is_known(one.source)]
    everything = [one.source for one in task.evidence]
    shown: set[object] = set()
    for one in diverse(ranked, most):
        sources = _readable(one.source, everything, shown)
        shown |= {source.place for source in sources}
        yield Show(sources, highlights=highlights(task.question.text, one.source))


def _readable(source: Source, sentences: list[Source], shown: set[object]) -> tuple[Source, ...]:
    found = with_antecedent(source, sentences)
    return tuple(it for it in found if it is source or it.place not in shown)
