"""Whether PostgreSQL finds what the embedded index finds, and answers alike: both are asked.

Invariant: both stores hold the same articles with the same vectors and are asked the same
questions; only where the words are searched differs. In the place of the chat model stands a rule,
and what it was given is compared as well: any model that is given the same may say the same.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer
from rich.console import Console

from evals.datasets.loading import QUESTIONS, load_collection, load_questions
from evals.scorers import answer_measures
from evals.systems.response import Context
from rag.errors import InputError
from rag.settings import SHIPPED_CORPUS, Settings

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from evals.benchmarks.vectors import Vectors
    from evals.datasets.example import Example
    from evals.datasets.loading import Collection
    from rag.answer import Answer
    from rag.index.store import Store
    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder
    from rag.models.located import Located
    from rag.models.yesno import Reply, Whether
    from rag.newsroom import Newsroom

HITS = 10
FIGURES = ("recall_at_10", "ndcg_at_10")


@dataclass(frozen=True)
class Alike:
    """A set's figures in both stores, and how many of its questions found the very same ten."""

    name: str
    questions: int
    embedded: dict[str, float]
    shared: dict[str, float]
    same_hits: int


class Once:
    """An embedder that embeds no text twice."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self.dimensions = embedder.dimensions
        self._known: dict[str, Vectors] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= zip(new, self._embedder.embed(new), strict=True)
        rows = [self._known[text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)


def alike(
    collection: Collection, settings: Settings, embedder: Embedder, most: int | None = None
) -> Alike:
    """Both stores filled with a set and searched with its first `most` questions.

    What the database of `settings` holds is replaced. Raises InputError, StoreError.
    """
    from rag.index.store import Store

    _require_postgresql(settings)
    examples = [one for one in collection.examples if one.gold and one.answerable][:most]
    once = Once(embedder)
    found: list[dict[str, list[Context]]] = []
    with tempfile.TemporaryDirectory(prefix="groundwire-alike-") as scratch:
        file = collection.write_articles(Path(scratch, "articles.jsonl"))
        for name, url in (("embedded", None), ("shared", settings.database_url)):
            own = {"home": Path(scratch, name), "database_url": url, "chroma_url": None}
            with Store.open(settings.model_copy(update=own), once) as store:
                there = [one.article_id for one in store.catalogue.articles()]
                store.catalogue.remove_many(there)
                store.ingest([file])
                found.append(_found(store, [(one.id, one.question) for one in examples]))
    measured = [
        {
            one.name: round(one.estimate.value or 0.0, 4)
            for one in answer_measures.retrieval(hits, examples)
        }
        for hits in found
    ]
    embedded, shared = ({name: figures[name] for name in FIGURES} for figures in measured)
    same = sum(found[0][one.id] == found[1][one.id] for one in examples)
    return Alike(collection.name, len(examples), embedded, shared, same)


@dataclass(frozen=True)
class SameAnswers:
    """How many questions were asked of both stores, of which so many asked a model; and those
    whose answers, or what the model was given, differ.
    """

    questions: int
    asked_model: int
    differing: tuple[str, ...]


class FirstSentence:
    """Stands in for the chat model: it names the first sentence that it is shown, as likely as
    none, and says yes. `given` is all that it was ever given.
    """

    name = "none"
    locates = True
    writes = False

    def __init__(self) -> None:
        self.given: list[str] = []

    def located(self, messages: Sequence[BaseMessage], sentences: int) -> Located:
        """The first of so many."""
        from rag.models.located import Located

        self.given.append(str(messages))
        return Located(-1.0, (-1.0, *[-5.0] * (sentences - 1)))

    def whether(self, messages: Sequence[BaseMessage]) -> Whether:
        """Yes."""
        from rag.models.yesno import Whether

        self.given.append(str(messages))
        return Whether(-0.1, -3.0, -3.0)

    def reply(self, messages: Sequence[BaseMessage], **_options: object) -> Reply:
        """Yes."""
        from rag.models.yesno import Reply

        self.given.append(str(messages))
        return Reply("Yes")


def same_answers(
    settings: Settings,
    embedder: Embedder,
    folder: Path = SHIPPED_CORPUS,
    questions: Path = QUESTIONS,
) -> SameAnswers:
    """Both stores filled with a folder and asked the same questions.

    What the database of `settings` holds is replaced. Raises InputError, StoreError.
    """
    from rag.index.store import Store

    _require_postgresql(settings)
    examples = load_questions(questions)
    once = Once(embedder)
    told: list[list[tuple[object, ...]]] = []
    with tempfile.TemporaryDirectory(prefix="groundwire-alike-") as scratch:
        for name, url in (("embedded", None), ("shared", settings.database_url)):
            own = {"home": Path(scratch, name), "database_url": url, "chroma_url": None}
            ours = settings.model_copy(update=own)
            store = Store.open(ours, once)
            store.catalogue.remove_many([one.article_id for one in store.catalogue.articles()])
            model = FirstSentence()
            with newsroom_with(model, ours, store) as newsroom:
                newsroom.ingest([folder])
                told.append([_answered(newsroom, model, one) for one in examples])
    return SameAnswers(
        questions=len(examples),
        asked_model=sum(bool(given) for _, given in told[0]),
        differing=tuple(
            one.question for one, here, there in zip(examples, *told, strict=True) if here != there
        ),
    )


def newsroom_with(model: FirstSentence, settings: Settings, store: Store) -> Newsroom:
    """A newsroom that asks this model, on a store that it closes with itself."""
    from rag.newsroom import Newsroom

    class Borrowing(Newsroom):
        def warm_up(self, progress: object = None) -> ChatModel:
            return cast("ChatModel", model)

    return Borrowing(settings, store)


def _answered(
    newsroom: Newsroom, model: FirstSentence, example: Example
) -> tuple[dict[str, object], tuple[str, ...]]:
    """What the last answer of a talk says, and all that the model was given for the talk."""
    model.given.clear()
    talk: list[Answer] = []
    for question in (*example.history, example.question):
        talk.append(newsroom.ask(question, tuple(talk)))
    return _told(talk[-1]), tuple(model.given)


def _told(answer: Answer) -> dict[str, object]:
    """All that an answer says; how long it took and at which revision is another matter."""
    told: dict[str, object] = answer.model_dump(
        mode="json", exclude={"id": True, "timings_s": True, "provenance": {"index"}}
    )
    return told


def _require_postgresql(settings: Settings) -> None:
    if not settings.database_url or "postgres" not in settings.database_url:
        raise InputError(
            "GROUNDWIRE_DATABASE_URL names no PostgreSQL",
            fix="Set it to a database that may be emptied.",
        )


def _found(store: Store, questions: Sequence[tuple[str, str]]) -> dict[str, list[Context]]:
    from evals.systems.groundwire import context_of
    from rag.retrieval.retriever import Retriever

    retriever = Retriever(store)
    return {
        name: [context_of(hit) for hit in retriever.search(question, HITS)]
        for name, question in questions
    }


def same_answers_command(
    folder: Annotated[
        Path, typer.Option("--articles", help="Folder of articles to answer from.")
    ] = SHIPPED_CORPUS,
    questions: Annotated[
        Path, typer.Option(help="Questions about them, one JSON object a line.")
    ] = QUESTIONS,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
) -> None:
    """Answer questions on PostgreSQL and with the embedded index, and compare.

    A rule stands in for the chat model; what it is given is compared too. The database in
    GROUNDWIRE_DATABASE_URL is emptied. Exits 3 where anything differs.
    """
    from rag.models.embeddings import open_embedder

    settings, console = Settings.load(), Console()
    result = same_answers(settings, open_embedder(settings), folder, questions)
    if as_json:
        typer.echo(json.dumps(asdict(result)))
    else:
        same = result.questions - len(result.differing)
        console.print(
            f"the same answer to {same} of {result.questions} questions; "
            f"{result.asked_model} of them asked the model"
        )
        for question in result.differing:
            console.print(f"another answer: {question}", markup=False)
    if result.differing:
        raise typer.Exit(3)


def same_search_command(
    data: Annotated[list[Path], typer.Argument(help="Folders of labelled sets, as `run --data`.")],
    most: Annotated[
        int | None, typer.Option("--limit", min=1, help="Questions of each set; all by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
) -> None:
    """Search labelled sets on PostgreSQL and with the embedded index, and compare the figures.

    The database in GROUNDWIRE_DATABASE_URL is emptied and filled with each set.
    """
    from rag.models.embeddings import open_embedder

    settings, console = Settings.load(), Console()
    embedder = open_embedder(settings)
    for folder in data:
        result = alike(load_collection(folder), settings, embedder, most)
        if as_json:
            typer.echo(json.dumps(asdict(result)))
            continue
        figures = ", ".join(
            f"{name} {result.shared[name]:.3f} (embedded {result.embedded[name]:.3f})"
            for name in FIGURES
        )
        console.print(
            f"{result.name}: {figures}; the same ten for {result.same_hits} of {result.questions}",
            soft_wrap=True,
        )
