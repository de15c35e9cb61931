"""Questions about the collection itself: how many articles, from whom, when, about what.

Answered from the catalogue, so the numbers are exact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rag.answering.main_points import main_sentences
from rag.answering.stories import reports
from rag.answering.task import Lead, Show, Step, Task
from rag.filters import NONE_ALLOWED

if TYPE_CHECKING:
    from rag.index.catalogue import ArticleSummary

MOST_NAMED = 20
MOST_TOLD = 12
_PUBLISHERS = re.compile(
    r"\b(?:publish\w*|newspapers?|papers?|sources?|outlets?|wrote|from)\b", re.I
)
_NEWEST = re.compile(r"\b(?:newest|latest|most recent|last)\b", re.I)
_OLDEST = re.compile(r"\b(?:oldest|earliest|first)\b", re.I)
_DAYS = re.compile(r"\b(?:dates?|days?|period|time|when)\b", re.I)
_COUNT = re.compile(r"\bhow many\b|\bnumber of\b", re.I)
_COUNT_OF_PUBLISHERS = re.compile(r"\b(?:how many|number of) (?:publish|newspapers|outlets)", re.I)


def answer(task: Task) -> Iterator[Step]:
    """Counts, names and days in the lead; of "what about?" also each article's first point."""
    text = task.question.text
    every = _allowed(task)
    if not every:
        yield Lead(NONE_ALLOWED)
    elif _COUNT.search(text) and not _COUNT_OF_PUBLISHERS.search(text):
        yield Lead(f"{_counted(len(every))}. {_named(every)}")
    elif _NEWEST.search(text) or _OLDEST.search(text):
        yield Lead(_at_the_end(every, newest=bool(_NEWEST.search(text))))
    elif _PUBLISHERS.search(text) and not re.search(r"\babout\b", text, re.I):
        yield Lead(_publishers(every))
    elif _DAYS.search(text):
        yield Lead(_days(every))
    else:
        yield Lead(f"{_counted(len(every))}. {_named(every)}")
        for report in reports(task, [it.article_id for it in every[:MOST_TOLD]]):
            for source in main_sentences(report, 1):
                yield Show((source,), group=report.article.title)


def _allowed(task: Task) -> list[ArticleSummary]:
    return list(task.library.catalogue.articles(task.library.filters))


def _counted(count: int) -> str:
    return f"{count:,} article{'s' * (count != 1)}"


def _named(articles: Sequence[ArticleSummary]) -> str:
    shown = "; ".join(_name(it) for it in articles[:MOST_NAMED])
    left = len(articles) - MOST_NAMED
    return f"{shown}; and {left:,} more." if left > 0 else f"{shown}."


def _name(article: ArticleSummary) -> str:
    day = article.published_at.isoformat() if article.published_at else None
    facts = ", ".join(filter(None, (article.publisher, day)))
    return f"“{article.title}” ({facts})" if facts else f"“{article.title}”"


def _at_the_end(articles: Sequence[ArticleSummary], *, newest: bool) -> str:
    dated = [it for it in articles if it.published_at]
    if not dated:
        return f"None of the {_counted(len(articles))} says when it was published."
    days = [it.published_at for it in dated if it.published_at]
    day = max(days) if newest else min(days)
    of_day = [it for it in dated if it.published_at == day]
    undated = len(articles) - len(dated)
    rest = (
        f" {undated:,} of {len(articles):,} ha{'s' if undated == 1 else 've'} no date."
        if undated
        else ""
    )
    word = "newest" if newest else "oldest"
    return f"The {word} dated article is {_named(of_day)}{rest}"


def _publishers(articles: Sequence[ArticleSummary]) -> str:
    named = Counter(it.publisher for it in articles if it.publisher)
    unnamed = sum(1 for it in articles if not it.publisher)
    if not named:
        return f"None of the {_counted(len(articles))} names its publisher."
    shown = "; ".join(f"{name} ({count:,})" for name, count in named.most_common(MOST_NAMED))
    more = f" {_counted(unnamed)} name{'s' * (unnamed == 1)} none." if unnamed else ""
    return f"{shown}.{more}"


def _days(articles: Sequence[ArticleSummary]) -> str:
    days = [it.published_at for it in articles if it.published_at]
    if not days:
        return f"None of the {_counted(len(articles))} says when it was published."
    return f"From {min(days).isoformat()} to {max(days).isoformat()}, {_counted(len(articles))}."
