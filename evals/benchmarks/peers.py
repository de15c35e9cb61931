"""Other programs asked the same questions, with the same articles, embeddings and chat model.

They are no dependencies: what is not installed is skipped, and the reason is said. Each speaks to
the chat model at the endpoint that our own answers use; what it takes is told by that endpoint.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from evals.benchmarks.growth import percentile
from evals.benchmarks.pace import PeerPace
from evals.systems.plain_chain import CHUNK_CHARS, MAX_TOKENS, OVERLAP_CHARS, PROMPT, TOP
from rag.articles.article import Article
from rag.articles.readers import find, read
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder

Report = Callable[[str], None]
Tokens = tuple[int, int]


class Peer(Protocol):
    """Answers a question; the prompt and completion tokens that it took."""

    def __call__(self, question: str, /) -> Tokens: ...


class SkippedError(Exception):
    """A program cannot be measured here; the message says why."""


def peer_paces(
    names: Sequence[str], folder: Path, questions: Sequence[str], settings: Settings, report: Report
) -> tuple[PeerPace, ...]:
    """Each of the programs named, asked every question; one that fails is told of, not raised."""
    from rag.models.chat import ChatModel
    from rag.models.embeddings import open_embedder

    files = [file for file in find([folder]) if isinstance(file, Path)]
    articles = [one for file in files for one in read(file) if isinstance(one, Article)]
    embedder, paces = open_embedder(settings), []
    with closing(ChatModel.open(settings)) as chat:
        for name in names:
            try:
                if name not in PEERS:
                    raise SkippedError(f"known are {', '.join(PEERS)}")
                answer = PEERS[name](articles, chat, embedder)
                paces.append(_asked(name, answer, questions, report))
            except SkippedError as reason:
                paces.append(PeerPace(name, skipped=str(reason)))
            except Exception as error:  # theirs; what was measured before is kept
                paces.append(PeerPace(name, skipped=f"{type(error).__name__}: {error}"[:200]))
    return tuple(paces)


def _asked(name: str, answer: Peer, questions: Sequence[str], report: Report) -> PeerPace:
    taken: list[tuple[float, Tokens]] = []
    for question in questions:
        report(f"{name}: {question}")
        started = time.perf_counter()
        tokens = answer(question)
        taken.append((time.perf_counter() - started, tokens))
    return PeerPace(
        name,
        questions=len(taken),
        total_p50_s=percentile([seconds for seconds, _ in taken], 50),
        prompt_tokens_p50=percentile([tokens[0] for _, tokens in taken], 50),
        completion_tokens_p50=percentile([tokens[1] for _, tokens in taken], 50),
    )


def plain_chain(articles: Sequence[Article], chat: ChatModel, embedder: Embedder) -> Peer:
    """The LangChain tutorial on Chroma: chunks, the nearest few, one prompt, nothing checked."""
    from chromadb import EphemeralClient
    from chromadb.config import Settings as ChromaSettings
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)
    chunks = [chunk for article in articles for chunk in splitter.split_text(article.text)]
    client = EphemeralClient(ChromaSettings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("plain-chain", embedding_function=None)
    ids = [str(number) for number in range(len(chunks))]
    collection.upsert(ids=ids, embeddings=embedder.embed(chunks), documents=chunks)
    chain = ChatPromptTemplate.from_messages([("human", PROMPT)]) | chat.llm.bind(
        max_tokens=MAX_TOKENS
    )

    def answer(question: str) -> Tokens:
        found = collection.query(query_embeddings=embedder.embed([question]), n_results=TOP)
        context = "\n\n".join((found["documents"] or [[]])[0])
        usage = chain.invoke({"question": question, "context": context}).usage_metadata
        return (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)

    return answer


def citation_query_engine(articles: Sequence[Article], chat: ChatModel, embedder: Embedder) -> Peer:
    """LlamaIndex's CitationQueryEngine as its page shows it: three nodes, chunks of 512 tokens."""
    try:
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.embeddings import BaseEmbedding
        from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
        from llama_index.core.llms.callbacks import llm_completion_callback
        from llama_index.core.query_engine import CitationQueryEngine
    except ImportError as error:
        raise SkippedError(f"needs llama-index-core ({error})") from None
    from langchain_core.messages import HumanMessage

    spent: list[Tokens] = []

    class SameEmbeddings(BaseEmbedding):  # type: ignore[misc]
        """Groundwire's embeddings as LlamaIndex wants them."""

        def _get_text_embedding(self, text: str) -> list[float]:
            return [float(x) for x in embedder.embed([text])[0]]

        _get_query_embedding = _get_text_embedding

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    class SameModel(CustomLLM):  # type: ignore[misc]
        """Groundwire's chat model as LlamaIndex wants it."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=4_096, num_output=MAX_TOKENS, model_name=chat.name)

        @llm_completion_callback()  # type: ignore[untyped-decorator]
        def complete(self, prompt: str, **_: Any) -> CompletionResponse:
            said = chat.reply([HumanMessage(prompt)], max_tokens=MAX_TOKENS)
            spent.append((said.prompt_tokens, said.completion_tokens))
            return CompletionResponse(text=said.text)

        @llm_completion_callback()  # type: ignore[untyped-decorator]
        def stream_complete(self, prompt: str, **_: Any) -> Any:
            yield self.complete(prompt)

    documents = [Document(text=article.text) for article in articles]
    index = VectorStoreIndex.from_documents(documents, embed_model=SameEmbeddings())
    engine = CitationQueryEngine.from_args(index, llm=SameModel(), similarity_top_k=3)

    def answer(question: str) -> Tokens:
        spent.clear()
        engine.query(question)
        return sum(read for read, _ in spent), sum(written for _, written in spent)

    return answer


PEERS: dict[str, Callable[[Sequence[Article], ChatModel, Embedder], Peer]] = {
    "plain-chain": plain_chain,
    "llama-index": citation_query_engine,
}
