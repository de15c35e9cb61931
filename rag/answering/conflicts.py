"""Sources that give different values for the same thing.

Two sentences are about the same thing when one is a copy of the other, as in a report that was
updated or tampered with, or when numbers and dates stand between the same words, or count the same
things in sentences that both have the words of the question. Invariant: a conflict names two
values of which neither is another way of writing the other, in articles that both have the
question's names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.answering.bounds import bound_of
from rag.answering.figures import Figure, counted
from rag.answering.overlap import content, coverage
from rag.answering.questions import kind, unknown_to
from rag.answering.sources import Source
from rag.answering.values import Value, values
from rag.answering.verifier import surroundings
from rag.answering.words import words

NEAR_CHARS = 90
NEAR_WORDS = 8
LEAST_ALIGNED = 0.6
LEAST_SHARED = 3
LEAST_COVERED = 0.9
COPY_CHARS = 250
LEAST_STATED = 0.6
MOST_STATING = 8
LEAST_COPIED = 0.6
LEAST_ALIKE = 0.3
MOST_REPLACED_WORDS = 6


@dataclass(frozen=True)
class Disagreement:
    """What the answer's source says, what another source's sentence says in its place."""

    said: str
    instead: str
    source: Source


def disagreements(
    question: str, claim: str, stated_in: Source, others: Sequence[Source]
) -> Iterator[Disagreement]:
    """Where other articles give another value for what `claim` answers, each value once.

    Only what the question does not say itself counts as its answer.
    """
    stating = [stated_in, *_also_stating(question, claim, stated_in, others)]
    seen: set[str] = set()
    for other in others:
        found = next(
            (
                one
                for mine in stating
                if mine.article.article_id != other.article.article_id
                and (
                    one := _replaced(question, claim, mine, other)
                    or _other_value(question, claim, mine, other)
                )
            ),
            None,
        )
        if found is None or found.instead.lower() in seen:
            continue
        if unknown_to(question, surroundings([other])) is None:
            seen.add(found.instead.lower())
            yield found


def is_later(one: Source, other: Source) -> bool:
    """True when both reports have a date and the first one's comes after."""
    mine, theirs = one.article.published_at, other.article.published_at
    return mine is not None and theirs is not None and mine > theirs


def _also_stating(
    question: str, claim: str, stated_in: Source, others: Sequence[Source]
) -> list[Source]:
    """Other sentences that say what the claim says, of which some other sentence may be a copy."""
    return [
        other
        for other in others
        if other is not stated_in
        and coverage(claim, other.text) >= LEAST_STATED
        and coverage(question, f"{other.article.title} {other.text}") >= LEAST_STATED
    ][:MOST_STATING]


def _replaced(question: str, claim: str, mine: Source, other: Source) -> Disagreement | None:
    """Between a sentence and its copy in a copied passage: the words put in the answer's place."""
    if _likeness(content(mine.text), content(other.text)) < LEAST_ALIKE:
        return None  # seen at a glance, and so for nearly every sentence
    if _likeness(_near(mine), _near(other)) < LEAST_COPIED:
        return None
    here, there = words(mine.text), words(other.text)
    matcher = SequenceMatcher(
        None, [word.lower for word in here], [word.lower for word in there], autojunk=False
    )
    if matcher.ratio() < LEAST_COPIED:
        return None
    answer = content(claim) - content(question)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "replace" or max(b - a, d - c) > MOST_REPLACED_WORDS:
            continue
        said = mine.text[here[a].span.start : here[b - 1].span.end]
        instead = other.text[there[c].span.start : there[d - 1].span.end]
        fresh = content(instead) - content(said)
        if content(said) & answer and fresh and not fresh <= content(mine.text):
            return Disagreement(said, instead, other)
    return None


def _near(source: Source) -> frozenset[str]:
    text, span = source.article.text, source.span
    return content(text[max(0, span.start - COPY_CHARS) : span.end + COPY_CHARS])


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _other_value(question: str, claim: str, mine: Source, other: Source) -> Disagreement | None:
    """A number or date where the same words stand around it, or that counts the same things."""
    asked = values(question)
    answer = [v for v in values(claim) if not any(v.agrees_with(known) for known in asked)]
    stated = [v for v in values(mine.text) if any(v.agrees_with(one) for one in answer)]
    theirs = [v for v in values(other.text) if v.kind != "name"]
    for value in stated:
        if any(value.agrees_with(one) for one in theirs):
            continue
        for one in theirs:
            if one.kind != value.kind or any(one.agrees_with(known) for known in asked):
                continue
            if _compatible(value, mine.text, one, other.text):
                continue
            if _aligned(value, mine, one, other) or _same_count(
                question, value, mine.text, one, other
            ):
                return Disagreement(value.text, one.text, other)
    return None


def _aligned(value: Value, mine: Source, other: Value, theirs: Source) -> bool:
    """True when the words before agree with the words before, and those after with those after."""
    sides = list(zip(_around(value, mine), _around(other, theirs), strict=True))
    shared = sum(len(one & two) for one, two in sides)
    most = sum(min(len(one), len(two)) for one, two in sides)
    return shared >= LEAST_SHARED and shared >= LEAST_ALIGNED * most


def _around(value: Value, source: Source) -> tuple[frozenset[str], frozenset[str]]:
    """Stems of the words before and after, also of the sentences beside."""
    text, start = source.article.text, source.span.start
    first, last = start + value.span.start, start + value.span.end
    before = words(text[max(0, first - NEAR_CHARS) : first])[1:][-NEAR_WORDS:]
    after = words(text[last : last + NEAR_CHARS])[:-1][:NEAR_WORDS]
    one, two = ({word.stem for word in side if word.is_content} for side in (before, after))
    return frozenset(one), frozenset(two)


def _same_count(question: str, value: Value, mine: str, other: Value, source: Source) -> bool:
    """True when both count the same things and both sentences are about the whole question."""
    if value.figure is None or other.figure is None or kind(question) != "amount":
        return False
    things = counted(value.figure, mine) & counted(other.figure, source.text)
    near = f"{source.article.title} {source.text}"
    return bool(things & content(question)) and coverage(question, near) >= LEAST_COVERED


def _compatible(value: Value, mine: str, other: Value, theirs: str) -> bool:
    """True when bounds make both numbers true at once: "at least 20" and "22"."""
    one, two = value.figure, other.figure
    if one is None or two is None:
        return False
    if one.unit != two.unit:
        return True  # no way to compare them
    return _allows(one, mine, two.value) or _allows(two, theirs, one.value)


def _allows(figure: Figure, text: str, value: float) -> bool:
    """True when what stands before the number lets the other value be true as well."""
    bound = bound_of(figure, text)
    return bound is not None and bound.allows(figure.value, value)
