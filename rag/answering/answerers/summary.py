"""Summaries and overviews: the main sentences of an article, of a story's reports, of all.

The main sentences are those that have most in common with the rest, stand near the top and say
what the title says; what the question names counts too. No point comes twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.diversity import SAME, diverse, in_context, in_reading_order, marginal
from rag.answering.not_stated import NOT_STATED, related
from rag.answering.stories import Report, is_strange, meant, reports, same_story
from rag.answering.task import Decline, Lead, Show, Step, Task
from rag.retrieval.sources import Source
from rag.text.leaning import opens_leaning
from rag.text.names import names
from rag.text.overlap import content

MOST = 8
_MOST_ARTICLES = 8
_LONG_WORDS = 40
# So many sentences with all of a subject's words are a detail of a story.
_FEW = 3
_MOST_OF_DETAIL = 4
# Chosen on 24 summaries and overviews of one article (docs/figures.md).
_OF_QUESTION = 0.3
_REDUNDANCY = 1.0
_SAME_IN_SEVERAL = 0.7
_IS_QUOTE = re.compile(r"^[\"“].*[\"”]$", re.S)
_NUMBER = re.compile(r"\d")


def answer(task: Task) -> Iterator[Step]:
    """At most eight sentences; of several stories, those that say what each is about."""
    if is_strange(task):
        yield Decline(NOT_STATED, related(task.evidence))
        return
    ids = meant(task)
    if not ids:
        return
    if not task.question.subject and len(ids) > 2 and not task.question.previous:
        yield from _of_all(task, ids)
        return
    story = same_story(task, ids)
    if not story:
        return
    narrow = _about_a_detail(task, story)
    if not narrow:
        yield Lead(_from(story))
    yield from narrow or _of_story(task, story)


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


def _of_story(task: Task, story: Sequence[Report]) -> Iterator[Step]:
    vector = task.library.embed([task.question.about])[0]
    sentences = [source for report in story for source in report.sentences]
    vectors = np.concatenate([report.vectors for report in story])
    worth = np.concatenate([main_worth(report) for report in story])
    worth = worth + _OF_QUESTION * standard(vectors @ vector)
    known = np.array([task.is_known(source) for source in sentences])
    worth[known] = -np.inf
    several = len(story) > 1
    same = _SAME_IN_SEVERAL if several else SAME
    places = marginal(worth, vectors, MOST, redundancy=_REDUNDANCY, same=same)
    chosen = [sentences[it] for it in places if np.isfinite(worth[it])]
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


def main_sentences(report: Report, most: int) -> list[Source]:
    """The article's main sentences, in its order."""
    worth = main_worth(report)
    return in_reading_order(
        [
            report.sentences[it]
            for it in marginal(worth, report.vectors, most, redundancy=_REDUNDANCY)
        ]
    )


def main_worth(report: Report) -> NDArray[np.float64]:
    """What each sentence is worth in a summary, shape (n,)."""
    texts = [source.text for source in report.sentences]
    place = np.arange(len(texts))
    length = np.array([min(len(text.split()), _LONG_WORDS) for text in texts], dtype=float)
    quoted = np.array([float(bool(_IS_QUOTE.match(text.strip()))) for text in texts])
    leaning = np.array([float(opens_leaning(text)) for text in texts])
    numbers = np.array([float(bool(_NUMBER.search(text))) for text in texts])
    named = np.array([float(sum(not it.first for it in names(text))) for text in texts])
    return (
        0.5 * standard(report.centrality)
        + 0.5 * standard(1 / (2.0 + place))
        + 0.6 * standard(length)
        + 0.3 * standard(named)
        + 0.2 * standard(_shared_words(texts))
        + 0.4 * numbers
        - 1.0 * quoted
        - 0.5 * leaning
    )


def _shared_words(texts: Sequence[str]) -> NDArray[np.float64]:
    """How often each sentence's content words stand in the others, a word, shape (n,)."""
    terms = [content(text) for text in texts]
    frequency = Counter(term for it in terms for term in it)
    return np.array([sum(frequency[t] - 1 for t in it) / (3 + len(it)) for it in terms])


def standard(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The values with mean 0 and spread 1."""
    values = np.asarray(values, dtype=float)
    spread = float(values.std()) or 1.0
    return np.asarray((values - values.mean()) / spread, dtype=np.float64)


def _from(story: Sequence[Report]) -> str | None:
    if len(story) < 2:
        return None
    return f"From {len(story)} reports."


def _name(story: Sequence[Report], source: Source) -> str:
    return next(it.name for it in story if it.article.article_id == source.article.article_id)
