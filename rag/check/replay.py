"""Checking an answer file again, offline: does every quote still stand word for word?

Invariant: needs no model; trusts nothing in the file but its shape.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from rag.answer import SCHEMA_VERSION, Answer, Citation
from rag.articles.article import Article, Span
from rag.check.checks import Evidence, failures
from rag.check.ground import Quoted
from rag.check.sentence import LEAST_STATED, Stands, check_sentence, support_at
from rag.errors import AnswerFileError, InputError
from rag.text.names import ordinary_words

MAX_FILE_BYTES = 8_000_000
_ASK_AGAIN = "Make one with `groundwire ask QUESTION --json`."


def read_answer(file: Path) -> Answer:
    """The answer in a file. Raises AnswerFileError."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise AnswerFileError(f"{file} is too large to be an answer", fix=_ASK_AGAIN)
        return Answer.model_validate_json(file.read_bytes())
    except OSError as error:
        raise AnswerFileError(f"{file} cannot be read: {error.strerror}", fix=_ASK_AGAIN) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise AnswerFileError(
            f"{file} is no answer of schema {SCHEMA_VERSION}: {where}: {first['msg']}",
            fix=_ASK_AGAIN,
        ) from None


def replay(answer: Answer, article_of: Callable[[str], Article]) -> tuple[str, ...]:
    """What does not hold, one line each; empty when every citation and claim stands."""
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
    if not problems:
        problems += _unsupported(answer, articles)
    return tuple(problems)


def _problem(citation: Citation, article: Article) -> str | None:
    if article.sha256 != citation.article_sha256:
        return "its article has changed since"
    if article.text[citation.start : citation.end] != citation.quote:
        return "its quote does not stand there"
    if article.page_at(citation.start) != citation.page:
        return "its page is another one"
    return None


def _stands(text: str, places: list[Quoted]) -> bool:
    """True where no rule finds a fault in a reworded sentence and it is about what it cites.

    What a model said of it when it was made cannot be asked again.
    """
    found = check_sentence(text, places)
    if isinstance(found, Stands):
        return True
    return found.reason == "not_stated" and support_at(text, places) >= LEAST_STATED


def _unsupported(answer: Answer, articles: dict[str, Article]) -> list[str]:
    problems = []
    for claim in answer.claims:
        cited = [answer.citation(number) for number in claim.citations]
        context = "\n".join(articles[citation.article_id].text for citation in cited)
        titles = "\n".join(articles[citation.article_id].title for citation in cited)
        places = [Quoted(articles[it.article_id], Span(it.start, it.end)) for it in cited]
        if not claim.verbatim and _stands(claim.text, places):
            continue
        quotes = "\n".join(citation.quote for citation in cited)
        evidence = Evidence(quotes, context, titles, ordinary_words(f"{titles}\n{context}"))
        found = failures(claim.text, evidence)
        problems += [f"{failure.reason}: {failure.detail!r} in {claim.text!r}" for failure in found]
    return problems
