"""Questions with the sentences that are read for them, and which of these state the answer.

From a question come others about the same sentences, for which these are computed only once.
Answered by none of them: the question with another name or number of theirs in the place of one
that is asked about, or with a word turned into its opposite, and what the set calls unanswerable.
Other questions that they answer, and each of these as a follow-up of another.
Invariant: the same questions give the same examples.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from evals.evidence.labelled import VITAL, LabelledQuestion, LabelledSet, OfNuggets
from evals.tasks import task_for
from evals.teaching.opposites import turned
from rag.answer import YesNoVerdict
from rag.answering.compound import parts
from rag.answering.locating import block
from rag.answering.scoring import Scored
from rag.articles.article import name_of
from rag.prompts import Asked, following
from rag.retrieval.library import Library
from rag.retrieval.sources import Source
from rag.text.overlap import coverage
from rag.text.words import one_line

Made = Literal["first", "without", "swapped", "turned", "beside"]

# Of other questions asked beside the same sentences, the share that is asked as a follow-up, and
# how many of those that the sentences answer and of those that they do not. To read the sentences
# takes as long as to learn from three questions about them.
_FOLLOWING = 0.3
_MOST_STATED, _MOST_UNSTATED = 4, 3
# Of a question's words a sentence may have so much less than the best one that states the answer.
_BEHIND = 0.15
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")


@dataclass(frozen=True)
class Example:
    """A question as it is asked, beside sentences; `stating` are the places of those, from 0.

    A follow-up leans on what was asked `before`. `verdict` is what these sentences answer to a
    question for yes or no.
    """

    dataset: str
    story: str
    question: str
    sources: tuple[Source, ...]
    stating: tuple[int, ...]
    made: Made
    before: str = ""
    verdict: YesNoVerdict | None = None

    @property
    def asked(self) -> Asked:
        """What the model is asked."""
        return following(self.before, self.question)


def examples(labelled: LabelledSet, library: Library) -> Iterator[Example]:
    """What is read for each question of a set, and what is made of it.

    A question that asks several things is left out, and so is one of which only what is good to
    know was found. Raises StoreError.
    """
    random = Random(labelled.name)  # noqa: S311 - a choice of examples, no secret
    firsts: dict[str, list[tuple[LabelledQuestion, Example]]] = defaultdict(list)
    for question in labelled.questions:
        if len(parts(question.text)) > 1:
            continue
        task = task_for(question.text, question.history, library)
        sources = _read(task.evidence)
        stated = stating(question, sources)
        if not sources or stated is None:
            continue
        one = Example(
            dataset=labelled.name,
            story=question.story or task.hits[0].article.title or task.hits[0].article.article_id,
            question=question.text,
            sources=sources,
            stating=stated,
            made="first",
            before=task.question.before,
            verdict=_answered(question, stated),
        )
        firsts[one.story].append((question, one))
        yield one
        if one.stating:
            yield from _without(question, one, task.evidence)
            yield from _swapped(one, random)
            yield from _turned(one, random)
    for story in firsts.values():
        for question, one in story:
            others = [other for other, _ in story if other is not question]
            yield from _beside(one, others, random)


def stating(question: LabelledQuestion, sources: Sequence[Source]) -> tuple[int, ...] | None:
    """The places of the sentences that state the answer; None where that cannot be said.

    Where a set only tells by words what states it, those with fewer words of the question than the
    best are left out.
    """
    worth = [question.key.worth(name_of(it.article.source), it.text) for it in sources]
    places = [place for place, value in enumerate(worth) if value == VITAL]
    if not places and any(worth):
        return None
    if isinstance(question.key, OfNuggets):
        return tuple(places)
    shares = {place: coverage(question.text, sources[place].titled) for place in places}
    best = max(shares.values(), default=0.0)
    return tuple(place for place, share in shares.items() if share >= best - _BEHIND)


def _read(ranked: Sequence[Scored]) -> tuple[Source, ...]:
    """The sentences of them that an answer would have the model read."""
    return tuple(one.source for one in block(ranked))


def _without(
    question: LabelledQuestion, one: Example, evidence: Sequence[Scored]
) -> Iterator[Example]:
    """The likeliest other sentences: nothing that states anything of the answer is among them."""
    others = _read(
        [
            it
            for it in evidence
            if not question.key.worth(name_of(it.source.article.source), it.source.text)
        ]
    )
    if others:
        verdict = _answered(question, ())
        yield replace(one, sources=others, stating=(), made="without", verdict=verdict)


def _answered(question: LabelledQuestion, stated: Sequence[int]) -> YesNoVerdict | None:
    """What is answered where these sentences state it."""
    return question.verdict if stated or question.verdict is None else "not_said"


def _swapped(one: Example, random: Random) -> list[Example]:
    """The same sentences, asked about another name or number of theirs, where they have one."""
    text = " ".join(one_line(source.text) for source in one.sources)
    answering = " ".join(one_line(one.sources[place].text) for place in one.stating)
    for pattern in (_NUMBER, _NAME):
        asked = sorted(set(pattern.findall(one.question)))
        others = sorted(
            found
            for found in set(pattern.findall(text))
            if found.lower() not in one.question.lower() and found not in answering
        )
        if asked and others:
            question = one.question.replace(random.choice(asked), random.choice(others))
            changed = replace(one, question=question, verdict=None)
            return [replace(changed, stating=(), made="swapped")]
    return []


def _turned(one: Example, random: Random) -> list[Example]:
    question = turned(one.question, random)
    if question is None:
        return []
    return [replace(one, question=question, stating=(), made="turned", verdict=None)]


def _beside(one: Example, others: Sequence[LabelledQuestion], random: Random) -> Iterator[Example]:
    """Other questions that these sentences answer, and some that they do not.

    Only nuggets name every sentence that states an answer; of other sets, what nothing answers.
    """
    order = [other for other in random.sample(others, len(others)) if not other.history]
    labelled = [(other, stating(other, one.sources)) for other in order]
    stated = [(other, places) for other, places in labelled if places]
    unstated = [
        (other, ())
        for other, places in labelled
        if not other.answerable or (places == () and isinstance(other.key, OfNuggets))
    ]
    for other, places in (*stated[:_MOST_STATED], *unstated[:_MOST_UNSTATED]):
        follows = random.random() < _FOLLOWING
        before = f"{one.question.rstrip(' ?')}?" if follows else ""
        changed = replace(one, question=other.text, before=before, made="beside")
        yield replace(changed, stating=places, verdict=_answered(other, places))
