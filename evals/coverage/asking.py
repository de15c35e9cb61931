"""Asks a system every question of a set, and keeps each answer with its seconds.

Invariant: the articles lie in a store of the run's own; the user's store is never opened. Starting
a model counts for no question, and neither do the earlier turns of a follow-up, which are asked
for real and before the clock starts. A question that fails is recorded as failed and the run goes
on, unless nothing could follow it either.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from evals.coverage import floors
from evals.coverage.answers import FAILED, AnswerFile
from evals.coverage.floors import FLOORS, Floor, Sentences
from evals.coverage.nuggets import EverydayQuestion, EverydaySet
from evals.systems.articles import articles_of
from evals.systems.groundwire import code_hash, set_apart
from evals.systems.plain_chain import PlainChain
from rag.errors import EndpointAuthError, GroundwireError, InputError, WeightsError
from rag.models.embeddings import open_embedder
from rag.newsroom import Newsroom, Report
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.answer import Answer

SYSTEMS = ("groundwire", "plain-chain", *(f"floor-{k}" for k in FLOORS))


class Answerer(Protocol):
    """Whatever answers the questions of a set."""

    def ask(self, question: EverydayQuestion) -> tuple[float, dict[str, Any]]:
        """Seconds, and the answer as JSON; whatever it raises is recorded as failed."""
        ...


class AskedNewsroom:
    """Groundwire through the facade that every surface uses."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom

    def ask(self, question: EverydayQuestion) -> tuple[float, dict[str, Any]]:
        """The last turn's seconds and Answer."""
        talk: list[Answer] = []
        for earlier in question.history:
            talk.append(self._newsroom.ask(earlier, talk))
        started = time.monotonic()
        answer = self._newsroom.ask(question.text, talk)
        return time.monotonic() - started, answer.model_dump(mode="json")


class AskedChain:
    """The plain chain: text alone, and no memory of a talk.

    It is always said to have answered: whether its text declines is for the score to say, in the
    same way for everything that only gives text.
    """

    def __init__(self, chain: PlainChain) -> None:
        self._chain = chain

    def ask(self, question: EverydayQuestion) -> tuple[float, dict[str, Any]]:
        """Its seconds and text."""
        started = time.monotonic()
        response = self._chain.ask(question.text)
        seconds = time.monotonic() - started
        return seconds, {"status": "answered", "text": response.text, "claims": []}


def ask_all(
    system: str,
    asked: EverydaySet,
    questions: Sequence[EverydayQuestion],
    folder: Path,
    settings: Settings,
    progress: Report,
) -> Path:
    """Ask what is not answered yet, and return the file of all answers in `folder`.

    Raises InputError, and what makes every further question pointless: a refused key, missing
    weights.
    """
    path = folder / f"{system}.jsonl"
    label = f"{system}, {asked.name}"
    with AnswerFile(path, _fingerprint(system, asked, settings)) as answers, ExitStack() as stack:
        open_questions = [one for one in questions if one.id not in answers.answered]
        if not open_questions:
            return path
        work = folder / "work" / system
        work.mkdir(parents=True, exist_ok=True)
        answerer = _opened(system, asked, work, settings, progress, stack)
        done = len(questions) - len(open_questions)
        for count, question in enumerate(open_questions, done):
            progress(label, count, len(questions))
            answers.keep(question.id, *_answer(answerer, question))
        progress(label, len(questions), len(questions))
    return path


def _answer(answerer: Answerer, question: EverydayQuestion) -> tuple[float, dict[str, Any]]:
    started = time.monotonic()
    try:
        return answerer.ask(question)
    except (EndpointAuthError, WeightsError):
        raise
    except Exception as error:  # a fault of the system is a figure too, and not the run's end
        named = str(error) if isinstance(error, GroundwireError) else repr(error)
        return time.monotonic() - started, {"status": FAILED, "text": "", "error": named}


def _opened(
    system: str,
    asked: EverydaySet,
    folder: Path,
    settings: Settings,
    progress: Report,
    stack: ExitStack,
) -> Answerer:
    articles = asked.write_articles(folder / "articles.jsonl")
    read = articles_of([articles])
    if len(read) < len(asked.documents):
        raise InputError(
            f"Of the {len(asked.documents)} articles of {asked.name} {len(read)} can be read",
            fix=f"`groundwire ingest {articles}` says what is wrong with the others.",
        )
    if system == "groundwire":
        own = set_apart(settings, folder / "home")
        newsroom = stack.enter_context(Newsroom.open(settings=own, progress=progress))
        newsroom.ingest([articles], prune=True)
        newsroom.warm_up()
        return AskedNewsroom(newsroom)
    embedder = open_embedder(settings)
    if system == "plain-chain":
        from rag.models.chat import ChatModel

        chat = stack.enter_context(ChatModel.open(settings, progress))
        return AskedChain(PlainChain([articles], chat, embedder))
    k = int(system.removeprefix("floor-"))
    return Floor(Sentences(read, embedder), k)


def _fingerprint(system: str, asked: EverydaySet, settings: Settings) -> str:
    """Hash of everything that answers depend on: program, models, articles and questions."""
    if system.startswith("floor-"):
        made_by: tuple[object, ...] = (Path(floors.__file__).read_text("utf-8"),)
    else:
        made_by = (settings.model, str(settings.model_path), settings.openai_base_url)
    parts = (
        system,
        code_hash(),
        made_by,
        settings.embedding_model,
        settings.context_tokens,
        [vars(document) for document in asked.documents],
        [(one.id, one.text, one.history) for one in asked.questions],
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
