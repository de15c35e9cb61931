"""Comparisons of reports: what both say, where they differ, what only one says.

Sentences are paired by likeness of meaning, and where they give two values of one thing
(`rag/answering/two_values.py`). A sentence without a partner is told by its report alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

import numpy as np

from rag.answering.diversity import in_context, with_antecedent
from rag.answering.main_points import main_worth
from rag.answering.scoring import Scored
from rag.answering.stories import SAME_STORY, Report, meant, reports, worth_of_articles
from rag.answering.task import Lead, Show, Step, Task
from rag.answering.two_values import differing_pairs, likeness, shared_words, without_reuse
from rag.check.polarity import is_denial, opposite
from rag.retrieval.sources import Source
from rag.text.figures import count_alike
from rag.text.leaning import opens_leaning
from rag.text.names import names
from rag.text.overlap import content, coverage
from rag.text.wanted import has_wanted, wanted_of
from rag.text.words import words

MOST = 8
_MOST_LOOKED_AT = 8
_MOST_WEIGHED = 6
_PAIRED = 0.45
# What the rarer words that two sentences share add to their cosine.
_OF_WORDS = 0.5
_SAME = 0.5
# Cosine to the other report's nearest sentence from which both say it.
_ALONE = 0.75
# Share of a sentence's words that the whole other report has, from which it may tell that too.
_TOLD_ELSEWHERE = 0.7
# Share of its words that its partner has where both say it.
_SAID_BY_BOTH = 0.5
_MOST_DIFFERENCES = 3
_ONLY = re.compile(
    r"\bonly\b|\bleaves? out\b|\bleft out\b|\b(?:does|do|did)(?: not|n[’']t)\b|\bomit", re.I
)
_SECOND = re.compile(r"\b(?:second|latter)\b", re.I)
_BOTH = re.compile(r"\bboth\b|\bin common\b|\bsimilar\w*\b|\bagree\b|\bsame\b", re.I)
_DIFFER = re.compile(r"\bdiffer\w*\b|\bdisagree\w*\b|\bcontradict\w*\b|\bdiscrepan\w*\b", re.I)
# One thing is asked of both: "do they agree on the number?", "when … according to each?".
_ONE_THING = re.compile(
    r"^\W*(?:do|does|did|is|are|was|were|has|have|how (?:many|much|far|long|old|often|big|high)|"
    r"when|where|who|why|until when|which|at what time|what \w+(?<!differences) (?:is|was|are|were|"
    r"did|does)|what (?:is|was|were) the)\b|\bsay about\b|"
    r"\baccording to (?:each|both)\b",
    re.I,
)


@dataclass(frozen=True)
class _Pair:
    """Sentences of two reports about the same, by place."""

    left: int
    right: int
    likeness: float


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
    if _ONE_THING.search(text) and not _ONLY.search(text) and not _DIFFER.search(text):
        shows = list(_of_topic(task, both))
    elif _ONLY.search(text):
        shows = list(_only(_asked_side(text, both), both, MOST))
    elif _BOTH.search(text) and not _DIFFER.search(text):
        shows = list(_common(task, both))
    else:
        shows = list(_differences(task, both))
    if shows:
        yield Lead(f"{both[0].name} and {both[1].name}, side by side.")
        yield from shows


def _two(task: Task) -> list[Report]:
    """The two that fit best together: what the question is about, and telling one story."""
    question = task.question
    if question.previous is None and not question.subject:
        return reports(task, task.library.article_ids(_MOST_LOOKED_AT))[:2]
    worth = worth_of_articles(question.subject or question.about, task.candidates)
    for article_id in meant(task):
        worth.setdefault(article_id, max(worth.values(), default=1.0))
    ranked = sorted(worth, key=lambda it: -worth[it])[:_MOST_LOOKED_AT]
    found = reports(task, ranked)

    def fit(pair: tuple[Report, Report]) -> float:
        likeness = float(pair[0].centre @ pair[1].centre)
        return (
            likeness + (likeness >= SAME_STORY) + sum(worth[it.article.article_id] for it in pair)
        )

    best = max(combinations(found, 2), key=fit, default=())
    return sorted(best, key=lambda it: (it.article.published_at or date.max, it.article.source))


def _asked_side(question: str, both: Sequence[Report]) -> int:
    """Which of the two is asked about: the one that the question names first."""
    asked = words(question)
    found = []
    for side, report in enumerate(both):
        other = both[1 - side]
        own = {w.lower for w in words(f"{report.article.publisher or ''} {report.article.title}")}
        theirs = {w.lower for w in words(f"{other.article.publisher or ''} {other.article.title}")}
        only = {word for word in own - theirs if len(word) > 3}
        found.append(next((at for at, it in enumerate(asked) if it.lower in only), len(asked)))
    if found[0] == found[1]:
        return int(_SECOND.search(question) is not None)
    return 0 if found[0] < found[1] else 1


def _of_topic(task: Task, both: Sequence[Report]) -> Iterator[Step]:
    """From each the sentence that answers, so that the two fit together; a second where close."""
    sides = [
        task.scored(report.sentences, task.question.subject)[:_MOST_WEIGHED] for report in both
    ]
    if not all(sides):
        return
    wanted = wanted_of(task.question.text)

    def fit(pair: tuple[Scored, ...]) -> float:
        one, other = pair
        both_have = all(has_wanted(wanted, task.question.about, it.source.text) for it in pair)
        alike = count_alike(one.source.text, other.source.text)
        return one.score + other.score + 3.0 * float(one.vector @ other.vector) + both_have + alike

    pairs = sorted(product(*sides), key=fit, reverse=True)
    shown: list[list[Source]] = [[], []]
    for pair in pairs[:2]:
        for side, one in enumerate(pair):
            if one.source not in shown[side]:
                shown[side].append(one.source)
    for report, sources in zip(both, shown, strict=True):
        for source in sources:
            yield Show((source,), group=report.name)


def _only(side: int, both: Sequence[Report], most: int) -> Iterator[Step]:
    report, other = both[side], both[1 - side]
    nearest = likeness(report, other).max(axis=1)
    order = np.argsort(-(main_worth(report) - 5.0 * nearest))
    alone = [int(it) for it in order if nearest[it] < _ALONE and _is_told_alone(report, it, other)]
    chosen = [report.sentences[it] for it in sorted(alone[:most])]
    for sources in in_context(chosen, report.sentences):
        yield Show(sources, group=f"Only {report.name}")


def _is_told_alone(report: Report, place: int, other: Report) -> bool:
    """Neither the sentence nor what says of whom it speaks is told by the other, if in parts."""
    sources = with_antecedent(report.sentences[place], report.sentences)
    return all(coverage(it.text, other.article.text) < _TOLD_ELSEWHERE for it in sources)


def _common(task: Task, both: Sequence[Report]) -> Iterator[Step]:
    """What both say; where the two give it with numbers of their own, each in its own words."""
    differ = differing_pairs(task, both)
    pairs = [it for it in _pairs(both) if it.likeness >= _SAME]
    worth = main_worth(both[0])
    ranked = sorted(pairs, key=lambda it: -(it.likeness * 3 + 0.5 * float(worth[it.left])))
    told = [it for it in ranked if _is_told_by_both(*_sources(both, it.left, it.right))][:MOST]
    shows: list[Show] = []
    for pair in sorted(told, key=lambda it: it.left):
        less, more = _less_first(*_sources(both, pair.left, pair.right))
        if (pair.left, pair.right) in differ or _has_its_own_number(less, more):
            sides = zip(both, _sources(both, pair.left, pair.right), strict=True)
            shows += [Show((source,), group=report.name) for report, source in sides]
        else:
            shows.append(Show((less,), also=(more,), group="Both say"))
    yield from shows[:MOST]


def _is_told_by_both(one: Source, other: Source) -> bool:
    less, more = _less_first(one, other)
    is_covered = coverage(less.text, more.text) >= _SAID_BY_BOTH
    return is_covered and not opens_leaning(less.text) and not _are_against(one, other)


def _has_its_own_number(one: Source, other: Source) -> bool:
    return any(term.startswith("#") for term in content(one.text) - content(other.text))


def _are_against(one: Source, other: Source) -> bool:
    """One has an opposite of the other's words, or denies what the other does not."""
    return opposite(one.text, other.text) or is_denial(one.text) != is_denial(other.text)


