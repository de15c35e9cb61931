"""Answers of earlier runs: one file for each system, kept while it is being asked.

Invariant: what failed is asked again, and what another version of program, articles or questions
answered is never taken for ours.

One object a line: `{"id": the question's, "s": seconds, "answer": an Answer as JSON}`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.datasets.loading import bad_line, rows_of
from evals.growing_file import GrowingFile
from rag.errors import InputError
from rag.files import write_whole

FAILED = "error"  # the status of a question that could not be put


class Part(BaseModel):
    """Base of the parts: frozen. Of an answer only what is scored is read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Sentence(Part):
    """A claim, or what one side of a conflict says."""

    text: str
    citations: tuple[int, ...] = ()


class Quote(Part):
    """A citation: the article's own words."""

    number: int
    quote: str


class Disagreement(Part):
    """A conflict of sources."""

    positions: tuple[Sentence, ...] = ()


class Clock(Part):
    """When the first sentence came."""

    first_sentence: float | None = None


class Said(Part):
    """What is scored of an Answer, whatever made it."""

    status: str
    text: str = ""
    lead: str | None = None
    verdict: str | None = None
    claims: tuple[Sentence, ...] = ()
    citations: tuple[Quote, ...] = ()
    conflicts: tuple[Disagreement, ...] = ()
    timings_s: Clock = Clock()


class Given(Part):
    """What came of one question."""

    id: str
    s: float = Field(ge=0)
    answer: Said


def load_answers(path: Path, ids: Collection[str]) -> dict[str, Given]:
    """The answers of a file, by question. Raises InputError; `ids` are the questions there are."""
    found: dict[str, Given] = {}
    for number, row in rows_of(path):
        try:
            given = Given.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the answer"
            raise bad_line(path, number, f"{field}: {first['msg']}") from None
        if given.id not in ids:
            raise bad_line(path, number, f"the set has no question {given.id!r}")
        if given.id in found:
            raise bad_line(path, number, f"{given.id!r} is answered twice")
        found[given.id] = given
    if not found:
        raise InputError(f"{path} holds no answer", fix="Name a file that a run wrote to --out.")
    return found


class AnswerFile(GrowingFile):
    """The answers of one system to one set. One process at a time owns it.

    `fingerprint` says what made them; it lies beside the file, and another one is refused.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.answered: set[str] = set()
        self._fingerprint = fingerprint
        super().__init__(path)

    def keep(self, question: str, seconds: float, answer: Mapping[str, Any]) -> None:
        """Put the answer to the question of that id on disk."""
        row = {"id": question, "s": round(seconds, 3), "answer": answer}
        self._add(json.dumps(row, ensure_ascii=False))
        self.answered.add(question)

    def _take(self, lines: Sequence[bytes]) -> None:
        mark = self.path.with_suffix(".made-by")
        if not self.path.is_file():
            write_whole(mark, self._fingerprint)
            return
        if not mark.is_file() or mark.read_text("utf-8") != self._fingerprint:
            raise InputError(
                f"{self.path} holds answers of another version, other articles or other questions",
                fix="Choose another --out, or delete that file.",
            )
        kept = ""
        for line in lines:
            try:
                row = json.loads(line)
                if row["answer"]["status"] != FAILED:
                    kept += line.decode() + "\n"
                    self.answered.add(str(row["id"]))
            except (ValueError, KeyError, TypeError):
                continue  # damaged: asked again
        write_whole(self.path, kept)
