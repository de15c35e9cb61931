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

from evals.datasets.example import Example
from evals.datasets.loading import Collection
from evals.locating.labels import likeliest, stating
from evals.locating.opposites import turned
from evals.tasks import task_for
from rag.answering.compound import parts
from rag.answering.locating import block
from rag.answering.scoring import Scored
from rag.prompts import Asked, following
from rag.retrieval.evidence import Source
from rag.retrieval.library import Library
from rag.text.words import one_line

Made = Literal["first", "without", "swapped", "turned", "beside"]

# Of other questions asked beside the same sentences, the share that is asked as a follow-up.
_FOLLOWING = 0.3
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")


@dataclass(frozen=True)
class Shown:
    """A question as it is asked, beside sentences; `stating` are the places of those, from 0.

    A follow-up leans on what was asked `before`.
    """

    dataset: str
    story: str
    question: str
    sources: tuple[Source, ...]
    stating: tuple[int, ...]
    made: Made
    before: str = ""

    @property
    def asked(self) -> Asked:
        """What the model is asked."""
        return following(self.before, self.question)


def shown(collection: Collection, library: Library) -> Iterator[Shown]:
    """What is read for each question of a collection, and what is made of it.

    A question that asks several things is left out. Raises StoreError.
    """
    random = Random(collection.name)  # noqa: S311 - a choice of examples, no secret
    firsts: dict[str, list[tuple[Example, Shown]]] = defaultdict(list)
    for example in collection.examples:
        if len(parts(example.question)) > 1:
            continue
        task = task_for(example.question, (), library)
        sources = _read(task.evidence)
        if not sources:
            continue
        one = Shown(
            dataset=collection.name,
            story=task.hits[0].article.title or task.hits[0].article.article_id,
            question=example.question,
            sources=sources,
            stating=likeliest(example, sources),
            made="first",
        )
        firsts[one.story].append((example, one))
        yield one
        if one.stating:
            yield from _without(example, one, task.evidence)
            yield from _swapped(example, one, random)
            yield from _turned(one, random)
    for story in firsts.values():
        for example, one in story:
            others = [other for other, _ in story if other is not example]
            yield from _beside(one, others, random)


def _read(ranked: Sequence[Scored]) -> tuple[Source, ...]:
    """The sentences of them that an answer would have the model read."""
    return tuple(one.source for one in block(ranked))


def _without(example: Example, one: Shown, evidence: Sequence[Scored]) -> Iterator[Shown]:
    """The likeliest other sentences: nothing that states the answer is among them."""
    answering = set(stating(example, [it.source for it in evidence]))
    others = _read([it for place, it in enumerate(evidence) if place not in answering])
    if others:
        yield replace(one, sources=others, stating=(), made="without")


def _swapped(example: Example, one: Shown, random: Random) -> list[Shown]:
    """The same sentences, asked about another name or number of theirs, where they have one."""
    text = " ".join(one_line(source.text) for source in one.sources)
    answers = {w.lower() for part in example.answers for w in part}
    for pattern in (_NUMBER, _NAME):
        asked = sorted(set(pattern.findall(one.question)))
        others = sorted(
            found
            for found in set(pattern.findall(text))
            if found.lower() not in one.question.lower()
            and not any(found.lower() in w or w in found.lower() for w in answers)
        )
        if asked and others:
            question = one.question.replace(random.choice(asked), random.choice(others))
            return [replace(one, question=question, stating=(), made="swapped")]
    return []


def _turned(one: Shown, random: Random) -> list[Shown]:
    question = turned(one.question, random)
    return [replace(one, question=question, stating=(), made="turned")] if question else []


def _beside(one: Shown, others: Sequence[Example], random: Random) -> Iterator[Shown]:
    """Another question that these sentences answer, and one that nothing answers."""
    order = random.sample(others, len(others))
    labelled = [(other, likeliest(other, one.sources)) for other in order]
    stated = [(other, places) for other, places in labelled if places]
    unstated = [(other, places) for other, places in labelled if not other.answerable]
    for other, places in (*stated[:1], *unstated[:1]):
        follows = random.random() < _FOLLOWING
        before = f"{one.question.rstrip(' ?')}?" if follows else ""
        yield replace(one, question=other.question, before=before, stating=places, made="beside")
