"""What retrieval gives: hits, with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from rag.articles.article import Article, Passage, Span


@dataclass(frozen=True)
class Elsewhere:
    """The same words in another article of the same origin."""

    article_id: str
    span: Span


@dataclass(frozen=True)
class Hit:
    """A passage that may help, with its article and why it was found.

    `score` orders hits of one search and means nothing across searches; `cosine` is the
    similarity of question and passage embeddings (-1…1), 0.0 when it was not measured; `also_in`
    are copies with the same facts, and articles that are mostly one text share an `origin_id`.
    """

    passage: Passage
    article: Article
    score: float
    cosine: float = 0.0
    also_in: tuple[Elsewhere, ...] = ()
    origin_id: str = ""
