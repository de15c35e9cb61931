"""Yes or no: the evidence first found, then the question's polarity against it."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answering.choosing import diverse
from rag.answering.task import Show, Step, Task

MOST = 2


def answer(task: Task) -> Iterator[Step]:
    """The sentences nearest to the question."""
    for one in diverse(task.evidence, MOST):
        yield Show((one.source,))
