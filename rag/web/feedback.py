"""What readers think of answers, kept on this machine and sent nowhere.

One JSON object a line in `feedback.jsonl` under the home folder: when, the verdict, the reason,
and the whole answer, so that a complaint can be looked into and become a question for the evals
(`candidates`). Invariant: a line that cannot be read is named, never passed over in silence.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from rag.answer import Answer
from rag.articles.article import Article, name_of
from rag.errors import GroundwireError, InputError, StoreFullError
from rag.files import private_folder
from rag.kinds import TRAITS
from rag.web.request_bodies import Wire

FILE_NAME = "feedback.jsonl"
MAX_COMMENT_CHARS = 2_000
Verdict = Literal["useful", "wrong_citation", "wrong_answer", "not_in_corpus", "outdated", "other"]


class Feedback(Wire):
    """One reader's word on one answer."""

    verdict: Verdict
    answer: Answer
    comment: str = ""


class Gold(Wire):
    """A cited quote that stands once in the article of that name."""

    article: str
    quote: str


class Kept(Wire):
    """One line of the file."""

    at: datetime.datetime
    verdict: Verdict
    comment: str
    question: str
    gold: tuple[Gold, ...] = ()
    answer: Answer


@dataclass(frozen=True)
class Noted:
    """What a feedback file holds, and which of its lines cannot be read."""

    kept: tuple[Kept, ...]
    unreadable: tuple[InputError, ...]


class FeedbackFile:
    """The file; safe to use from several threads of one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()

    def add(self, feedback: Feedback, gold: Sequence[Gold] = ()) -> None:
        """Append one. Raises StoreFullError when it cannot be written."""
        kept = Kept(
            at=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
            verdict=feedback.verdict,
            comment=feedback.comment[:MAX_COMMENT_CHARS],
            question=feedback.answer.question,
            gold=tuple(gold),
            answer=feedback.answer,
        )
        try:
            with self._writing:
                private_folder(self.path.parent)
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
                with os.fdopen(os.open(self.path, flags, 0o600), "a", encoding="utf-8") as file:
                    file.write(kept.model_dump_json() + "\n")
        except OSError as error:
            raise StoreFullError(
                f"Cannot write {self.path}: {error.strerror or error}",
                fix="Make room on the disk, or let this user write there.",
            ) from None

    def read(self) -> Noted:
        """Everything noted so far, oldest first; nothing where there is no file yet."""
        kept: list[Kept] = []
        unreadable: list[InputError] = []
        lines = self.path.read_text("utf-8", "replace").split("\n") if self.path.exists() else []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                kept.append(Kept.model_validate_json(line))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                problem = f"{self.path}:{number} is no feedback: {where} {first['msg']}".strip()
                unreadable.append(InputError(problem, fix="Fix or remove the line."))
        return Noted(tuple(kept), tuple(unreadable))


def gold_of(answer: Answer, article_of: Callable[[str], Article]) -> tuple[Gold, ...]:
    """The quotes that the claims cite, where they stand once in an article that is still stored."""
    found = []
    cited = {number for claim in answer.claims for number in claim.citations}
    for citation in answer.citations:
        with suppress(GroundwireError):  # removed in the meantime
            article = article_of(citation.article_id)
            if citation.number in cited and article.text.count(citation.quote) == 1:
                found.append(Gold(article=name_of(article.source), quote=citation.quote))
    return tuple(found)


def candidates(kept: Sequence[Kept]) -> list[dict[str, Any]]:
    """Questions for the evals, one for each question noted (`evals/datasets/example.py`).

    The last word on a question counts; a greeting and a question about the collection are left out,
    for no quote answers them. A useful answer gives its quotes as gold; an answer called
    wrong gives its sentences as wordings that a right one does not contain. What the right answer
    is, a person has to add.
    """
    last = {one.answer.searched_for: one for one in kept if TRAITS[one.answer.kind].searches}
    return [_candidate(question, one) for question, one in last.items()]


def _candidate(question: str, noted: Kept) -> dict[str, Any]:
    claims = noted.answer.claims
    useful = noted.verdict == "useful"
    unanswerable = noted.verdict == "not_in_corpus" or (useful and not claims)
    digest = hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "id": f"feedback-{digest[:8]}",
        "kind": "absent" if unanswerable else "single_fact",
        "question": question,
        "history": [],
        "answerable": not unanswerable,
        "answers": [],
        "gold": [gold.model_dump() for gold in noted.gold] if useful else [],
        "paraphrase_of": None,
        "wrong": [claim.text for claim in claims] if noted.verdict == "wrong_answer" else [],
        "withheld": False,
    }


def write_candidates(kept: Sequence[Kept], path: Path) -> int:
    """Write the candidates as JSONL; how many. Raises InputError rather than overwrite a file."""
    found = candidates(kept)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in found)
    except FileExistsError:
        raise InputError(f"{path} is already there", fix="Give another file name.") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", fix="Give a folder that can be written."
        ) from None
    return len(found)
