"""What the page asks of the server beside answers: its status, articles, exports, feedback.

Everything a page sends is untrusted: it is read here into values, or refused in words.
"""

from __future__ import annotations

import base64
import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rag.answer import Answer
from rag.articles.languages import language_name
from rag.errors import GroundwireError
from rag.newsroom import AnyNewsroom
from rag.settings import SHIPPED_CORPUS
from rag.web.desk import Desk
from rag.web.export import as_html, as_markdown, as_text
from rag.web.feedback import Feedback, FeedbackFile, gold_of
from rag.web.incoming import ingest_sent, not_too_many
from rag.web.panel import article_view, guided_view, source_view
from rag.web.turn import sentence_view
from rag.wording import day

MAX_LISTED = 1_000
MAX_HISTORY = 4
MAX_HISTORY_CHARS = 200_000

# Format: the function that writes it, the ending of the file, the media type.
EXPORTS: dict[str, tuple[Callable[[Answer], str], str, str]] = {
    "text": (as_text, "txt", "text/plain"),
    "markdown": (as_markdown, "md", "text/markdown"),
    "html": (as_html, "html", "text/html"),
    "json": (lambda answer: answer.model_dump_json(indent=2), "json", "application/json"),
}


def read_history(data: Any) -> tuple[Answer, ...]:
    """The earlier answers that a page sent, oldest first; what is no answer is left out.

    >>> read_history([{"not": "an answer"}])
    ()
    """
    answers: list[Answer] = []
    size = 0
    for item in reversed(data if isinstance(data, list) else []):
        try:
            answer = Answer.model_validate(item)
        except ValidationError:
            continue
        size += len(answer.model_dump_json())
        if len(answers) == MAX_HISTORY or size > MAX_HISTORY_CHARS:
            break
        answers.append(answer)
    return tuple(reversed(answers))


def desk_status(desk: Desk) -> dict[str, Any]:
    """How far the start is, what the corpus holds, and what one may ask."""
    newsroom = desk.opened
    error = desk.error
    return {
        "run": desk.run,
        "ready": desk.ready,
        "steps": [
            {"name": step.name, "detail": step.detail, "seconds": step.seconds}
            for step in desk.steps
        ],
        "error": {"problem": error.problem, "fix": error.fix} if error else None,
        "corpus": _card(newsroom) if newsroom else None,
        "examples": list(newsroom.examples()) if newsroom else [],
    }


def _card(newsroom: AnyNewsroom) -> dict[str, Any]:
    card = newsroom.corpus_card()
    return {
        "articles": card.articles,
        "passages": card.passages,
        "publishers": list(card.publishers),
        "from": day(card.published_from),
        "to": day(card.published_to),
        "first_day": card.published_from.isoformat() if card.published_from else None,
        "last_day": card.published_to.isoformat() if card.published_to else None,
        "indexed": day(card.indexed_at),
    }


def open_article(desk: Desk, data: Any) -> dict[str, Any]:
    """A whole article, or why it cannot be shown: for the panel split around the span to show, for
    the list (`guide`) with its guide.
    """
    wanted = data if isinstance(data, dict) else {}
    article_id = str(wanted.get("article_id", ""))
    try:
        if wanted.get("guide"):
            return guided_view(*desk.newsroom(0).guided(article_id))
        article = desk.newsroom(0).article(article_id)
    except (GroundwireError, KeyError):
        return {"problem": "This article is no longer stored."}
    start, end = wanted.get("start"), wanted.get("end")
    whole = isinstance(start, int) and isinstance(end, int)
    same = wanted.get("sha256") in (None, article.sha256)
    return article_view(article, start if whole and same else None, end if whole and same else None)


def answered(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` gives, or the problem and its fix: the page shows either."""
    try:
        return work()
    except GroundwireError as error:
        return {"problem": f"{error.problem}.", "fix": error.fix}
    except (KeyError, TypeError, ValueError):  # not what our own page sends
        return {"problem": "The request was not understood.", "fix": "Reload the page."}


def list_articles(desk: Desk, data: Any = None) -> dict[str, Any]:
    """The stored articles, newest first; with `find`, those whose title or publisher has it."""

    def listed() -> dict[str, Any]:
        wanted = str(data.get("find") or "").casefold() if isinstance(data, dict) else ""
        everything = desk.newsroom(0).articles()
        stored = sorted(
            (a for a in everything if wanted in f"{a.title}\n{a.publisher or ''}".casefold()),
            key=lambda one: (one.published_at or datetime.date.min, one.title),
            reverse=True,
        )
        return {
            "articles": [
                {
                    "article_id": one.article_id,
                    "title": one.title,
                    "publisher": one.publisher,
                    "day": day(one.published_at),
                    "language": language_name(one.language) if one.language else None,
                    "passages": one.passages,
                }
                for one in stored[:MAX_LISTED]
            ],
            "matching": len(stored),
            "total": len(everything),
        }

    return answered(listed)


def add_articles(
    desk: Desk, folder: Path, files: list[dict[str, str]], max_file_bytes: int
) -> dict[str, Any]:
    """Take in files that the page sent as base64. Raises InputError and StoreError."""
    not_too_many(len(files))
    read = ((str(one["name"]), base64.b64decode(one["content"])) for one in files)
    return ingest_sent(desk, folder, read, (), max_file_bytes).model_dump(mode="json")


def add_samples(desk: Desk) -> dict[str, Any]:
    """Take in the sample articles, which a reader asked for. Raises InputError and StoreError."""
    report = desk.newsroom(0).ingest([SHIPPED_CORPUS])
    if report.failed and not (report.added or report.unchanged):
        raise report.failed[0]
    return {"added": report.added}


def add_address(desk: Desk, folder: Path, address: str, max_file_bytes: int) -> dict[str, Any]:
    """Take in what a web address leads to. Raises InputError and StoreError."""
    return ingest_sent(desk, folder, (), (address,), max_file_bytes).model_dump(mode="json")


def checked_draft(desk: Desk, text: str, *, with_model: bool = False) -> dict[str, Any]:
    """The sentences of a draft with their verdicts, and the quotes that decide them.

    Raises QuestionError for an empty or too long draft.
    """
    newsroom = desk.newsroom(0)
    found = desk.check(text, with_model=with_model)
    cited = {citation.number: citation for citation in found.citations}
    stored = {c.article_id: newsroom.article(c.article_id) for c in found.citations}
    return {
        "sentences": [
            sentence_view(claim, cited) | {"outcome": claim.outcome, "note": claim.note}
            for claim in found.claims
        ],
        "sources": [source_view(c, stored[c.article_id], {}) for c in found.citations],
        "notes": found.notes,
    }


def exported(answer: Any, form: str) -> dict[str, Any]:
    """An answer as a file: its name, type and text."""
    read = Answer.model_validate(answer)
    make, suffix, kind = EXPORTS[form]
    return {"name": f"{file_name(read.question)}.{suffix}", "type": kind, "text": make(read)}


def file_name(question: str) -> str:
    """A file name that says what was asked.

    >>> file_name("Who led the assault on Bartella?")
    'who-led-the-assault-on-bartella'
    """
    words = re.findall(r"\w+", question.lower())
    return "-".join(words)[:60].rstrip("-") or "answer"


def keep_feedback(desk: Desk, notes: FeedbackFile, data: dict[str, Any]) -> dict[str, Any]:
    """Keep a reader's word on an answer. Raises ValueError when it is none."""
    feedback = Feedback.model_validate(data)
    newsroom = desk.opened
    notes.add(feedback, gold_of(feedback.answer, newsroom.article) if newsroom else ())
    return {"kept": True}
