"""Summaries and overviews: the main sentences of an article, of a story's reports, of all.

The sentences that most likely state a main point are shown; no point comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.diversity import SAME, diverse, in_context, in_reading_order, marginal
from rag.answering.main_points import REDUNDANCY, main_sentences, main_worth
from rag.answering.related import NOT_STATED, related
from rag.answering.stories import Report, is_unknown_subject, meant, reports, same_story
from rag.answering.task import Decline, Lead, Show, Step, Task
from rag.retrieval.sources import Source
from rag.text.overlap import content

MOST = 8
_MOST_ARTICLES = 8
# So many sentences with all of a subject's words are a detail of a story.
_FEW = 3
_MOST_OF_DETAIL = 4
_SAME_IN_SEVERAL = 0.7


def answer(task: Task) -> Iterator[Step]:
    """At most eight sentences; of several stories, those that say what each is about."""
    if is_unknown_subject(task):
        yield Decline(NOT_STATED, related(task.candidates))
        return
    ids = meant(task)
    if _are_all_meant(task, ids):
        yield from _of_all(task, ids)
        return
    story = story_meant(task)
    if not story:
        return
    narrow = _about_a_detail(task, story)
    shows = narrow or list(_of_story(task, story))
    if shows and not narrow:
        yield Lead(_from(story))
    yield from shows


def story_meant(task: Task) -> list[Report]:
    """The reports of one story that are to be summed up; none where everything is."""
    ids = meant(task)
    return [] if _are_all_meant(task, ids) else same_story(task, ids)


def _are_all_meant(task: Task, ids: Sequence[str]) -> bool:
    return not task.question.subject and len(ids) > 2 and not task.question.previous


def _about_a_detail(task: Task, story: Sequence[Report]) -> list[Show]:
    """Where only a few sentences name the subject, and no title: these, and what is nearest."""
    subject = content(task.question.subject)
    if not subject or any(subject & content(report.article.title) for report in story):
        return []
    named = [
        (report, source)
        for report in story
        for source in report.sentences
        if subject <= content(source.text)
    ]
    if not named or len(named) > _FEW:
        return []
    ranked = task.scored([source for report in story for source in report.sentences])
    places = {source.place for _, source in named}
    first = [one for one in ranked if one.source.place in places]
    near = [one for one in ranked if one.score > 0 and one.source.place not in places]
    return [Show((one.source,)) for one in diverse([*first, *near], _MOST_OF_DETAIL)]


def chosen_places(story: Sequence[Report], worth: NDArray[np.float64]) -> list[int]:
    """The places of what is shown among a story's sentences, best first; `worth` of shape (n,)."""
    vectors = np.concatenate([report.vectors for report in story])
    same = _SAME_IN_SEVERAL if len(story) > 1 else SAME
    return marginal(worth, vectors, MOST, redundancy=REDUNDANCY, same=same)


def _of_story(task: Task, story: Sequence[Report]) -> Iterator[Show]:
    sentences = [source for report in story for source in report.sentences]
    worth = np.concatenate([main_worth(report, story) for report in story])
    worth[np.array([task.was_shown(source) for source in sentences])] = -np.inf
    chosen = [sentences[it] for it in chosen_places(story, worth) if np.isfinite(worth[it])]
    several = len(story) > 1
    for sources in in_context(in_reading_order(chosen), sentences):
        yield Show(sources, group=_name(story, sources[-1]) if several else None)


def _of_all(task: Task, ids: Sequence[str]) -> Iterator[Step]:
    shown = reports(task, ids[:_MOST_ARTICLES])
    count = task.library.article_count()
    left = count - len(shown)
    yield Lead(f"{count:,} articles" + (f", the first {len(shown)} of them:" if left else ":"))
    for report in shown:
        for source in main_sentences(report, 1):
            yield Show((source,), group=report.article.title)


def _from(story: Sequence[Report]) -> str | None:
    if len(story) < 2:
        return None
    return f"From {len(story)} reports."


def _name(story: Sequence[Report], source: Source) -> str:
    return next(it.name for it in story if it.article.article_id == source.article.article_id)
