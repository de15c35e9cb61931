"""From questions with gold to an adapter, and how well it does on stories it was not taught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from evals.evidence.labelled import LabelledSet
from evals.judges.calibration import auroc
from evals.locating.examples import Made, Shown, shown
from evals.tasks import library_of
from evals.teaching.teacher import Lesson, is_held_back
from evals.teaching.teaching import teach
from evals.teaching.tokens import Tokens
from rag.models.located import Located
from rag.prompts import LOCATE, asking
from rag.settings import Settings

# Everything that is asked of sources begins so.
MARKER = "Question:"
# How much is taught of what states nothing: much of it is alike.
_TAUGHT: Mapping[Made, float] = {
    "first": 1.0,
    "without": 0.2,
    "swapped": 0.6,
    "turned": 0.8,
    "beside": 1.0,
}


@dataclass(frozen=True)
class SetFigures:
    """On first looks of stories that were held back; shares, and None where there is none.

    `right_sentence` is of those that state the answer.
    """

    looks: int
    auroc: float
    right_sentence: float


def examples_of(labelled: LabelledSet, settings: Settings) -> list[Shown]:
    """Questions of a set beside what is read for them. Raises StoreError."""
    with library_of(labelled, settings) as library:
        return list(shown(labelled, library))


def chosen(examples: Sequence[Shown], limit: int) -> tuple[list[Shown], list[Shown]]:
    """What is taught, at most `limit` and all about one group of sentences together; and the first
    looks of stories that are held back.
    """
    random = Random(len(examples))  # noqa: S311 - a choice of examples, no secret
    together: dict[object, list[Shown]] = defaultdict(list)
    for one in examples:
        if is_held_back(one.dataset, one.story):
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


def lessons_of(examples: Sequence[Shown], tokens: Tokens) -> Iterator[Lesson]:
    """The examples as the engine reads them."""
    for one in examples:
        messages = asking(one.asked, one.sources, LOCATE, numbered=True)
        before, after = tokens.of_request(messages)
        right = tuple(place + 1 for place in one.stating) or (0,)
        yield Lesson(one.dataset, one.story, before, after, right, len(one.sources) + 1)


def fit_locator(
    taught: Sequence[Lesson],
    held_back: Sequence[Lesson],
    model_path: Path,
    tokens: Tokens,
    out: Path,
    step: Callable[[int, int], None],
    *,
    teach_on: Path | None = None,
) -> dict[str, SetFigures]:
    """Teach an adapter, write it to `out`, and say how it does on what was held back.

    `teach_on` is an adapter file to begin with. Raises InputError for one that is none.
    """
    numbers = numbers_of(tokens)
    lessons = taught, held_back
    said = located(
        teach(*lessons, model_path, numbers, tokens.marker, out, step, teach_on=teach_on)
    )
    return {
        name: _figures([(a, b) for a, b in zip(held_back, said, strict=True) if a.dataset == name])
        for name in dict.fromkeys(one.dataset for one in held_back)
    }


def numbers_of(tokens: Tokens) -> list[int]:
    """The tokens of the numbers 0 to 9."""
    return [tokens.of(str(digit))[0] for digit in range(10)]


def located(answers: Sequence[Sequence[float]]) -> list[Located]:
    """What a teacher's model says, as the engine tells it."""
    return [Located(row[0], tuple(row[1:])) for row in answers]


def _figures(read: Sequence[tuple[Lesson, Located]]) -> SetFigures:
    stated = [(lesson, found) for lesson, found in read if lesson.right != (0,)]
    labels = np.array([lesson.right != (0,) for lesson, _ in read])
    return SetFigures(
        looks=len(read),
        auroc=auroc(labels, np.array([found.log_odds for _, found in read])),
        right_sentence=sum(found.likeliest in lesson.right for lesson, found in stated)
        / max(1, len(stated)),
    )
