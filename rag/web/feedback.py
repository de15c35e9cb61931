"""What readers think of answers, kept on this machine and sent nowhere.

One JSON object a line in `feedback.jsonl` under the home folder: when, the verdict, the reason,
and the whole answer, so that a complaint can be looked into and become a question for the evals.
"""

from __future__ import annotations

import datetime
import json
import os
import threading
from pathlib import Path
from typing import Literal

from rag.answering.answer import Answer
from rag.errors import StoreFullError
from rag.index.files import private_folder
from rag.web.schema import Wire

MAX_COMMENT_CHARS = 2_000
Verdict = Literal["useful", "wrong_citation", "wrong_answer", "not_in_corpus", "outdated", "other"]


class Feedback(Wire):
    """One reader's word on one answer."""

    verdict: Verdict
    answer: Answer
    comment: str = ""


class FeedbackFile:
    """The file; safe to use from several threads of one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()

    def add(self, feedback: Feedback) -> None:
        """Append one. Raises StoreFullError when it cannot be written."""
        line = json.dumps(
            {
                "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                "verdict": feedback.verdict,
                "comment": feedback.comment[:MAX_COMMENT_CHARS],
                "question": feedback.answer.question,
                "answer": feedback.answer.model_dump(mode="json"),
            },
            ensure_ascii=False,
        )
        try:
            with self._writing:
                private_folder(self.path.parent)
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
                with os.fdopen(os.open(self.path, flags, 0o600), "a", encoding="utf-8") as file:
                    file.write(line + "\n")
        except OSError as error:
            raise StoreFullError(
                f"Cannot write {self.path}: {error.strerror or error}",
                fix="Make room on the disk, or let this user write there.",
            ) from None
