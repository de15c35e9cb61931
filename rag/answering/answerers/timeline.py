"""Timelines: the dated sentences of a story in order, each under the day as the article says it.

A weekday without a date stays one; sentences that cannot be put on a day keep their order. What
an entry of a live page tells without a day stands under the moment of its entry.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rag.answering.diversity import in_context, marginal
from rag.answering.related import NOT_STATED, related
from rag.answering.stories import is_unknown_subject, meant, ranked, reports, same_story
from rag.answering.task import Decline, Lead, Show, Step, Task
from rag.text.dates import Moment, moment_of, weekday_asked
from rag.text.leaning import opens_leaning

MOST = 8
MOST_ARTICLES = 8  # of a timeline of everything


def answer(task: Task) -> Iterator[Step]:
    """At most eight dated sentences, the earliest first; of all where nothing is named."""
    if is_unknown_subject(task):
        yield Decline(NOT_STATED, related(task.candidates))
        return
    ids, question = meant(task), task.question
    of_all = not question.subject and question.previous is None
    if of_all:
        story = reports(task, ids[:MOST_ARTICLES])
    else:
        beside = [] if task.library.scope else ranked(task)
        story = same_story(task, ids, beside=beside)
    if not story:
        return
    vector = task.library.embed([task.question.about])[0]
    asked_day = weekday_asked(task.question.text)
    found, undated = [], []
    for report in story:
        last: Moment | None = None
        entry: Moment | None = None
        for source, row in zip(report.sentences, report.vectors, strict=True):
            if (begun := source.written_at) != entry:
                entry = last = begun  # another entry of a live page
            moment = moment_of(source.text, source.written_on, last) or entry
            last = moment or last
            if moment is None:
                undated.append(source)  # it may say who "he" is; what has its own day may not
            elif not asked_day or moment.weekday == asked_day:
                found.append((moment, source, row, float(row @ vector) + 0.3 * moment.precision))
    if not found:
        return
    if len(story) > 1:
        yield Lead(f"From {len(story)} reports.")
    rows = np.array([row for _, _, row, _ in found])
    worth = np.array([value for *_, value in found])
    chosen = [found[it] for it in marginal(worth, rows, MOST)]
    chosen.sort(key=lambda it: (it[0].order, it[1].place))
    told = {source.place: moment.told for moment, source, _, _ in chosen}
    for sources in in_context((source for _, source, _, _ in chosen), undated):
        main = sources[-1]  # the day is that of this one, so it comes alone where it can
        yield Show(sources if opens_leaning(main.text) else (main,), when=told[main.place])
