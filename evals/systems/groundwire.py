"""Groundwire itself, asked through the same facade as every other surface.

Invariant: every citation is looked up in the stored article again; `valid` says whether the quote
stands there to the character.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evals.systems.response import Cited, Context, Response, Statement
from rag.answering.remembered import Remembered
from rag.answering.task import HITS
from rag.articles.article import Article, name_of
from rag.articles.sentences import sentence_spans
from rag.errors import GroundwireError, InputError
from rag.events import Done, Sources
from rag.filters import Filters
from rag.newsroom import Newsroom, Report
from rag.retrieval.hits import Hit
from rag.retrieval.retriever import Retriever

if TYPE_CHECKING:
    from rag.answer import Answer, Citation
    from rag.index.store import Store
    from rag.models.chat import ChatModel
    from rag.settings import Settings

Disturbance = Literal["shuffled", "distracted"]
DISTRACTORS = 3
SEED = 20261101
NO_MODEL = "no model"


class GroundwireSystem:
    """Articles in a newsroom of its own, answered by a chat model that others may share.

    Without a chat model it can be searched, and not asked.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        settings: Settings,
        chat: ChatModel | None,
        progress: Report | None = None,
    ) -> None:
        self._newsroom = _BorrowingNewsroom.open(settings=settings, progress=progress)
        self._newsroom.borrowed = chat
        self._talks: dict[tuple[str, ...], Answer] = {}
        try:
            self._newsroom.ingest(list(paths), prune=True)
            if self._newsroom.corpus_card().articles == 0:
                raise InputError(
                    f"No article could be read from {', '.join(map(str, paths))}",
                    fix="Name a folder with .md, .txt, .html, .pdf, .docx or .jsonl articles.",
                )
        except BaseException:
            self._newsroom.close()
            raise
        self._model = chat.name if chat else NO_MODEL

    @property
    def name(self) -> str:
        """For people."""
        return f"Groundwire with {self._model}"

    @property
    def model(self) -> str:
        """The chat model that writes."""
        return self._model

    @property
    def fingerprint(self) -> str:
        """Hash of the code of `rag`, the models and every article."""
        settings = self._newsroom.settings
        articles = sorted(
            (name_of(item.source), self._newsroom.article(item.article_id).fingerprint)
            for item in self._newsroom.articles()
        )
        parts = (code_hash(), self._model, settings.embedding_model, settings.context_tokens)
        return hashlib.sha256(repr((parts, articles)).encode()).hexdigest()

    def ask(self, question: str, history: Sequence[str] = ()) -> Response:
        """The answer as a response; earlier questions of a talk are asked first."""
        answers: list[Answer] = []
        for count, earlier in enumerate(history, 1):
            key = tuple(history[:count])
            if key not in self._talks:
                self._talks[key] = self._newsroom.ask(earlier, tuple(answers))
            answers.append(self._talks[key])
        hits: tuple[Hit, ...] = ()
        for event in self._newsroom.stream(question, tuple(answers)):
            if isinstance(event, Sources):
                hits = event.hits
            if isinstance(event, Done):
                if not history and self._newsroom.disturbed.how is None:
                    self._talks[(question,)] = event.answer  # a later talk may begin with it
                return self._response(event.answer, hits)
        raise AssertionError("a stream ends with Done")

    def search(self, question: str, k: int) -> list[Context]:
        """The passages found, best first."""
        return [context_of(hit) for hit in self._newsroom.search(question, k)]

    def disturb(self, how: Disturbance | None) -> None:
        """From now on shuffle the passages found, or add unrelated ones; None: as usual."""
        self._newsroom.disturbed.how = how

    def close(self) -> None:
        """Let go of the store; the chat model stays with its owner."""
        self._newsroom.close()

    def _response(self, answer: Answer, hits: Sequence[Hit]) -> Response:
        return Response(
            status=answer.status,
            kind=answer.kind,
            verdict=answer.verdict,
            lead=answer.lead or "",
            text=answer.text,
            statements=statements_of(answer),
            citations=tuple(self._cited(citation) for citation in answer.citations),
            contexts=tuple(context_of(hit) for hit in hits),
            removed=tuple(removed.text for removed in answer.removed),
            conflicts=len(answer.conflicts),
            total_s=answer.timings_s.total,
            first_sentence_s=answer.timings_s.first_sentence,
            prompt_tokens=answer.usage.prompt_tokens,
            cached_tokens=answer.usage.cached_tokens,
            completion_tokens=answer.usage.completion_tokens,
            raw=answer.model_dump(mode="json"),
        )

    def _cited(self, citation: Citation) -> Cited:
        try:
            article = self._newsroom.article(citation.article_id)
        except GroundwireError:
            return Cited(
                article=citation.article_id, quote=citation.quote, title=citation.title, valid=False
            )
        valid = (
            article.sha256 == citation.article_sha256
            and article.text[citation.start : citation.end] == citation.quote
        )
        before, after = surroundings(article, citation.start, citation.end) if valid else ("", "")
        return Cited(
            article=name_of(article.source),
            quote=citation.quote,
            title=citation.title,
            before=before,
            after=after,
            valid=valid,
        )


