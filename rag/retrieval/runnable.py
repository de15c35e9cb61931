"""The retriever as LangChain users know it: a `BaseRetriever` giving `Document`s."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, field_validator

from rag.filters import Filters
from rag.retrieval.hits import Hit
from rag.retrieval.retriever import Retriever, at_least_one


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

    `k` and `filters` may be given anew with each question: `invoke(question, k=1)`. Raises
    InputError for a `k` below 1.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = 10
    filters: Filters | None = None

    @field_validator("k")
    @classmethod
    def _some(cls, k: int) -> int:
        return at_least_one(k)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        filters: Filters | None = None,
        **_: Any,
    ) -> list[Document]:
        wanted = self.k if k is None else k
        hits = self.retriever.search(query, wanted, filters or self.filters)
        return [document(hit) for hit in hits]
