"""The file of what the model said of the likeliest sentences of labelled questions.

Invariant: a look is on disk before the next is asked for, and looks of two models or prompts are
never mixed. One object a line, see `Look`; of two for one question the later counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.datasets.loading import bad_line
from evals.evidence.found import Place
from rag.closing import Closing
from rag.errors import InputError
from rag.files import write_whole


class Look(BaseModel):
    """Log-probabilities that none and that each of some sentences states the answer.

    `sentences` are their articles' names and spans, as they were shown; `made_by` says what was
    asked. Of a question for yes or no, `whether` has those that they answer yes, no and neither,
    and `held` those that the best of them say so of the question as a statement.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    id: str
    made_by: str
    sentences: tuple[Place, ...] = Field(min_length=1)
    nowhere: float
    each: tuple[float, ...]
    whether: tuple[float, float, float] | None = None
    held: tuple[float, float, float] | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Look:
        if len(self.each) != len(self.sentences):
            raise ValueError("each sentence has one log-probability")
        return self

    @property
    def key(self) -> tuple[str, str]:
        """Set and question."""
        return self.dataset, self.id

    def is_of(self, places: Iterable[Place]) -> bool:
        """Whether all that was shown is among these sentences."""
        return set(self.sentences) <= set(places)


Looks = dict[tuple[str, str], Look]


def load_looks(path: Path) -> Looks:
    """The looks of a file by set and question; the tail of a killed run is left out.

    Raises InputError.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", fix="Make looks with --look first."
        ) from None
    found: Looks = {}
    for number, line in enumerate(lines[:-1], 1):
        try:
            look = Look.model_validate_json(line)
        except ValidationError as error:
            raise bad_line(path, number, error.errors()[0]["msg"]) from None
        found[look.key] = look
    _check_alike({one.made_by for one in found.values()}, path)
    return found


class LookFile(Closing):
    """A file of looks to add to. Raises InputError where those in it are of another model."""

    def __init__(self, path: Path, made_by: str) -> None:
        self.known: Looks = load_looks(path) if path.is_file() else {}
        _check_alike({made_by, *(one.made_by for one in self.known.values())}, path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            text = path.read_text("utf-8")
            write_whole(path, text[: text.rfind("\n") + 1])
        self._out: IO[str] = path.open("a", encoding="utf-8")

    def keep(self, look: Look) -> None:
        """Put a look on disk."""
        self._out.write(look.model_dump_json() + "\n")
        self._out.flush()
        os.fsync(self._out.fileno())
        self.known[look.key] = look

    def close(self) -> None:
        """Let go of the file."""
        self._out.close()


def _check_alike(made_by: set[str], path: Path) -> None:
    if len(made_by) > 1:
        raise InputError(
            f"{path} holds looks of another model: {' / '.join(sorted(made_by))}",
            fix="Choose another file, or delete that one to ask everything again.",
        )
