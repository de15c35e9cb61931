"""txtai's RAG pipeline as its page shows it: paragraphs, the three nearest, and a reference.

The reference is the paragraph most like the answer, found by embeddings after it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.peers.peer import Peer, SameModel, SkippedError, Tokens
from rag.articles.article import Article

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder

SYSTEM = "You answer questions, from the given context and from nothing else."
PROMPT = "Context:\n{context}\n\nQuestion: {question}"
SHORTEST_CHARS = 20


def referenced_answers(articles: Sequence[Article], chat: ChatModel, embedder: Embedder) -> Peer:
    """Answers that refer to one paragraph each. Raises SkippedError."""
    try:
        from txtai import RAG, Embeddings
    except ImportError as error:
        raise SkippedError(f"needs txtai ({error})") from None
    from langchain_core.messages import HumanMessage, SystemMessage

    model = SameModel(chat)

    def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
        return embedder.embed(list(texts))

    def replies(prompts: Sequence[Sequence[dict[str, str]]]) -> list[str]:
        kinds = {"system": SystemMessage, "user": HumanMessage}
        messages = [[kinds[part["role"]](part["content"]) for part in one] for one in prompts]
        return [model.reply(one)[0] for one in messages]

    paragraphs = [part.strip() for article in articles for part in article.text.split("\n\n")]
    index = Embeddings(method="external", transform=vectors, content=True)
    index.index(part for part in paragraphs if len(part) >= SHORTEST_CHARS)
    rag = RAG(index, replies, template=PROMPT, system=SYSTEM, context=3, output="reference")

    def answer(question: str) -> Tokens:
        model.begin()
        rag(question)
        return model.taken

    return answer