def statements_of(answer: Answer) -> tuple[Statement, ...]:
    """What a reader is told: the claims, and what the sides of a conflict say beside them."""
    places = {citation.number: place for place, citation in enumerate(answer.citations)}
    claimed = {claim.text for claim in answer.claims}
    told: list[tuple[str, tuple[int, ...], float | None]] = [
        (claim.text, claim.citations, claim.support) for claim in answer.claims
    ]
    told += [
        (position.text, position.citations, None)
        for conflict in answer.conflicts
        for position in conflict.positions
        if position.text not in claimed
    ]
    return tuple(
        Statement(text=text, citations=tuple(places[n] for n in numbers), support=support)
        for text, numbers, support in told
    )


class _BorrowingNewsroom(Newsroom):
    """A newsroom whose chat model belongs to somebody else, and whose hits can be disturbed.

    It remembers no answer: one that was told again would hold whatever disturbs it.
    """

    borrowed: ChatModel | None = None

    def __init__(self, settings: Settings, store: Store, progress: Report | None = None) -> None:
        super().__init__(settings, store, progress)
        self.disturbed = _DisturbedRetriever(store)
        self._retriever = self.disturbed
        self._told = Remembered(most=0)

    def warm_up(self, progress: Report | None = None) -> ChatModel:
        """The borrowed model."""
        if self.borrowed is None:
            raise AssertionError("a newsroom without a model is only searched")
        return self.borrowed


class _DisturbedRetriever(Retriever):
    """Finds the same, and then shuffles it or puts the least fitting passages in front.

    An answer is written from the first `HITS`: these are shuffled, and the strangers are none of
    them.
    """

    how: Disturbance | None = None

    def search(
        self,
        question: str,
        k: int = 10,
        filters: Filters | None = None,
        *,
        prefer: Filters | None = None,
    ) -> list[Hit]:
        """As `Retriever.search`, disturbed as `how` says; the same question, the same way."""
        if self.how != "distracted":
            hits = super().search(question, k, filters, prefer=prefer)
            if self.how == "shuffled":
                first = hits[:HITS]
                random.Random(f"{SEED} {question}").shuffle(first)  # noqa: S311 - no secret
                return [*first, *hits[HITS:]]
            return hits
        found = super().search(question, k + 4 * DISTRACTORS, filters, prefer=prefer)
        strangers = found[max(HITS, len(found) - DISTRACTORS) :]
        return [*strangers, *found[: len(found) - len(strangers)]][:k]


def set_apart(settings: Settings, home: Path) -> Settings:
    """The settings with a store of its own in `home`, whatever database the user has named."""
    changes = {"home": home, "database_url": None, "chroma_url": None}
    return settings.model_copy(update=changes)


def surroundings(article: Article, start: int, end: int) -> tuple[str, str]:
    """The sentence before and the one after a span, empty where there is none.

    >>> surroundings(Article("a", "It rained. Ann left. Bo stayed.", "A"), 11, 20)
    ('It rained.', 'Bo stayed.')
    """
    spans = sentence_spans(article.text)
    before = [span for span in spans if span.end <= start]
    after = [span for span in spans if span.start >= end]
    return (
        before[-1].of(article.text) if before else "",
        after[0].of(article.text) if after else "",
    )


def code_hash() -> str:
    """Hash of the program and its weights, so that another version is another run."""
    root = Path(__file__).resolve().parents[2] / "rag"
    digest = hashlib.sha256()
    parts = (path for path in root.rglob("*") if path.suffix in (".py", ".json", ".gguf"))
    for path in sorted(parts):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def context_of(hit: Hit) -> Context:
    """A hit as a response tells of it."""
    return Context(
        article=name_of(hit.article.source), text=hit.passage.text, title=hit.article.title
    )
