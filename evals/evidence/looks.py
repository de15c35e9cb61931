"""The file of what the model said of the likeliest sentences of labelled questions.

Invariant: looks of two models or prompts are never mixed. One object a line, see `Look`; of two
for one question the later counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.datasets.loading import bad_line
from evals.evidence.found import Place
from evals.growing_file import GrowingFile, whole_lines
from rag.errors import InputError


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
        lines = whole_lines(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", fix="Make looks with --look first."
        ) from None
    found: Looks = {}
    for number, line in enumerate(lines, 1):
        try:
            look = Look.model_validate_json(line)
        except ValidationError as error:
            raise bad_line(path, number, error.errors()[0]["msg"]) from None
        found[look.key] = look
    _check_alike({one.made_by for one in found.values()}, path)
    return found


class LookFile(GrowingFile):
    """A file of looks to add to. Raises InputError where those in it are of another model."""

    option = "--looks"

    def __init__(self, path: Path, made_by: str) -> None:
        self.known: Looks = {}
        self._made_by = made_by
        super().__init__(path)

    def keep(self, look: Look) -> None:
        """Put a look on disk."""
        self._add(look.model_dump_json())
        self.known[look.key] = look

    def _take(self, lines: Sequence[bytes]) -> None:
        self.known = load_looks(self.path) if lines else {}
        _check_alike({self._made_by, *(one.made_by for one in self.known.values())}, self.path)


def _check_alike(made_by: set[str], path: Path) -> None:
    if len(made_by) > 1:
        raise InputError(
            f"{path} holds looks of another model: {' / '.join(sorted(made_by))}",
            fix="Choose another file, or delete that one to ask everything again.",
        )
