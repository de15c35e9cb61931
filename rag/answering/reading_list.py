"""What a model at an endpoint reads before it writes: thousands of tokens of numbered sentences.

Invariant: whole sentences, grouped by article, in the order in which they stand there; those that
were shown before are left out where more is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rag.answering.diversity import in_reading_order
from rag.answering.main_points import main_worth
from rag.answering.stories import MOST_REPORTS, SAME_STORY, Report, meant, reports
from rag.answering.task import Task
from rag.models.tokens import estimate_tokens
from rag.prompts import headline
from rag.retrieval.sources import NEXT_CHARS, Source

# A line break and a number in brackets.
_MARKER_TOKENS = 3
_MOST_ARTICLES = 12
_MOST_SENTENCES = 400


def to_read(task: Task, most_tokens: int) -> tuple[Source, ...]:
    """The sentences to read, at most so many tokens of them, numbered as they stand."""
    ranked = _broad(task) if task.question.traits.broad else _near(task)
    chosen: dict[object, Source] = {}
    articles: set[str] = set()
    left = most_tokens
    for source in ranked:
        if source.place in chosen or task.was_shown(source):
            continue
        cost = estimate_tokens(source.text) + _MARKER_TOKENS
        if source.article.article_id not in articles:
            cost += estimate_tokens(headline(source.article)) + _MARKER_TOKENS
        if cost > left and chosen:
            continue
        left -= cost
        articles.add(source.article.article_id)
        chosen[source.place] = source
        if len(chosen) == _MOST_SENTENCES or left < 0:
            break
    ordered = in_reading_order(list(chosen.values()))
    return tuple(Source(n, it.hit, it.span) for n, it in enumerate(ordered, start=1))


def _near(task: Task) -> Iterator[Source]:
    """The likeliest first, each with the sentences right before and behind it."""
    everything = [one.source for one in task.evidence]
    for one in task.evidence:
        yield one.source
        yield from (it for it in everything if _is_beside(it, one.source))


def _is_beside(one: Source, other: Source) -> bool:
    return one.place != other.place and one.is_next_to(other, within_chars=NEXT_CHARS)


def _broad(task: Task) -> Iterator[Source]:
    """The articles that are meant, whole where they fit, else their main sentences in turns."""
    ids = meant(task)[:_MOST_ARTICLES]
    found = reports(task, ids)
    question = task.question
    if found and question.traits.under != "report" and (question.subject or question.previous):
        first = found[0]
        found = [it for it in found if float(it.centre @ first.centre) >= SAME_STORY]
        found = found[:MOST_REPORTS]
    for turn in zip_longest(*(_by_worth(report) for report in found)):
        yield from (source for source in turn if source is not None)
    yield from _near(task)


def _by_worth(report: Report) -> Sequence[Source]:
    worth = main_worth(report)
    order: Iterable[int] = sorted(range(len(worth)), key=lambda it: -float(worth[it]))
    return [report.sentences[it] for it in order]