def _less_first(one: Source, other: Source) -> tuple[Source, Source]:
    """The two, that of which the other says more first: it is what both say."""
    if coverage(other.text, one.text) > coverage(one.text, other.text):
        return other, one
    return one, other


def _differences(task: Task, both: Sequence[Report]) -> Iterator[Step]:
    """Two values of one thing; then what only one of the two tells."""
    near = {(it.left, it.right) for it in _pairs(both)}
    values = [_with_what_leans(pair, near, both) for pair in differing_pairs(task, both)]
    pairs = without_reuse(values)[:_MOST_DIFFERENCES]
    for left, right in sorted(pairs):
        for report, source in zip(both, _sources(both, left, right), strict=True):
            yield Show(with_antecedent(source, report.sentences), group=report.name)
    rest = MOST - 2 * len(pairs)
    yield from _only(0, both, (rest + 1) // 2)
    yield from _only(1, both, rest // 2)


def _with_what_leans(
    pair: tuple[int, int], near: Collection[tuple[int, int]], both: Sequence[Report]
) -> tuple[int, int]:
    """The pair, or one of each other's nearest whose sentences are shown after those of the pair:
    "Nine were sent. One of these struck a vehicle."
    """
    for other in near:
        shown = [
            with_antecedent(report.sentences[place], report.sentences)
            for report, place in zip(both, other, strict=True)
        ]
        if all(it in side for it, side in zip(_sources(both, *pair), shown, strict=True)):
            return other
    return pair


def _pairs(both: Sequence[Report]) -> list[_Pair]:
    """Sentences of the two that are each other's nearest, where near enough."""
    alike = likeness(*both).astype(float) + _OF_WORDS * shared_words(both)
    found = []
    for left in range(len(both[0].sentences)):
        right = int(np.argmax(alike[left]))
        if alike[left, right] >= _PAIRED and int(np.argmax(alike[:, right])) == left:
            found.append(_Pair(left, right, float(alike[left, right])))
    return found


def _sources(both: Sequence[Report], left: int, right: int) -> tuple[Source, Source]:
    return both[0].sentences[left], both[1].sentences[right]


def _named_things(task: Task) -> list[Step]:
    """For "which is longer, A or B?": for each name its best sentence, of its own article."""
    text = task.question.text
    if not re.search(r"\bor\b|\band\b|\bvs\b|\bversus\b|\bthan\b|\bwith\b", text):
        return []
    asked = [it for it in names(text) if not it.is_date and not it.first]
    if len(asked) < 2 or _DIFFER.search(text):
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
            best = with_antecedent(mine[0].source, [one.source for one in task.evidence])
            steps.append(Show(best, group=name.text))
    return steps if len(steps) > 1 else []
