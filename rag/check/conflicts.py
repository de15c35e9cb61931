"""Sources that give different values for the same thing.

Two sentences are about the same thing when one is a copy of the other, as in a report that was
updated or tampered with, or when numbers and dates stand between the same words, or count the same
things in sentences that both have the words of the question. Sentences that differ in most of their
other numbers and dates too are about two things of one name, and what a rewrite says in other words
is no other value. Invariant: a conflict names two values of the kind that was asked for, of which
neither is another way of writing the other, in articles that both have the question's names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.check.copies import Place, alike, is_copied, is_verbatim, replaced_words
from rag.retrieval.sources import Source
from rag.text.figures import counted
from rag.text.overlap import content, coverage
from rag.text.unknown import unknown_to
from rag.text.values import Value, ValueKind, values
from rag.text.wanted import wanted_of
from rag.text.words import words

NEAR_CHARS = 90
# A news report: who is asked about may be named at its top and quoted at its end.
_CONTEXT_CHARS = 2_500
NEAR_WORDS = 8
LEAST_ALIGNED = 0.6
LEAST_SHARED = 3
LEAST_COVERED = 0.9
LEAST_STATED = 0.6
LEAST_ANSWER_WORDS = 2
MOST_STATING = 40
_VALUE_KINDS: Mapping[str, ValueKind] = {"amount": "number", "time": "date"}


@dataclass(frozen=True)
class Disagreement:
    """What the answer's source says, what another source's sentence says in its place."""

    said: str
    instead: str
    source: Source


def disagreements(
    question: str, claim: str, stated_in: Source, others: Sequence[Source]
) -> Iterator[Disagreement]:
    """Where other articles give another value for what `claim` answers, each value once, and of
    each article the sentence most like the claim's.

    Only what the question does not say itself counts as its answer.
    """
    stating = [stated_in, *_also_stating(question, claim, stated_in, others)]
    seen: set[str] = set()
    told: set[str] = set()
    for other in sorted(others, key=lambda one: -alike(stated_in, one)):
        found = _differing(question, claim, stating, other)
        if found is None or found.instead.lower() in seen or other.article.article_id in told:
            continue
        seen.add(found.instead.lower())
        told.add(other.article.article_id)
        yield found


def is_later(one: Source, other: Source) -> bool:
    """True when both have a day on which they were written and the first one's comes after."""
    mine, theirs = one.written_on, other.written_on
    return mine is not None and theirs is not None and mine > theirs


def _differing(
    question: str, claim: str, stating: Sequence[Source], other: Source
) -> Disagreement | None:
    """What another article's sentence says instead, beside the first it can be compared with."""
    for mine in stating:
        if mine.article.article_id == other.article.article_id:
            continue
        found = _replaced(question, claim, mine, other)
        found = found or _other_value(question, claim, mine, other)
        if found is not None:
            return found if _is_as_near(question, mine, other) else None
    return None


def _also_stating(
    question: str, claim: str, stated_in: Source, others: Sequence[Source]
) -> list[Source]:
    """Other sentences that give the claim's answer, of which some other sentence may be a copy."""
    answer = _asked_for(question, claim)
    fresh = content(claim) - content(question)

    def states(other: Source) -> bool:
        if answer:
            given = _asked_for(question, other.text)
            return any(one.agrees_with(value) for one in given for value in answer)
        return len(content(other.text) & fresh) >= min(LEAST_ANSWER_WORDS, len(fresh))

    return [
        other
        for other in others
        if other is not stated_in
        and states(other)
        and coverage(question, surroundings([other])) >= LEAST_STATED
    ][:MOST_STATING]


def _asked_for(question: str, text: str) -> list[Value]:
    """The numbers, or the dates, of a text that are of the kind asked for, and not the question's.

    Empty where the question asks for neither.
    """
    wanted = _VALUE_KINDS.get(wanted_of(question))
    known = values(question)
    return [
        value
        for value in values(text)
        if value.kind == wanted and not any(value.agrees_with(one) for one in known)
    ]


def _is_as_near(question: str, mine: Source, other: Source) -> bool:
    """True when the other sentence's article has the question's names, or copies one as far off."""
    missing = unknown_to(question, surroundings([other]))
    if missing is None:
        return True
    return missing == unknown_to(question, surroundings([mine])) and is_copied(mine, other)


def _replaced(question: str, claim: str, mine: Source, other: Source) -> Disagreement | None:
    """Between a sentence and its copy: another value put in the answer's place."""
    answer = content(claim) - content(question)
    for said, instead in replaced_words(mine, other):
        fresh = content(instead.text) - content(said.text)
        if not content(said.text) & answer or not fresh or fresh <= content(mine.text):
            continue
        if _is_of_another(mine.text, other.text):
            return None
        if _are_values(question, said, instead) or (
            _are_wordings(question, said, instead) and is_verbatim(mine, other, said.text)
        ):
            return Disagreement(said.text, instead.text, other)
    return None


def _are_values(question: str, said: Place, instead: Place) -> bool:
    """True for two values of the kind asked for: numbers, dates, or else names."""
    if wanted_of(question) in _VALUE_KINDS:
        return bool(_asked_for(question, said.text) and _asked_for(question, instead.text))
    return _are_wordings(question, said, instead) and said.has_name and instead.has_name


def _are_wordings(question: str, said: Place, instead: Place) -> bool:
    """True where words are asked for, and these are not both numbers or dates."""
    are_figures = _figures_in(said.text) and _figures_in(instead.text)
    return wanted_of(question) not in _VALUE_KINDS and not are_figures


def _figures_in(text: str) -> list[Value]:
    return [value for value in values(text) if value.kind != "name"]


def _is_of_another(mine: str, other: str) -> bool:
    """True where two sentences differ in more of their numbers and dates than they share, apart
    from the one that is compared.
    """
    here, there = _figures_in(mine), _figures_in(other)
    shared = sum(any(one.agrees_with(two) for two in there) for one in here)
    also = sum(any(two.agrees_with(one) for one in here) for two in there)
    return min(len(here) - shared, len(there) - also) - 1 > shared


def _other_value(question: str, claim: str, mine: Source, other: Source) -> Disagreement | None:
    """A number or date where the same words stand around it, or that counts the same things."""
    answer = _asked_for(question, claim)
    stated = [v for v in values(mine.text) if any(v.agrees_with(one) for one in answer)]
    theirs = _asked_for(question, other.text)
    if _is_of_another(mine.text, other.text):
        return None
    for value in stated:
        if any(value.agrees_with(one) for one in theirs):
            continue
        for one in theirs:
            if _may_both_hold(value, one):
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
    if value.figure is None or other.figure is None or wanted_of(question) != "amount":
        return False
    things = counted(value.figure, mine) & counted(other.figure, source.text)
    covered = coverage(question, source.titled)
    return bool(things & content(question)) and covered >= LEAST_COVERED


def _may_both_hold(value: Value, other: Value) -> bool:
    """True for "at least 20" and "22", and where there is no way to compare two numbers."""
    one, two = value.figure, other.figure
    return one is not None and two is not None and one.leaves_room_for(two)


def surroundings(sources: Sequence[Source]) -> str:
    """Title and neighbourhood of the sources: where a question's names must be found."""
    texts = []
    for source in sources:
        text, span = source.article.text, source.span
        texts.append(source.article.title)
        texts.append(text[max(0, span.start - _CONTEXT_CHARS) : span.end + _CONTEXT_CHARS])
    return "\n".join(texts)
