"""Small articles for the tests of the store."""

from __future__ import annotations

import datetime

from rag.articles.article import Article, Passage
from rag.articles.passages import passages_of
from rag.index.catalogue import Catalogue, text_key
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
    """Put articles, in one transaction, with the vectors of the hashing embedder."""
    embedder = HashingEmbedder()
    items = [(one, passages_of(one)) for one in articles]
    texts = {
        text_key(one.title, passage.text): passage.text
        for one, passages in items
        for passage in passages
    }
    vectors = dict(zip(texts, embedder.embed(list(texts.values())), strict=True))
    catalogue.put_many(items, vectors)
    return [passage for _, passages in items for passage in passages]
