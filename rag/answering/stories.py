"""Which articles a question is about: one, the reports of one story, or all of them.

Invariant: pure but for what the library gives; articles come best first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.answering.scoring import SUBJECT, Scored, weighed
from rag.answering.task import Task
from rag.articles.article import Article
from rag.retrieval.sources import Source
from rag.text.overlap import content, coverage

# Cosine of two articles' mean sentences from which they tell one story: of 36 such pairs 35, and
# of 882 others none.
SAME_STORY = 0.7
MOST_REPORTS = 4
_MOST_CANDIDATES = 8
MOST_OF_ALL = 20  # articles that are looked at where a question names nothing
# Beside the best article's worth: with less another one is not meant.
_ALSO_MEANT = 0.75
_BEST_SENTENCES = 3
_BY_TITLE = 0.5
# Log-odds, by weights that `python -m evals fit-subjects` makes.
_STRANGE = -1.0


@dataclass(frozen=True)
class Report:
    """A whole article with its sentences and their vectors, shape (n, d)."""

    sentences: tuple[Source, ...]
    vectors: NDArray[np.float32]

    @property
    def article(self) -> Article:
        return self.sentences[0].article

    @property
    def name(self) -> str:
        """How it is told from the others: its publisher where it has one, else its title."""
        return self.article.publisher or self.article.title

    @cached_property
    def centre(self) -> NDArray[np.float32]:
        """The mean of its sentences as a unit vector, shape (d,)."""
        mean = self.vectors.mean(axis=0)
        length = float(np.linalg.norm(mean))
        centre: NDArray[np.float32] = mean / length if length else mean
        return centre

    @cached_property
    def centrality(self) -> NDArray[np.float64]:
        """How much each sentence has in common with all others (Erkan and Radev 2004), (n,)."""
        return np.asarray((self.vectors @ self.vectors.T).mean(axis=1), dtype=float)


def reports(task: Task, article_ids: Sequence[str]) -> list[Report]:
    """These articles as a whole; those without a sentence are left out."""
    return [
        Report(sentences, task.library.embed([it.text for it in sentences]))
        for sentences in task.library.whole(article_ids).values()
        if sentences
    ]


def meant(task: Task) -> list[str]:
    """The articles that the question is about, best first; where it names nothing the first ones
    that there are.
    """
    question = task.question
    if question.previous is not None and not question.subject:
        cited = [it.article_id for it in question.previous.citations]
        return list(dict.fromkeys(cited))
    if not question.subject:
        return task.library.article_ids(MOST_OF_ALL)
    worth = worth_of_articles(question.subject, task.candidates)
    found = sorted(worth, key=lambda it: -worth[it])
    named = _of_named_publisher(task, found)
    if named:
        return named
    return [it for it in found if worth[it] >= _ALSO_MEANT * worth[found[0]]]


def is_unknown_subject(task: Task) -> bool:
    """True for a subject that no article seems to be about.

    Of 76 questions for an overview, a summary, a timeline or positions one is wrongly said to be
    strange, and 87 of 100 that were asked of another set's articles rightly (docs/figures.md).
    """
    if not content(task.question.subject):
        return False
    if not task.candidates:
        return True
    found = of_subject(task)
    if not found["likeness"]:  # the embedding server is down: words alone tell
        return not found["words"]
    return weighed(found, SUBJECT) < _STRANGE


def of_subject(task: Task) -> dict[str, float]:
    """What tells whether the articles know the subject: the likest sentence, and the share of its
    words that one article has in what was found of it. There must be evidence.
    """
    subject = content(task.question.subject)
    told: dict[str, set[str]] = defaultdict(set)
    for one in task.candidates:
        article = one.source.article
        told[article.article_id] |= content(f"{article.publisher or ''} {one.source.titled}")
    return {
        "likeness": max(one.features["cosine"] for one in task.candidates),
        "words": max(len(subject & terms) for terms in told.values()) / len(subject),
    }


def worth_of_articles(subject: str, evidence: Sequence[Scored]) -> dict[str, float]:
    """By its best sentences, and by how much of the subject its title and its publisher have."""
    scores: dict[str, list[float]] = defaultdict(list)
    titles: dict[str, str] = {}
    for one in evidence:
        article = one.source.article
        titles[article.article_id] = f"{article.publisher or ''} {article.title}"
        scores[article.article_id].append(max(0.0, one.features["cosine"]))
    return {
        article_id: float(np.mean(sorted(found, reverse=True)[:_BEST_SENTENCES]))
        + _BY_TITLE * coverage(subject, titles[article_id])
        for article_id, found in scores.items()
    }


def same_story(
    task: Task, article_ids: Sequence[str], *, beside: Sequence[str] = ()
) -> list[Report]:
    """The reports of the story that the first article tells, it first.

    They are looked for among these articles, and among those found `beside` them.
    """
    candidates = reports(task, list(dict.fromkeys([*article_ids, *beside]))[:_MOST_CANDIDATES])
    if not candidates:
        return []
    first, *others = candidates
    told = [it for it in others if float(it.centre @ first.centre) >= SAME_STORY]
    return [first, *told][:MOST_REPORTS]


def ranked(task: Task) -> list[str]:
    """All articles of the evidence, those first that are about the subject."""
    worth = worth_of_articles(task.question.subject, task.candidates)
    return sorted(worth, key=lambda it: -worth[it])


def _of_named_publisher(task: Task, article_ids: Sequence[str]) -> list[str]:
    scope = task.library.scope
    if scope is None or not scope.publishers:
        return []
    publishers = {
        one.source.article.article_id: one.source.article.publisher for one in task.candidates
    }
    return [it for it in article_ids if publishers.get(it) in scope.publishers]
