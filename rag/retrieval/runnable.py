"""The retriever as LangChain users know it: a `BaseRetriever` giving `Document`s."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables.config import run_in_executor
from pydantic import ConfigDict, field_validator

from rag.errors import InputError
from rag.filters import Filters
from rag.retrieval.given import at_least_one, read_filters, read_question
from rag.retrieval.hits import Hit
from rag.retrieval.retriever import Retriever


def document(hit: Hit) -> Document:
    """A hit as a LangChain document; `metadata` holds the exact span of the article."""
    article, span = hit.article, hit.passage.span
    return Document(
        id=hit.passage.passage_id,
        page_content=hit.passage.text,
        metadata={
            "article_id": article.article_id,
            "article_sha256": article.sha256,
            "start": span.start,
            "end": span.end,
            "title": article.title,
            "publisher": article.publisher,
            "published_at": article.published_at and article.published_at.isoformat(),
            "url": article.url,
            "score": hit.score,
        },
    )


class NewsRetriever(BaseRetriever):
    """Passages for a question, best first.

    `k` and `filters` may be given anew with each question: `invoke(question, k=1)`, and so may be
    those of `ainvoke`, `batch` and the rest. Raises QuestionError, and InputError for a `k` below
    1, filters that cannot be read, and any other choice, which would be passed over.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = 10
    filters: Filters | None = None

    @field_validator("k", mode="before")
    @classmethod
    def _some(cls, k: object) -> int:
        return at_least_one(k)

    @field_validator("filters", mode="before")
    @classmethod
    def _readable(cls, filters: object) -> Filters | None:
        return read_filters(filters)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **chosen: Any
    ) -> list[Document]:
        return self._found(query, **chosen)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **chosen: Any
    ) -> list[Document]:
        return await run_in_executor(None, self._found, query, **chosen)

    def _found(
        self, query: str, k: int | None = None, filters: Filters | None = None, **unknown: Any
    ) -> list[Document]:
        if unknown:
            raise InputError(
                f"There is no {min(unknown)!r} to choose", fix="Give k, filters or both."
            )
        wanted = self.k if k is None else k
        hits = self.retriever.search(
            read_question(query), wanted, read_filters(filters) or self.filters
        )
        return [document(hit) for hit in hits]
