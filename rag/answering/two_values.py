"""Where two reports give two values of one thing: "nine car bombs" here, "eleven" there.

Sentences with figures that are not far apart are weighed by a fitted score of their likeness
(`scoring.json`; `python -m evals fit-differences`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from rag.answering.scoring import DIFFERS, weighed
from rag.answering.stories import Report, same_story
from rag.answering.task import Task
from rag.articles.article import Span
from rag.retrieval.sources import Source
from rag.text.figures import Figure, amounts, nearness
from rag.text.overlap import content
from rag.text.wanted import wanted_of

# Log-odds that two sentences differ, from which both are shown.
_DIFFERS = -0.5
_AROUND_CHARS = 40


@dataclass(frozen=True)
class _Placed:
    """A figure, the place of its sentence, and the vector of the words around it."""

    place: int
    figure: Figure
    around: NDArray[np.float32]


def other_value(task: Task, first: Source) -> Source | None:
    """What another report of the story gives for the amount that is asked for and that `first`
    states; None where nothing does.
    """
    if wanted_of(task.question.text) != "amount" or not amounts(first.text):
        return None
    found = dict.fromkeys(one.source.article.article_id for one in task.candidates)
    told = same_story(task, [first.article.article_id], beside=list(found))
    if not told:  # the article was removed meanwhile
        return None
    own, *others = told
    stated, best, value = _stated(task, own, first), None, _DIFFERS
    for other in others:
        for row, _, place in _weighable((own, other), stated, _figures(task, other)):
            if weighed(row, DIFFERS) >= value:
                best, value = other.sentences[place], weighed(row, DIFFERS)
    return best


def _stated(task: Task, own: Report, first: Source) -> list[_Placed]:
    """The figure of the sentence whose surroundings are most like the question."""
    asked = task.library.embed([task.question.text])[0]
    places = [place for place, it in enumerate(own.sentences) if it.place == first.place]
    return sorted(_figures(task, own, places), key=lambda it: -float(it.around @ asked))[:1]


def differing_pairs(task: Task, both: Sequence[Report]) -> list[tuple[int, int]]:
    """The pairs of sentences that give two values of one thing, surest first."""
    found = sorted(differing(task, both), key=lambda it: -weighed(it[0], DIFFERS))
    return without_reuse(
        [(left, right) for row, left, right in found if weighed(row, DIFFERS) >= _DIFFERS]
    )


def without_reuse(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first ones, so that no sentence is in two of them."""
    kept: list[tuple[int, int]] = []
    for left, right in pairs:
        if all(left != one and right != other for one, other in kept):
            kept.append((left, right))
    return kept


def differing(task: Task, both: Sequence[Report]) -> Iterator[tuple[dict[str, float], int, int]]:
    """What is weighed of whether two sentences give two values of one thing, and their places.

    Such are those of which each has a figure that is not far from the other's.
    """
    yield from _weighable(both, *(_figures(task, report) for report in both))


def _weighable(
    both: Sequence[Report], mine: Sequence[_Placed], theirs: Sequence[_Placed]
) -> Iterator[tuple[dict[str, float], int, int]]:
    near = np.zeros((len(both[0].sentences), len(both[1].sentences)))
    for one, other in product(mine, theirs):
        value = nearness(one.figure, other.figure) * float(one.around @ other.around)
        near[one.place, other.place] = max(near[one.place, other.place], value)
    cosine, shared = likeness(*both), shared_words(both)
    for left, right in np.argwhere(near > 0).tolist():
        row = {
            "cosine": float(cosine[left, right]),
            "words": float(shared[left, right]),
            "figures": float(near[left, right]),
            "apart": abs(left / near.shape[0] - right / near.shape[1]),
        }
        yield row, left, right


def _figures(task: Task, report: Report, places: Iterable[int] | None = None) -> list[_Placed]:
    """Those of its sentences, or of some of them."""
    found = [
        (place, figure, _around(report.sentences[place].text, figure.span))
        for place in (range(len(report.sentences)) if places is None else places)
        for figure in amounts(report.sentences[place].text)
    ]
    vectors = task.library.embed([around for *_, around in found]) if found else ()
    return [_Placed(place, it, row) for (place, it, _), row in zip(found, vectors, strict=True)]


def _around(text: str, span: Span) -> str:
    return text[max(0, span.start - _AROUND_CHARS) : span.end + _AROUND_CHARS]


def likeness(one: Report, other: Report) -> NDArray[np.float32]:
    """Cosines of the sentences of two reports, shape (n, m)."""
    return one.vectors @ other.vectors.T


def shared_words(both: Sequence[Report]) -> NDArray[np.float64]:
    """How many of the words of two sentences are in both (Dice 1945), the rarer counting more."""
    terms = [[content(source.text) for source in report.sentences] for report in both]
    known = Counter(term for side in terms for one in side for term in one)
    weight = {term: 1.0 / count for term, count in known.items()}

    def worth(found: frozenset[str]) -> float:
        return sum(weight[term] for term in found)

    return np.array(
        [[2 * worth(a & b) / (worth(a) + worth(b) or 1.0) for b in terms[1]] for a in terms[0]]
    )
