"""The facade: a folder's worth of articles, ready to be asked.

    with Newsroom.open() as newsroom:
        newsroom.ingest(["articles/"])
        print(newsroom.ask("Who led the assault on Bartella?").text)

Invariant: every surface (Python, command line, HTTP, chat, evals) goes through here, so the same
question gives the same claims and citations everywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import rag
from rag.closing import Closing
from rag.errors import GroundwireError, InputError, QuestionError
from rag.retrieval.given import known_kind, read_filters, read_question
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from rag.answer import Answer, Kind, Provenance
    from rag.answering.pipeline import Inquiry
    from rag.answering.remembered import Remembered
    from rag.articles.article import Article
    from rag.check.draft import CheckedDraft
    from rag.events import Event
    from rag.filters import Filters
    from rag.index.backup import Backup
    from rag.index.catalogue import ArticleSummary
    from rag.index.ingest import IngestReport
    from rag.index.store import Store
    from rag.models.chat import ChatModel
    from rag.retrieval.hits import Hit
    from rag.retrieval.library import SentenceVectors
    from rag.retrieval.retriever import Retriever
    from rag.retrieval.runnable import NewsRetriever
    from rag.text.guide import Guide

MAX_DRAFT_CHARS = 50_000
MAX_READ_FOR_EXAMPLES = 100
WORDS_ALONE = "none (words alone)"
Report = Callable[[str, int, int], None]


def why_nothing(newsroom: AnyNewsroom, filters: Filters | None) -> str | None:
    """Why a search could not find anything: no articles, or none that the filters let through;
    None where it is the words of the question.
    """
    from rag.filters import NONE_ALLOWED

    if not newsroom.article_count():
        return str(_no_articles())
    if filters and not newsroom.article_count(filters):
        return NONE_ALLOWED
    return None


@dataclass(frozen=True)
class CorpusCard:
    """What the corpus holds, for people. `indexed_at` is the last change of it, in UTC."""

    articles: int
    passages: int
    publishers: tuple[str, ...]
    published_from: date | None
    published_to: date | None
    indexed_at: datetime | None

    @classmethod
    def of(
        cls, articles: Sequence[ArticleSummary], indexed_at: datetime | None = None
    ) -> CorpusCard:
        """That of all these articles, for whoever has no catalogue to ask."""
        days = [article.published_at for article in articles if article.published_at]
        return cls(
            articles=len(articles),
            passages=sum(article.passages for article in articles),
            publishers=tuple(sorted({one.publisher for one in articles if one.publisher})),
            published_from=min(days, default=None),
            published_to=max(days, default=None),
            indexed_at=indexed_at,
        )


class AnyNewsroom(Protocol):
    """What every surface may ask of a newsroom, whoever holds its articles.

    `Newsroom` holds them itself; `rag.web.served.ServedNewsroom` asks the server that does, and
    refuses to change them. What each method promises stands at `Newsroom`.
    """

    @property
    def troubles(self) -> tuple[GroundwireError, ...]: ...
    @property
    def model_trouble(self) -> GroundwireError | None: ...
    def look_for_model(self) -> None: ...
    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Answer: ...
    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Iterator[Event]: ...
    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]: ...
    def check(
        self, text: str, filters: Filters | None = None, *, with_model: bool = False
    ) -> CheckedDraft: ...
    def articles(self, offset: int = 0, most: int | None = None) -> list[ArticleSummary]: ...
    def article_count(self, filters: Filters | None = None) -> int: ...
    def named_like(self, typed: str, most: int = 100) -> list[ArticleSummary]: ...
    def article(self, article_id: str) -> Article: ...
    def guided(self, article_id: str) -> tuple[Article, Guide]: ...
    def corpus_card(self) -> CorpusCard: ...
    def examples(self) -> tuple[str, ...]: ...
    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        prune: bool = False,
        progress: Report | None = None,
    ) -> IngestReport: ...
    def remove(self, article_id: str) -> bool: ...
    def warm_up(self, progress: Report | None = None) -> object: ...
    def close(self) -> None: ...


class Newsroom(Closing):
    """Open one with `Newsroom.open` and close it, or use it in a `with`.

    Safe to use from several threads; the model is started by the first question (or `warm_up`).
    """

    def __init__(self, settings: Settings, store: Store, progress: Report | None = None) -> None:
        from rag.retrieval.retriever import Retriever

        self.settings = settings
        self._opened = store
        self._progress = progress
        self._retriever: Retriever = Retriever(store)
        self._chat: ChatModel | None = None
        self._verifier: ChatModel | None = None
        self._told: Remembered | None = None
        self._vectors: SentenceVectors | None = None
        self._examples: tuple[str, tuple[str, ...]] | None = None
        self._starting = threading.Lock()

    @classmethod
    def open(
        cls,
        home: Path | str | None = None,
        *,
        settings: Settings | None = None,
        progress: Report | None = None,
        **arguments: Any,
    ) -> Self:
        """Open the store in `home`; `arguments` are the fields of `Settings`.

        Raises SettingsError, StoreError or WeightsError (the embedding model).
        """
        from rag.index.store import Store
        from rag.models.embeddings import open_embedder

        chosen = settings or Settings.load(home=home, **arguments)
        return cls(chosen, Store.open(chosen, open_embedder(chosen), progress), progress)

    @property
    def _store(self) -> Store:
        """The store. Raises StoreError once the newsroom was closed."""
        self._opened.require_open()
        return self._opened

    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        prune: bool = False,
        progress: Report | None = None,
    ) -> IngestReport:
        """Bring in files, folders, web pages and feeds (paths or `https://…`).

        Unchanged articles cost nothing; bad ones are reported and change nothing.
        """
        return self._store.ingest(paths, prune=prune, progress=progress or self._progress)

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The passages most likely to help. Raises QuestionError, InputError for a `k` below 1."""
        return self._retriever.search(read_question(question), k, read_filters(filters))

    @property
    def troubles(self) -> tuple[GroundwireError, ...]:
        """What searches have to do without (an index, the embeddings); empty when all is well."""
        return self._retriever.troubles

    @property
    def model_trouble(self) -> GroundwireError | None:
        """Why the model's server was out of reach when it was last asked; None when it was not."""
        return self._chat.trouble if self._chat else None

    def look_for_model(self) -> None:
        """Ask the model's server for a sign of life, which `model_trouble` then tells."""
        if self._chat is not None:
            self._chat.look()

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Answer:
        """The answer; an abstention is one too. Raises QuestionError, StoreError, ModelError."""
        from rag.events import Done

        for event in self.stream(question, history, filters, kind):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Iterator[Event]:
        """What happens while the answer is made; `Done` with the Answer comes last.

        `kind` is what the question is to be taken for; told from its words without one.
        """
        from rag.answering.pipeline import answer_chain
        from rag.events import Progress

        asked = read_question(question)
        articles, _ = self._store.catalogue.counts()
        if articles == 0:
            raise _no_articles()
        inquiry = self._inquiry(asked, history, read_filters(filters), known_kind(kind))
        held = f"{articles:,} article{'s' * (articles != 1)}"
        by_meaning = self._retriever.searches_by_meaning(inquiry.searched_for)
        yield Progress("searching", held if by_meaning else f"{held}, by words alone")
        events = answer_chain().stream(inquiry)  # nothing runs before the first event is asked for
        yield from self._remembered().telling(inquiry, events)

    def _inquiry(
        self,
        question: str,
        history: Sequence[Answer],
        filters: Filters | None,
        kind: Kind | None,
    ) -> Inquiry:
        from rag.answering.pipeline import Inquiry
        from rag.answering.question import understand
        from rag.retrieval.library import Library

        vectors = self._sentence_vectors()
        questions = understand(question, history, kind)
        about = questions[0].about
        scope = None if filters else self._scope(about)
        library = Library(self._retriever, self._store, vectors, filters, scope)
        made_by, before = partial(self._provenance, about), tuple(it.question for it in history)
        reads = 0 if self.settings.uses_embedded_model else self.settings.read_tokens
        return Inquiry(question, questions, library, self.warm_up, made_by, before, reads)

    def _provenance(self, about: str, *, asked_model: bool) -> Provenance:
        """What made an answer. The model is named only where it was asked."""
        from rag.answer import Provenance
        from rag.prompts import PROMPT_VERSION

        return Provenance(
            model=self._chat.name if self._chat and asked_model else "none",
            embedding_model=self._store.embedder.name
            if self._retriever.searches_by_meaning(about)
            else WORDS_ALONE,
            index=self._store.catalogue.marker,
            prompt_version=PROMPT_VERSION,
            version=rag.__version__,
        )

    def _sentence_vectors(self) -> SentenceVectors:
        from rag.retrieval.library import SentenceVectors

        with self._starting:
            self._vectors = self._vectors or SentenceVectors(self._store)
            return self._vectors

    def _remembered(self) -> Remembered:
        from rag.answering.remembered import Remembered

        with self._starting:
            self._told = self._told or Remembered()
            return self._told

    def _scope(self, question: str) -> Filters | None:
        from rag.retrieval.scope import scope_of

        catalogue = self._store.catalogue
        return scope_of(question, catalogue.publishers(), datetime.now(tz=UTC).date())

    def check(
        self, text: str, filters: Filters | None = None, *, with_model: bool = False
    ) -> CheckedDraft:
        """Each sentence of a draft: supported, contradicted or not found, with exact spans.

        `with_model` also asks a model of each sentence whose numbers, dates and names are those of
        its source, which takes a second or two a sentence: the chat model, or that of the setting
        `verifier_path`. Raises QuestionError, and ModelError with a model.
        """
        from rag.check.draft import check_draft

        if not text.strip():
            raise QuestionError("The draft is empty", fix="Give at least one sentence.")
        if len(text) > MAX_DRAFT_CHARS:
            raise QuestionError(
                f"The draft has {len(text):,} characters; {MAX_DRAFT_CHARS:,} are allowed",
                fix="Check it in parts.",
            )
        chat = self._asked_of_drafts() if with_model else None
        allowed = read_filters(filters)
        draft = check_draft(text, self._retriever, allowed, chat)
        why = None if draft.citations else why_nothing(self, allowed)
        return draft.model_copy(update={"notes": (why,)}) if why else draft

    def _asked_of_drafts(self) -> ChatModel:
        from rag.models.chat import ChatModel

        if self.settings.verifier_path is None:
            return self.warm_up()
        with self._starting:
            self._opened.require_open()
            if self._verifier is None:
                self._verifier = ChatModel.open(self.settings.of_verifier, self._progress)
            return self._verifier

    def warm_up(self, progress: Report | None = None) -> ChatModel:
        """Start the chat model if it is not running. Raises ModelError, StoreError once closed."""
        from rag.models.chat import ChatModel

        with self._starting:
            self._opened.require_open()  # or the model would outlive the newsroom
            if self._chat is None:
                self._chat = ChatModel.open(self.settings, progress or self._progress)
            return self._chat

    def as_retriever(self, k: int = 10, filters: Filters | None = None) -> NewsRetriever:
        """The search as a LangChain retriever; documents carry exact spans in `metadata`."""
        from rag.retrieval.runnable import NewsRetriever

        return NewsRetriever(retriever=self._retriever, k=k, filters=read_filters(filters))

    def as_runnable(self) -> Runnable[str, Answer]:
        """`ask` as a LangChain runnable: question in, Answer out, and it says so."""
        from langchain_core.runnables import RunnableLambda

        from rag.answer import Answer

        asking = RunnableLambda(self.ask, afunc=self.aask)
        return asking.with_types(input_type=str, output_type=Answer)

    async def aask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Answer:
        """`ask` for asynchronous callers; the work runs in a thread."""
        import asyncio

        return await asyncio.to_thread(self.ask, question, history, filters, kind)

    def articles(self, offset: int = 0, most: int | None = None) -> list[ArticleSummary]:
        """Articles without their text, by source: all, or at most `most` from `offset` on."""
        return list(self._store.catalogue.articles(most=most, offset=offset))

    def article_count(self, filters: Filters | None = None) -> int:
        """How many articles there are, or pass `filters`."""
        return self._store.catalogue.count_articles(filters)

    def named_like(self, typed: str, most: int = 100) -> list[ArticleSummary]:
        """The first articles whose title or id begins with what was typed, or has it: at once,
        however many there are.
        """
        return self._store.catalogue.named_like(typed, most)

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises InputError when there is none of that id."""
        found = self._store.catalogue.article(article_id)
        if found is None:
            raise _no_article(article_id)
        return found

    def guide(self, article_id: str) -> Guide:
        """Main sentences, people, places and days of an article. Raises InputError as `article`."""
        return self.guided(article_id)[1]

    def guides(self, article_ids: Sequence[str]) -> dict[str, Guide]:
        """The guides of those of the articles that there are; their texts are not read."""
        return self._store.catalogue.guides(article_ids)

    def guided(self, article_id: str) -> tuple[Article, Guide]:
        """One article with the guide of this very text. Raises InputError as `article`."""
        found = self._store.catalogue.guided(article_id)
        if found is None:
            raise _no_article(article_id)
        return found

    def remove(self, article_id: str) -> bool:
        """Remove one article everywhere; False when there was none."""
        return self._store.remove(article_id)

    def backup(self, file: Path | str, *, replace: bool = False) -> Backup:
        """Save everything that is kept in one file. Raises StoreError, InputError."""
        from rag.index.backup import backup

        return backup(self.settings, Path(file), replace=replace)

    def announce(self, url: str) -> None:
        """Tell whoever finds the store in use where this process serves it."""
        self._store.owner.announce(url)

    def corpus_card(self) -> CorpusCard:
        """How much there is, from whom and when."""
        articles, passages = self._store.catalogue.counts()
        days = self._store.catalogue.date_range()
        publishers = self._store.catalogue.publishers()
        first, last = days or (None, None)
        changed = self._store.catalogue.changed_at
        return CorpusCard(articles, passages, publishers, first, last, changed)

    def examples(self) -> tuple[str, ...]:
        """At most four questions made from the first articles; the last cannot be answered.

        Made anew when the articles change; no model is asked.
        """
        from rag.articles.examples import example_questions

        catalogue = self._store.catalogue
        marker = catalogue.marker
        if self._examples is None or self._examples[0] != marker:
            ids = [it.article_id for it in catalogue.articles(most=MAX_READ_FOR_EXAMPLES)]
            stored = catalogue.articles_by_id(ids)
            questions = example_questions([stored[one] for one in ids if one in stored])
            self._examples = (marker, questions)
        return self._examples[1]

    def close(self) -> None:
        """End the model and let go of the store. Safe to call twice."""
        with self._starting:
            for model in (self._chat, self._verifier):
                if model is not None:
                    model.close()
            self._chat = self._verifier = None
        self._opened.close()


def _no_articles() -> InputError:
    return InputError(
        "There are no articles to answer from",
        fix="Add some with `groundwire ingest FOLDER`, or samples with `--samples`.",
    )


def _no_article(article_id: str) -> InputError:
    return InputError(
        f"There is no article {article_id!r}", fix="`groundwire articles` lists them."
    )
