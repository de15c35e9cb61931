"""LlamaIndex's CitationQueryEngine as its page shows it: three nodes, chunks of 512 tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evals.benchmarks.peers.peer import Peer, SameModel, SkippedError, Tokens
from evals.systems.plain_chain import MAX_TOKENS
from rag.articles.article import Article

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder


def citation_query_engine(articles: Sequence[Article], chat: ChatModel, embedder: Embedder) -> Peer:
    """Answers that ask the model to cite numbered sources. Raises SkippedError."""
    try:
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.embeddings import BaseEmbedding
        from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
        from llama_index.core.llms.callbacks import llm_completion_callback
        from llama_index.core.query_engine import CitationQueryEngine
    except ImportError as error:
        raise SkippedError(f"needs llama-index-core ({error})") from None
    from langchain_core.messages import HumanMessage

    model = SameModel(chat)

    class Embeddings(BaseEmbedding):  # type: ignore[misc]
        """Groundwire's embeddings as LlamaIndex wants them."""

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in vector] for vector in embedder.embed(texts)]

        _get_query_embedding = _get_text_embedding

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    class Model(CustomLLM):  # type: ignore[misc]
        """Groundwire's chat model as LlamaIndex wants it."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=4_096, num_output=MAX_TOKENS, model_name=model.name)

        @llm_completion_callback()  # type: ignore[untyped-decorator]
        def complete(self, prompt: str, **_: Any) -> CompletionResponse:
            text, _taken = model.reply([HumanMessage(prompt)])
            return CompletionResponse(text=text)

        @llm_completion_callback()  # type: ignore[untyped-decorator]
        def stream_complete(self, prompt: str, **_: Any) -> Any:
            yield self.complete(prompt)

    documents = [Document(text=article.text) for article in articles]
    index = VectorStoreIndex.from_documents(documents, embed_model=Embeddings())
    engine = CitationQueryEngine.from_args(index, llm=Model(), similarity_top_k=3)

    def answer(question: str) -> Tokens:
        model.begin()
        engine.query(question)
        return model.taken

    return answer
