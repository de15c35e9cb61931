"""The LangChain tutorial on Chroma: chunks, the nearest few, one prompt, nothing checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evals.benchmarks.peers.peer import Peer, Tokens
from evals.systems.plain_chain import CHUNK_CHARS, MAX_TOKENS, OVERLAP_CHARS, PROMPT, TOP
from rag.articles.article import Article

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder


def plain_chain(articles: Sequence[Article], chat: ChatModel, embedder: Embedder) -> Peer:
    """As `evals.systems.plain_chain`, its chunks in Chroma as the tutorial has them."""
    from chromadb import EphemeralClient
    from chromadb.config import Settings as ChromaSettings
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)
    chunks = [chunk for article in articles for chunk in splitter.split_text(article.text)]
    client = EphemeralClient(ChromaSettings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("plain-chain", embedding_function=None)
    most = client.get_max_batch_size()
    for start in range(0, len(chunks), most):
        some = chunks[start : start + most]
        ids = [str(start + place) for place in range(len(some))]
        collection.upsert(ids=ids, embeddings=embedder.embed(some), documents=some)
    chain = ChatPromptTemplate.from_messages([("human", PROMPT)]) | chat.llm.bind(
        max_tokens=MAX_TOKENS
    )

    def answer(question: str) -> Tokens:
        found = collection.query(query_embeddings=embedder.embed([question]), n_results=TOP)
        context = "\n\n".join((found["documents"] or [[]])[0])
        usage = chain.invoke({"question": question, "context": context}).usage_metadata
        return (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)

    return answer
