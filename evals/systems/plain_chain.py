"""The plain LangChain tutorial chain, as the floor to stand on.

Chunks of 1,000 characters that overlap by 200, the four nearest by embedding, one prompt that asks
to "just say that you don't know"; the same chat model and embeddings as Groundwire. It has no
memory of a talk: a follow-up is asked as it stands.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.systems.articles import articles_of
from evals.systems.groundwire import NO_MODEL
from evals.systems.response import Context, Response
from rag.articles.article import name_of
from rag.errors import EndpointResponseError, GroundwireError, InputError
from rag.models.tokens import cached_tokens

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.vectorstores import InMemoryVectorStore

    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder

CHUNK_CHARS = 1_000
OVERLAP_CHARS = 200
TOP = 4
MAX_TOKENS = 256
PROMPT = (
    "You help people by answering questions. Use these pieces of retrieved text to answer the "
    "question. If you don't know the answer, just say that you don't know. Use three sentences at "
    "most and be concise.\n\nQuestion: {question}\n\nContext: {context}\n\nAnswer:"
)


class PlainChain:
    """Retrieve and generate, with nothing that checks what is generated.

    Without a chat model it can be searched, and not asked.
    """

    def __init__(self, paths: Sequence[Path], chat: ChatModel | None, embedder: Embedder) -> None:
        self._chat = chat
        self._articles = articles_of(paths)
        if not self._articles:
            raise InputError(
                f"No article could be read from {', '.join(map(str, paths))}",
                fix="Name a folder with articles.",
            )
        self._store = self._filled(embedder)

    @property
    def name(self) -> str:
        """For people."""
        return f"Plain LangChain chain with {self.model}"

    @property
    def model(self) -> str:
        """The chat model that writes."""
        return self._chat.name if self._chat else NO_MODEL

    @property
    def fingerprint(self) -> str:
        """Hash of the prompt, the sizes, the model and every article."""
        articles = sorted(article.fingerprint for article in self._articles)
        parts = (PROMPT, CHUNK_CHARS, OVERLAP_CHARS, TOP, self.model, articles)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def ask(self, question: str, history: Sequence[str] = ()) -> Response:
        """The chain's text as a response. Raises EndpointError or EngineError."""
        from langchain_core.prompts import ChatPromptTemplate

        if self._chat is None:
            raise AssertionError("a chain without a model is only searched")
        started = time.monotonic()
        found = self._store.similarity_search(question, k=TOP)
        context = "\n\n".join(document.page_content for document in found)
        prompt = ChatPromptTemplate.from_messages([("human", PROMPT)])
        chain = prompt | self._chat.llm.bind(max_tokens=MAX_TOKENS)
        try:
            reply = chain.invoke({"question": question, "context": context})
        except GroundwireError:
            raise
        except Exception as error:  # whatever the client library raises
            raise EndpointResponseError(
                f"The chain's model failed: {error}", fix="See whether the model answers at all."
            ) from error
        usage = reply.usage_metadata
        return Response.of_text(
            reply.text,
            [_context(document) for document in found],
            total_s=round(time.monotonic() - started, 3),
            prompt_tokens=usage["input_tokens"] if usage else 0,
            cached_tokens=cached_tokens(usage) if usage else 0,
            completion_tokens=usage["output_tokens"] if usage else 0,
        )

    def search(self, question: str, k: int) -> list[Context]:
        """The chunks found, nearest first."""
        return [_context(document) for document in self._store.similarity_search(question, k=k)]

    def close(self) -> None:
        """Nothing to let go of: the model belongs to somebody else."""

    def _filled(self, embedder: Embedder) -> InMemoryVectorStore:
        from langchain_core.documents import Document
        from langchain_core.embeddings import Embeddings
        from langchain_core.vectorstores import InMemoryVectorStore
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        class Same(Embeddings):
            """Groundwire's embeddings as LangChain wants them."""

            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return [[float(x) for x in row] for row in embedder.embed(texts)]

            def embed_query(self, text: str) -> list[float]:
                return self.embed_documents([text])[0]

        splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS
        )
        store = InMemoryVectorStore(Same())
        documents = [
            Document(
                page_content=article.text,
                metadata={"article": name_of(article.source), "title": article.title},
            )
            for article in self._articles
        ]
        store.add_documents(splitter.split_documents(documents))
        return store


def _context(document: Document) -> Context:
    return Context(
        article=str(document.metadata["article"]),
        text=document.page_content,
        title=str(document.metadata["title"]),
    )
