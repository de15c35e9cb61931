"""The retriever as LangChain users know it: a `BaseRetriever` giving `Document`s."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.retrieval.hits import Filters, Hit
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
    """Passages for a question, best first."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    k: int = 10
    filters: Filters | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **_: Any
    ) -> list[Document]:
        return [document(hit) for hit in self.retriever.search(query, self.k, self.filters)]
