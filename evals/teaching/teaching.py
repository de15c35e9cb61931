"""One adapter from lessons: taught, written, and asked of what was held back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from evals.teaching.adapter_file import read_adapter, write_adapter
from evals.teaching.qwen import Qwen
from evals.teaching.teacher import SCALE, SMALL, Lesson, Size, Teacher, opening_of
from evals.teaching.tokens import Answering


def teach(
    taught: Sequence[Lesson],
    held_back: Sequence[Lesson],
    model_path: Path,
    answering: Answering,
    out: Path,
    step: Callable[[int, int], None],
    *,
    teach_on: Path | None = None,
    size: Size = SMALL,
) -> list[list[float]]:
    """Write an adapter to `out`; the log-probability of each answer for what was held back.

    `teach_on` is an adapter file to begin with. Raises InputError for one that is none.
    """
    begun = read_adapter(teach_on, scale=SCALE) if teach_on else None
    opening = opening_of([*taught, *held_back])
    teacher = Teacher(Qwen(model_path), answering.choices, opening, begun, size)
    teacher.teach(taught, lambda done, steps, loss: step(done, steps))
    write_adapter(teacher.adapter, out, scale=SCALE, marker=answering.marker)
    return teacher.answers(held_back)
