"""Batches are embedded ahead of the catalogue, and come out whole and in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.articles.article import Article, Passage
from rag.articles.passages import passages_of
from rag.index.ahead import EmbeddingAhead, Items
from rag.index.catalogue import Catalogue
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN, article


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    opened = Catalogue.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def ahead(catalogue: Catalogue, embedder: HashingEmbedder) -> Iterator[EmbeddingAhead]:
    with EmbeddingAhead(catalogue, embedder, lambda label, done, total: None) as opened:
        yield opened


def batch(*articles: Article) -> list[tuple[Article, tuple[Passage, ...]]]:
    return [(one, passages_of(one)) for one in articles]


def test_each_batch_comes_back_when_the_next_is_given(ahead: EmbeddingAhead) -> None:
    first, second = batch(article("a.md")), batch(article("b.md", RAIN))
    assert ahead.give(first) is None
    came: list[Items] = []
    for given in (second, ()):
        back = ahead.give(given)
        assert back is not None
        came.append(back[0])
        assert len(back[1]) == 1
    assert came == [first, second]
    assert ahead.give(()) is None


def test_a_text_is_embedded_once_also_where_two_batches_say_it(
    ahead: EmbeddingAhead, catalogue: Catalogue, embedder: HashingEmbedder
) -> None:
    for given in (batch(article("a.md")), batch(article("b.md")), ()):
        if (back := ahead.give(given)) is not None:
            catalogue.put_many(*back)
    assert embedder.texts_embedded == 1
    assert len(catalogue.passage_ids()) == 2


def test_a_vector_that_went_while_the_batch_waited_is_made_again(
    ahead: EmbeddingAhead, catalogue: Catalogue
) -> None:
    for given in (batch(article("a.md")), ()):
        if (back := ahead.give(given)) is not None:
            catalogue.put_many(*back)
    ahead.give(batch(article("a.md", RAIN)))  # takes the ferry's vector away when it is put
    replaced = ahead.give(batch(article("b.md", FERRY)))
    assert replaced is not None
    catalogue.put_many(*replaced)
    again = ahead.give(())
    assert again is not None
    catalogue.put_many(*again)
    assert catalogue.counts() == (2, 2)
    assert catalogue.damage() is None


def test_what_the_model_raises_is_raised_and_closing_waits_for_nothing_more(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    class Failing(HashingEmbedder):
        def embed(self, texts: object) -> object:  # type: ignore[override]
            raise OSError("gone")

    with EmbeddingAhead(catalogue, Failing(), lambda *_: None) as ahead:  # type: ignore[arg-type]
        ahead.give(batch(article("a.md")))
        with pytest.raises(OSError, match="gone"):
            ahead.give(())
