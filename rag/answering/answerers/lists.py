"""Lists: every item that the articles give, and of "who is quoted?" one sentence a speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answering.answerers.limits import Limits
from rag.answering.answerers.positions import speakers_of
from rag.answering.answerers.short_answers import answerer
from rag.answering.stories import meant
from rag.answering.task import Show, Step, Task
from rag.text.words import one_line

MOST_SPEAKERS = 8
MOST_ARTICLES = 4
_NAMED = re.compile(
    r"\b(?:places?|towns?|cities|countries|persons?|people|names?|days?|dates?)\b", re.I
)
_MENTIONED = re.compile(
    r"\b(?:mention\w*|named?|appear\w*|come up|occur\w*|in the (?:text|article))\b", re.I
)
_QUOTED = re.compile(r"\b(?:quoted|interviewed|speakers?|spoke to|has a say)\b", re.I)
# A list is never declined for want of certainty: what is nearest is shown.
_ITEMS = answerer(Limits(most=6, also=-1.4, declines=-99.0, reads_on=True))


def answer(task: Task) -> Iterator[Step]:
    """At most six sentences with items; of speakers, as many as there are up to eight."""
    text = task.question.text
    if _QUOTED.search(text):
        yield from speakers_of(task)[:MOST_SPEAKERS]
    elif (named := _named(text)) and _MENTIONED.search(text):
        yield from _mentioned(task, named)
    else:
        yield from _ITEMS(task)


def _named(question: str) -> str:
    """What the items are: of "name the towns" the towns."""
    found = _NAMED.findall(question.lower())
    return next((it for it in found if not it.startswith("name")), "".join(found[:1]))


def _mentioned(task: Task, what: str) -> Iterator[Step]:
    """The persons, places or days of the guides, each with the first sentence that names it
    and was not shown for another."""
    ids = meant(task)[:MOST_ARTICLES]
    guides = task.library.catalogue.guides(ids)
    told: set[str] = set()
    shown: set[object] = set()
    for article_id, sentences in task.library.whole(ids).items():
        guide = guides.get(article_id)
        if guide is None:
            continue
        is_day = what.startswith(("day", "date"))
        is_person = what.startswith(("person", "people", "name", "who"))
        for item in guide.days if is_day else guide.people if is_person else guide.places:
            naming = (it for it in sentences if item in one_line(it.text))
            source = next((it for it in naming if it.place not in shown), None)
            if source is not None and item not in told:
                told.add(item)
                shown.add(source.place)
                yield Show((source,), group=item)
