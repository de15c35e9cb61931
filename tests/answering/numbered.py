"""The sentences of one made article, numbered as a writer reads them."""

from __future__ import annotations

from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.retrieval.hits import Hit
from rag.retrieval.sources import Source, number_sentences


def numbered(text: str, title: str) -> tuple[Source, ...]:
    """Every sentence of the text, in order."""
    article = Article("made.txt", text, title)
    return number_sentences([Hit(passage, article, 1.0) for passage in passages_of(article)])
