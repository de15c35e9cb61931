"""Checking an answer file again, offline: does every quote still stand word for word?

Answers of every schema up to ours are read. Invariant: needs no model; trusts nothing in the file
but its shape.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from rag.answer import SCHEMA_VERSION, Answer, Citation, Claim
from rag.articles.article import Article, Span
from rag.check.ground import Quoted
from rag.check.rules import LEAST_STATED, Fails, check_sentence, support_at
from rag.errors import AnswerFileError, InputError
from rag.text.yes_no import yes_or_no

MAX_FILE_BYTES = 8_000_000
_ASK_AGAIN = "Make one with `groundwire ask QUESTION --json`."


@dataclass(frozen=True)
class Saved:
    """An answer from a file, and the text that the file has beside it, if any."""

    answer: Answer
    text: str | None = None


def read_saved(file: Path) -> Saved:
    """The answer in a file, or on stdin for `-`, with its text. Raises AnswerFileError."""
    try:
        data = _bytes_of(file)
        if len(data) > MAX_FILE_BYTES:
            raise AnswerFileError(f"{file} is too large to be an answer", fix=_ASK_AGAIN)
        fields = _fields(data)
        _refuse_newer(file, fields.get("schema"))
        answer = Answer.model_validate_json(data)
        _refuse_newer(file, answer.schema_version)
    except OSError as error:
        raise AnswerFileError(f"{file} cannot be read: {error.strerror}", fix=_ASK_AGAIN) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise AnswerFileError(
            f"{file} is no answer of schema {SCHEMA_VERSION}: {where}: {first['msg']}",
            fix=_ASK_AGAIN,
        ) from None
    text = fields.get("text")
    return Saved(answer, text if isinstance(text, str) else None)


def _bytes_of(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    with file.open("rb") as opened:
        return opened.read(MAX_FILE_BYTES + 1)


def _fields(data: bytes) -> dict[str, object]:
    try:
        found = from_json(data)
    except ValueError:
        return {}  # the answer's own reading says what is wrong
    return found if isinstance(found, dict) else {}


def _refuse_newer(file: Path, version: object) -> None:
    """Of a schema that is not known yet, what a field means is not known either."""
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise AnswerFileError(
            f"{file} is of schema {version}, and this Groundwire reads up to {SCHEMA_VERSION}",
            fix="Check it with the version of Groundwire that made it, or a newer one.",
        )


def replay(
    answer: Answer, article_of: Callable[[str], Article], text: str | None = None
) -> tuple[str, ...]:
    """What does not hold, one line each; empty when every citation and claim stands.

    `text` is what a file has for the answer's text, which lead and claims must give.
    """
    problems: list[str] = []
    articles: dict[str, Article] = {}
    for citation in answer.citations:
        try:
            article = articles.setdefault(citation.article_id, article_of(citation.article_id))
        except InputError:
            problems.append(f"[{citation.number}] its article is not here: {citation.title!r}")
            continue
        problem = _problem(citation, article)
        if problem:
            problems.append(f"[{citation.number}] {problem}")
    if text is not None and text != answer.text:
        problems.append("its text is not what its lead and claims say")
    problems += _verdict_problems(answer)
    problems += _mark_problems(answer)
    if not problems:
        problems += _unsupported(answer, articles)
    return tuple(problems)


def _shown(answer: Answer) -> tuple[Claim, ...]:
    """All sentences about the world: those that answer, and those that only have to do with it."""
    return (*answer.claims, *(answer.abstention.related if answer.abstention else ()))


def _verdict_problems(answer: Answer) -> Iterator[str]:
    """A yes or a no rests on a cited sentence, and nothing beside it says otherwise."""
    if answer.verdict is None:
        return
    said = yes_or_no(answer.lead or "")
    if said and said != answer.verdict:
        yield f"its verdict is {answer.verdict!r}, and its lead says {said!r}"
    if answer.verdict != "not_said":
        if not any(claim.citations for claim in answer.claims):
            yield f"its verdict {answer.verdict!r} rests on no cited sentence"
    elif answer.status == "answered" and not re.search(r"\bnot\b", answer.lead or "", re.I):
        yield "its verdict is 'not_said', and its sentences are shown as the answer"


def _mark_problems(answer: Answer) -> Iterator[str]:
    """Marked are words of a quote that the sentence cites."""
    for claim in _shown(answer):
        for mark in claim.highlights:
            place = answer.citation(mark.citation)
            marked = place.quote[max(mark.start - place.start, 0) : mark.end - place.start]
            if mark.citation not in claim.citations:
                yield f"[{mark.citation}] is marked for a sentence that does not cite it"
            elif not place.start <= mark.start < mark.end <= place.end or not marked.strip():
                yield f"[{mark.citation}] what is marked are no words of its quote"


def _problem(citation: Citation, article: Article) -> str | None:
    if article.sha256 != citation.article_sha256:
        return "its article has changed since"
    if article.text[citation.start : citation.end] != citation.quote:
        return "its quote does not stand there"
    if article.page_at(citation.start) != citation.page:
        return "its page is another one"
    return None


def _unsupported(answer: Answer, articles: dict[str, Article]) -> Iterator[str]:
    """The sentences in which a rule finds a fault, or which are not about what they cite.

    What a model said of one when it was made cannot be asked again.
    """
    for claim in _shown(answer):
        cited = [answer.citation(number) for number in claim.citations]
        places = [Quoted(articles[it.article_id], Span(it.start, it.end)) for it in cited]
        found = check_sentence(claim.text, places)
        is_left_open = not claim.verbatim and support_at(claim.text, places) >= LEAST_STATED
        if isinstance(found, Fails) and not (found.reason == "not_stated" and is_left_open):
            yield f"{found.reason}: {found.detail!r} in {claim.text!r}"
