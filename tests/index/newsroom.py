"""Small articles for the tests of the store."""

from __future__ import annotations

import datetime

from rag.articles.article import Article, Passage
from rag.articles.passages import embedded_text, passages_of
from rag.index.catalogue import Catalogue
from tests.index.hashing import HashingEmbedder

FERRY = "The ferry sank off Oban on Monday. All 90 people on board lived. The captain was praised."
RAIN = "Rain fell on the north for a week. Rivers rose in three towns. Schools were closed."


def article(
    source: str,
    text: str = FERRY,
    *,
    title: str = "Ferry sinks",
    publisher: str | None = None,
    day: str | None = None,
) -> Article:
    """An article with the fields a test cares about."""
    published_at = datetime.date.fromisoformat(day) if day else None
    return Article(source, text, title, publisher=publisher, published_at=published_at)


def put(catalogue: Catalogue, *articles: Article) -> list[Passage]:
    """Put articles into a catalogue with the vectors of the hashing embedder."""
    embedder = HashingEmbedder()
    put_passages = []
    for one in articles:
        passages = passages_of(one)
        texts = [embedded_text(one.title, passage.text) for passage in passages]
        catalogue.put(one, passages, embedder.embed(texts))
        put_passages.extend(passages)
    return put_passages
