"""The entries of a live page: where each stands in the text, and when it was written.

Invariant: an entry begins with the moment that the page states of it, day and time, at the head of
a paragraph; a time within a sentence, or one that stands by itself on the page, makes none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rag.articles.article import LiveEntry, Span, normalise
from rag.articles.blocks import BETWEEN_PARAGRAPHS, Paragraph

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)")
# What an entry has at least, beside its time: two of them stand above an article for other reasons.
_FEWEST_CHARS = 20

Found = list[tuple[int, int, str]]
"""Start and end of each entry in the text, and its moment as 2026-03-14T09:30."""


def entries_on_page(paragraphs: Sequence[Paragraph]) -> Found:
    """The entries among the paragraphs of the article, by the `time` at the head of each."""
    marks = [
        (place, time, moment)
        for place, paragraph in enumerate(paragraphs)
        for time, moment in _heading_time(paragraph)
    ]
    held = Counter(holder for _, time, _ in marks for holder in time.iterancestors())
    told: list[tuple[int, int | None, str]] = []
    for place, time, moment in marks:
        holder = time
        for outer in time.iterancestors():
            if held[outer] > 1:
                break
            holder = outer
        first = last = place
        while first and _lies_in(paragraphs[first - 1].block, holder):
            first -= 1
        while last + 1 < len(paragraphs) and _lies_in(paragraphs[last + 1].block, holder):
            last += 1
        told.append((first, last if last > place else None, moment))
    return _placed([paragraph.text for paragraph in paragraphs], told)


def entries_in_data(text: str) -> Found:
    r"""The entries of a text from structured data, which has the moment of each as a paragraph.

    >>> told = ["2026-03-14T09:30:00Z", "The ferry left.", "2026-03-14T09:10:00Z", "It is late."]
    >>> entries_in_data("\n\n".join(told))
    [(0, 37, '2026-03-14T09:30'), (39, 72, '2026-03-14T09:10')]
    """
    paragraphs = text.split(BETWEEN_PARAGRAPHS)
    found = [(place, _MOMENT.match(one)) for place, one in enumerate(paragraphs) if len(one) < 40]
    told = [(place, None, "T".join(it.groups())) for place, it in found if it]
    return _placed(paragraphs, told)


def live_entries(text: str, found: Iterable[Sequence[Any]]) -> tuple[LiveEntry, ...]:
    """Those of a raw `text` as they stand in it once it is normalised, paragraph by paragraph."""
    entries = []
    for start, end, moment in found:
        begins = len(normalise(text[:start]))
        span = Span(begins, begins + len(normalise(text[start:end])))
        entries.append(LiveEntry.of(span, moment))
    return tuple(entries)


def _heading_time(paragraph: Paragraph) -> Iterable[tuple[Any, str]]:
    """The `time` that the paragraph begins with, where it states day and time."""
    for time in paragraph.block.iter("time"):
        said = " ".join("".join(time.itertext()).split())
        if said and paragraph.text.startswith(said):
            if moment := _MOMENT.match((time.get("datetime") or "").strip()):
                yield time, "T".join(moment.groups())
            return


def _placed(paragraphs: Sequence[str], told: Sequence[tuple[int, int | None, str]]) -> Found:
    """Entries by their paragraphs to entries by their characters; none where there is but one."""
    starts, at = [], 0
    for paragraph in paragraphs:
        starts.append(at)
        at += len(paragraph) + len(BETWEEN_PARAGRAPHS)
    found = []
    for number, (first, last, moment) in enumerate(told):
        behind = told[number + 1][0] if number + 1 < len(told) else len(paragraphs)
        last = behind - 1 if last is None else min(last, behind - 1)
        chars = sum(map(len, paragraphs[first : last + 1]))
        if last > first or chars >= _FEWEST_CHARS:
            found.append((starts[first], starts[last] + len(paragraphs[last]), moment))
    return found if len(found) > 1 else []


def _lies_in(element: Any, holder: Any) -> bool:
    return element is holder or any(one is holder for one in element.iterancestors())
