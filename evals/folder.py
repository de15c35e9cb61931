"""The folder of a run: every answer is on disk before the next question is asked.

Invariant: an answer is found again only for the same system (code, models, articles) and the same
question with the same talk before it. Failures are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from evals.cache import cache_key
from evals.datasets.example import Example
from evals.growing_file import GrowingFile
from evals.systems.response import Response


def answer_key(fingerprint: str, example: Example, variant: str) -> str:
    """Under which an answer is kept."""
    return cache_key(
        fingerprint, variant, str(example.withheld), *example.history, example.question
    )


class RunFolder(GrowingFile):
    """Answers of one or more systems in `answers.jsonl`. One process at a time owns it."""

    def __init__(self, path: Path) -> None:
        self._known: dict[str, Response] = {}
        super().__init__(path, path / "answers.jsonl", path / ".lock")

    def known(self, key: str) -> Response | None:
        """The answer kept under `key`."""
        return self._known.get(key)

    def keep(self, key: str, response: Response) -> None:
        """Put an answer on disk; one that failed is not kept."""
        if response.error:
            return
        row = {"key": key, "response": response.model_dump(mode="json")}
        self._add(json.dumps(row, ensure_ascii=False))
        self._known[key] = response

    def _take(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            try:
                row = json.loads(line)
                self._known[str(row["key"])] = Response.model_validate(row["response"])
            except (ValueError, KeyError, TypeError, ValidationError):
                continue  # written by another version: asked again
