"""One adapter from lessons: taught, written, and asked of what was held back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from evals.teaching.adapter_file import read_adapter, write_adapter
from evals.teaching.lesson import Answered, Lesson
from evals.teaching.qwen import Qwen
from evals.teaching.teacher import RANK, SCALE, Teacher, opening_of
from evals.teaching.tokens import Answering

F = TypeVar("F")


def teach(
    taught: Sequence[Lesson],
    held_back: Sequence[Lesson],
    model_path: Path,
    answering: Answering,
    out: Path,
    step: Callable[[int, int], None],
    figures: Callable[[Sequence[Answered]], F],
    *,
    teach_on: Path | None = None,
    rank: int = RANK,
) -> dict[str, F]:
    """Write an adapter to `out`; by set the figures of what it answers to what was held back.

    `teach_on` is an adapter file to begin with. Raises InputError for one that is none.
    """
    begun = read_adapter(teach_on, scale=SCALE) if teach_on else None
    opening = opening_of([*taught, *held_back])
    teacher = Teacher(Qwen(model_path), answering.choices, opening, begun, rank)
    teacher.teach(taught, lambda done, steps, loss: step(done, steps))
    write_adapter(teacher.adapter, out, scale=SCALE, marker=answering.marker)
    answers = teacher.answers(held_back)
    return {
        name: figures(
            [(a, b) for a, b in zip(held_back, answers, strict=True) if a.dataset == name]
        )
        for name in dict.fromkeys(one.dataset for one in held_back)
    }
