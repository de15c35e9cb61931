"""paper-qa by its own defaults: ten excerpts summed up and scored, then one answer that cites.

Its chunks of 5,000 characters that overlap by 250 are cut here, for its own cutting fetches a
tokenizer; its requests go one after the other, as the embedded model answers them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evals.benchmarks.peers.peer import Peer, SameModel, SkippedError, Tokens
from rag.articles.article import Article, name_of

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder

CHUNK_CHARS = 5_000
OVERLAP_CHARS = 250


def paper_qa(articles: Sequence[Article], chat: ChatModel, embedder: Embedder) -> Peer:
    """Answers from summaries of excerpts. Raises SkippedError."""
    try:
        from lmi import EmbeddingModel, LLMModel, LLMResult
        from paperqa import Doc, Docs, Settings, Text
    except ImportError as error:
        raise SkippedError(f"needs paper-qa ({error})") from None
    from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    model = SameModel(chat)
    kinds: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage}

    class Embeddings(EmbeddingModel):  # type: ignore[misc]
        """Groundwire's embeddings as paper-qa wants them."""

        async def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in vector] for vector in embedder.embed(texts)]

    class Model(LLMModel):  # type: ignore[misc]
        """Groundwire's chat model as paper-qa wants it."""

        async def call(self, messages: Sequence[Any], *_: Any, **__: Any) -> list[LLMResult]:
            text, taken = model.reply([kinds[part.role](part.content) for part in messages])
            return [
                LLMResult(
                    model=self.name, text=text, prompt_count=taken[0], completion_count=taken[1]
                )
            ]

    settings = Settings()
    settings.answer.max_concurrent_requests = 1
    docs, asks, embeds = Docs(), Model(name=model.name), Embeddings(name=embedder.name)
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)

    async def fill() -> None:
        for number, article in enumerate(articles):
            name = f"article {number}"
            doc = Doc(docname=name, dockey=name, citation=name_of(article.source))
            texts = [
                Text(text=text, name=f"{name} chunk {place}", doc=doc)
                for place, text in enumerate(splitter.split_text(article.text))
            ]
            await docs.aadd_texts(texts, doc, settings, embeds)

    asyncio.run(fill())

    def answer(question: str) -> Tokens:
        model.begin()
        asyncio.run(
            docs.aquery(
                question,
                settings,
                llm_model=asks,
                summary_llm_model=asks,
                embedding_model=embeds,
            )
        )
        return model.taken

    return answer
