"""Teaches which sentence states an answer: `python -m evals fit-locator`.

From questions with gold come lessons; the figures are of stories that were not taught.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from evals.evidence.labelled import LabelledSet
from evals.judges.calibration import auroc, finite
from evals.tasks import library_of
from evals.teaching.holding_back import is_held_back
from evals.teaching.lesson import Answered, Lesson
from evals.teaching.locator_examples import Example, Made, examples
from evals.teaching.tokens import Tokens
from rag.answer import YesNoVerdict
from rag.models.located import NUMBERS, Located
from rag.models.yesno import YES_NO_UNKNOWN
from rag.prompts import LOCATE, VERDICT, asking
from rag.settings import Settings

# Everything that is asked of sources begins so.
MARKER = "Question:"
# A sentence, or what is answered to a question for yes or no.
ANSWERS = (*NUMBERS, *YES_NO_UNKNOWN)
_VERDICT: Mapping[YesNoVerdict, str] = {"yes": "yes", "no": "no", "not_said": "unknown"}
# How much is taught of what states nothing: much of it is alike.
_TAUGHT: Mapping[Made, float] = {
    "first": 1.0,
    "without": 0.2,
    "swapped": 0.6,
    "turned": 0.8,
    "beside": 1.0,
}
# Of other questions, where those for yes or no are taught: what keeps the rest from being unlearnt.
_OTHERS = 0.15


@dataclass(frozen=True)
class LocatorFigures:
    """On first looks of stories that were held back; shares, 0 where there is nothing; `auroc`
    is None where all questions are answered, or none is.

    `right_sentence` is of those that state the answer, `right_verdict` of all questions for yes or
    no, and `wrong_verdict` those of them where a yes or a no is told that is not stated.
    """

    looks: int
    auroc: float | None
    right_sentence: float
    yes_or_no: int
    right_verdict: float
    wrong_verdict: float


def examples_of(labelled: LabelledSet, settings: Settings) -> list[Example]:
    """Questions of a set beside what is read for them. Raises StoreError."""
    with library_of(labelled, settings) as library:
        return list(examples(labelled, library))


def chosen(
    examples: Sequence[Example], limit: int, *, verdicts: bool = False
) -> tuple[list[Example], list[Example]]:
    """What is taught, at most `limit` and all about one group of sentences together; and the first
    looks of stories that are held back. With `verdicts` mostly questions for yes or no are taught.
    """
    random = Random(len(examples))  # noqa: S311 - a choice of examples, no secret
    together: dict[object, list[Example]] = defaultdict(list)
    for one in examples:
        if is_held_back(one.dataset, one.story):
            continue
        if verdicts and not one.verdict and random.random() >= _OTHERS:
            continue
        if one.stating or random.random() < _TAUGHT[one.made]:
            together[tuple(source.place for source in one.sources)].append(one)
    groups = list(together.values())
    random.shuffle(groups)
    taught = [one for group in groups for one in group]
    held_back = [
        one for one in examples if is_held_back(one.dataset, one.story) and one.made == "first"
    ]
    return taught[:limit], held_back


def lessons_of(examples: Sequence[Example], tokens: Tokens) -> Iterator[Lesson]:
    """The examples as the engine reads them; of one for yes or no two."""
    for one in examples:
        right = tuple(place + 1 for place in one.stating) or (0,)
        messages = asking(one.asked, one.sources, LOCATE, numbered=True)
        read = tokens.of_request(messages)
        yield Lesson(one.dataset, *read, right, len(one.sources) + 1)
        if one.verdict:
            read = tokens.of_request(asking(one.asked, one.sources, VERDICT, numbered=True))
            right = (ANSWERS.index(_VERDICT[one.verdict]),)
            yield Lesson(one.dataset, *read, right, len(ANSWERS))


def located(said: Sequence[Answered]) -> list[Located]:
    """What a teacher's model says, as the engine tells it."""
    return [Located(row[0], tuple(row[1:])) for _, row in said]


def figures_of(said: Sequence[Answered]) -> LocatorFigures:
    """Of one set."""
    looks = [(lesson, row) for lesson, row in said if len(row) <= len(NUMBERS)]
    verdicts = [(lesson, row) for lesson, row in said if len(row) > len(NUMBERS)]
    read = [(lesson.right, one) for (lesson, _), one in zip(looks, located(looks), strict=True)]
    stated = [(right, one) for right, one in read if right != (0,)]
    labels = np.array([right != (0,) for right, _ in read])
    predicted = [
        (lesson.right[0], len(NUMBERS) + int(np.argmax(row[len(NUMBERS) :])))
        for lesson, row in verdicts
    ]
    unsaid = ANSWERS.index(_VERDICT["not_said"])
    return LocatorFigures(
        looks=len(read),
        auroc=finite(auroc(labels, np.array([one.log_odds for _, one in read]))),
        right_sentence=_share([one.likeliest in right for right, one in stated]),
        yes_or_no=len(predicted),
        right_verdict=_share([right == one for right, one in predicted]),
        wrong_verdict=_share([right != one != unsaid for right, one in predicted]),
    )


def _share(held: Sequence[bool]) -> float:
    return sum(held) / max(1, len(held))
