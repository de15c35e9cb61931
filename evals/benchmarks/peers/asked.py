"""Other programs asked the same questions, with the same articles, embeddings and chat model.

They are no dependencies: what is not installed is skipped, and the reason is said. Each speaks to
the chat model at the endpoint that our own answers use; what it takes is told by that endpoint.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from evals.benchmarks.growth import percentile
from evals.benchmarks.peers.llama_index import citation_query_engine
from evals.benchmarks.peers.paper_qa import paper_qa
from evals.benchmarks.peers.peer import Peer, SkippedError, Tokens
from evals.benchmarks.peers.plain_chain import plain_chain
from evals.benchmarks.peers.txtai import referenced_answers
from evals.benchmarks.results import PeerPace, Report
from evals.systems.articles import articles_of
from rag.articles.article import Article
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.models.embeddings import Embedder

PEERS: dict[str, Callable[[Sequence[Article], ChatModel, Embedder], Peer]] = {
    "plain-chain": plain_chain,
    "llama-index": citation_query_engine,
    "txtai": referenced_answers,
    "paper-qa": paper_qa,
}


def peer_paces(
    names: Sequence[str], folder: Path, questions: Sequence[str], settings: Settings, report: Report
) -> tuple[PeerPace, ...]:
    """Each of the programs named, asked every question; one that fails is told of, not raised."""
    from rag.models.chat import ChatModel
    from rag.models.embeddings import open_embedder

    articles = articles_of([folder])
    embedder, paces = open_embedder(settings), []
    # What txtai and paper-qa bring along would fetch a list of prices when it is imported.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    with closing(ChatModel.open(settings)) as chat:
        for name in names:
            try:
                if name not in PEERS:
                    raise SkippedError(f"known are {', '.join(PEERS)}")
                report(f"{name}: {len(articles)} articles")
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
