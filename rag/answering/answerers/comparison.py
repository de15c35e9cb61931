"""Comparisons of reports: what both say, where they differ, what only one says.

Sentences are paired by likeness of meaning. A pair of which one gives another value of the same
thing differs; a sentence without a partner is told by its report alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answering.answerers.summary import main_worth
from rag.answering.stories import Report, meant, reports, same_story
from rag.answering.task import Lead, Show, Step, Task
from rag.retrieval.evidence import Source
from rag.text.figures import figures
from rag.text.names import names
from rag.text.overlap import content
from rag.text.words import words

MOST = 8
_PAIRED = 0.55
_ALONE = 0.6
_ONLY = re.compile(
    r"\bonly\b|\bleaves? out\b|\bleft out\b|\b(?:does|do|did)(?: not|n[’']t)\b|\bomit", re.I
)
_BOTH = re.compile(r"\bboth\b|\bin common\b|\bsimilar\w*\b|\bagree\b|\bsame\b", re.I)
_DIFFER = re.compile(r"\bdiffer\w*\b|\bdisagree\w*\b|\bcontradict\w*\b|\bdiscrepan\w*\b", re.I)
_TOPIC = re.compile(
    r"\bhow (?:many|much|far|long|old|often|big|high)\b|\bwhen\b|\bwhere\b|\bwho\b|\bwhy\b|"
    r"\bagree on\b|\bsay about\b|\bwhich\b|\bwhat time\b|\bnumber of\b",
    re.I,
)


@dataclass(frozen=True)
class _Pair:
    """Sentences of two reports about the same, by place; `differs` where their values do."""

    left: int
    right: int
    likeness: float
    differs: bool


def answer(task: Task) -> Iterator[Step]:
    """At most eight sentences, each under the report that tells it, or under "Both say"."""
    named = _named_things(task)
    if named:
        yield from named
        return
    both = _two(task)
    if len(both) < 2:
        return
    text = task.question.text
    of_topic = _TOPIC.search(text) and not _ONLY.search(text)
    yield Lead(f"{both[0].name} and {both[1].name}, side by side.")
    if of_topic:
        yield from _of_topic(task, both)
    elif _ONLY.search(text):
        yield from _only(_asked_side(text, both), both, task)
    elif _BOTH.search(text) and not _DIFFER.search(text):
        yield from _common(both)
    else:
        yield from _differences(both)


def _two(task: Task) -> list[Report]:
    ids = meant(task)
    story = same_story(task, ids)
    if len(story) < 2 and len(ids) > 1:
        story = reports(task, ids[:2])
    if len(story) < 2:
        near = [one.source.article.article_id for one in task.evidence]
        every = list(dict.fromkeys([*ids, *near]))
        story = same_story(task, every) if every else []
        story = story if len(story) > 1 else reports(task, every[:2])
    return story[:2]


def _asked_side(question: str, both: Sequence[Report]) -> int:
    """Which of the two is asked about: the one that the question names first."""
    lower = question.lower()
    found = []
    for side, report in enumerate(both):
        other = both[1 - side]
        own = {w.lower for w in words(f"{report.article.publisher or ''} {report.article.title}")}
        theirs = {w.lower for w in words(f"{other.article.publisher or ''} {other.article.title}")}
        places = [lower.find(word) for word in own - theirs if len(word) > 3 and word in lower]
        found.append(min(places, default=len(lower)))
    return 0 if found[0] <= found[1] else 1


def _of_topic(task: Task, both: Sequence[Report]) -> Iterator[Step]:
    for report in both:
        best = task.scored(report.sentences)[:2]
        for one in best if best and best[0].score - best[-1].score < 1.5 else best[:1]:
            yield Show((one.source,), group=report.name)


def _only(side: int, both: Sequence[Report], task: Task) -> Iterator[Step]:
    report = both[side]
    likeness = _likeness(report, both[1 - side])
    alone = 1 - likeness.max(axis=1)
    worth = main_worth(report)
    eligible = likeness.max(axis=1) < _ALONE
    order = np.argsort(-(worth + 3.0 * alone))
    chosen = [int(it) for it in order if eligible[it]][:MOST]
    for place in sorted(chosen):
        yield Show((report.sentences[place],), group=f"Only {report.name}")


def _common(both: Sequence[Report]) -> Iterator[Step]:
    pairs = [it for it in _pairs(both) if not it.differs]
    worth = main_worth(both[0])
    ranked = sorted(pairs, key=lambda it: -(it.likeness * 3 + 0.3 * float(worth[it.left])))
    for pair in sorted(ranked[:MOST], key=lambda it: it.left):
        left, right = _sources(both, pair)
        yield Show((left,), also=(right,), group="Both say")


def _differences(both: Sequence[Report]) -> Iterator[Step]:
    pairs = sorted((it for it in _pairs(both) if it.differs), key=lambda it: -it.likeness)[:3]
    for pair in sorted(pairs, key=lambda it: it.left):
        for side, source in enumerate(_sources(both, pair)):
            yield Show((source,), group=both[side].name)
    left = (MOST - 2 * len(pairs)) // 2
    for side in (0, 1):
        shown = 0
        for step in _only(side, both, None):  # type: ignore[arg-type]
            if shown == left:
                break
            shown += 1
            yield step


def _pairs(both: Sequence[Report]) -> list[_Pair]:
    """Each sentence of the first with its nearest of the second, where it is near enough."""
    likeness = _likeness(*both)
    found = []
    for left in range(len(both[0].sentences)):
        right = int(np.argmax(likeness[left]))
        if likeness[left, right] >= _PAIRED and int(np.argmax(likeness[:, right])) == left:
            one, other = both[0].sentences[left], both[1].sentences[right]
            found.append(_Pair(left, right, float(likeness[left, right]), _differ(one, other)))
    return found


def _likeness(one: Report, other: Report) -> NDArray[np.float32]:
    return one.vectors @ other.vectors.T


def _differ(one: Source, other: Source) -> bool:
    """True where both count something and a value of one is not among the other's."""
    mine, theirs = figures(one.text), figures(other.text)
    if mine and theirs:
        missing = [it for it in mine if not any(it.agrees_with(its) for its in theirs)]
        extra = [it for it in theirs if not any(it.agrees_with(its) for its in mine)]
        if missing and extra:
            return True
    return False


def _sources(both: Sequence[Report], pair: _Pair) -> tuple[Source, Source]:
    return both[0].sentences[pair.left], both[1].sentences[pair.right]


def _named_things(task: Task) -> list[Step]:
    """For "which is longer, A or B?": for each name its best sentence, of its own article."""
    text = task.question.text
    if not re.search(r"\bor\b|\band\b|\bvs\b|\bversus\b|\bthan\b|\bwith\b", text):
        return []
    asked = [it for it in names(text) if not it.is_date and not it.first]
    if len(asked) < 2 or _TOPIC.search(text) is None and _DIFFER.search(text):
        return []
    steps: list[Step] = []
    used: set[str] = set()
    for name in asked[:4]:
        mine = [
            one
            for one in task.evidence
            if content(name.text) <= content(one.source.titled)
            and one.source.article.article_id not in used
        ]
        if mine:
            used.add(mine[0].source.article.article_id)
            steps.append(Show((mine[0].source,), group=name.text))
    return steps if len(steps) > 1 else []
