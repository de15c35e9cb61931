from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.articles.article import Article, normalise
from rag.errors import StoreBusyError
from rag.filters import Filters
from rag.index.entry import Entry
from rag.index.store import Store
from rag.index.vectors import VectorIndex
from rag.models.embeddings import MiniLM
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

Write = Callable[..., Path]

ARTICLES = {
    "ferry": "---\ntitle: Ferry sinks\npublisher: Oban Daily\npublished_at: 2016-10-21\n---\n"
    "The ferry sank off Oban on Monday.\r\n\r\nAll 90 people on board were saved.",
    "rain": "---\ntitle: Floods\npublisher: North Weekly\npublished_at: 2016-11-02\n---\n"
    "Rain fell for a week 🌧️. Rivers rose in three towns, and schools were closed.",
    "shop": "# A shop for cats\n\nThe shop sells nothing but food for cats. It opened in May.",
}


def test_a_question_finds_the_passage_by_meaning_and_by_words(
    settings: Settings, write: Write
) -> None:
    """The whole way with the real embedding model: files in, exact text out."""
    model = MiniLM()
    with Store.open(settings, model) as store:
        assert store.ingest([write(**ARTICLES)]).added == 3
    with Store.open(settings, model) as store:
        for question, expected in [
            ("How many passengers survived when the boat went down?", "All 90 people"),
            ("Which places were hit by high water?", "Rivers rose in three towns"),
            ("Where can I buy something for my kitten?", "nothing but food for cats"),
        ]:
            (vector,) = model.embed([question])
            (passage_id, cosine), *_ = store.vectors.search(vector, 3)
            passage = store.catalogue.passages([passage_id])[passage_id]
            article = store.catalogue.article(passage.article_id)
            assert article is not None
            assert expected in passage.text
            assert article.text[passage.span.start : passage.span.end] == passage.text
            assert 0.2 < cosine < 1.0
        filters = Filters(published_from=datetime.date(2016, 11, 1))
        ((passage_id, _),) = store.lexical.search("ferry rain cats", 5, filters)
        assert "Rain fell" in store.catalogue.passages([passage_id])[passage_id].text


def test_a_removed_article_is_found_nowhere(
    settings: Settings, embedder: HashingEmbedder, write: Write
) -> None:
    with Store.open(settings, embedder) as store:
        folder = write(**ARTICLES)
        store.ingest([folder])
        article_id = Article(str(folder / "ferry.md"), "", "").article_id
        assert store.remove(article_id)
        assert not store.remove(article_id)
        assert store.lexical.search("ferry", 5) == []
        assert store.vectors.count() == store.lexical.count() == store.catalogue.counts()[1]


def test_a_second_store_on_one_home_is_refused_and_the_first_goes_on(
    settings: Settings, embedder: HashingEmbedder
) -> None:
    with Store.open(settings, embedder) as store:
        with pytest.raises(StoreBusyError):
            Store.open(settings, embedder)
        assert store.catalogue.counts() == (0, 0)
    Store.open(settings, embedder).close()


def test_an_index_that_lost_or_gained_passages_behind_our_back_is_put_right(
    settings: Settings, embedder: HashingEmbedder, write: Write
) -> None:
    with Store.open(settings, embedder) as store:
        store.ingest([write(**ARTICLES)])
        wanted = store.catalogue.passage_ids()
        store.lexical.delete([min(wanted)])
        store.lexical.mark(store.catalogue.marker)
        stranger = Entry("stranger", "a", "text", "title", None, None)
        store.vectors.add([stranger], np.ones((1, embedder.dimensions), dtype=np.float32))
    with Store.open(settings, embedder) as store:
        assert store.lexical.ids() == store.vectors.ids() == wanted


def test_a_store_that_fails_to_open_is_not_left_locked(
    settings: Settings, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_chroma(*_: object) -> VectorIndex:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(VectorIndex, "open", no_chroma)
        with pytest.raises(KeyboardInterrupt):
            Store.open(settings, embedder)
    Store.open(settings, embedder).close()


def test_the_real_reports_come_back_exactly(
    settings: Settings, embedder: HashingEmbedder, seeds: Path
) -> None:
    with Store.open(settings, embedder) as store:
        report = store.ingest([seeds])
        assert (report.added, report.failed) == (2, ())
        for summary in store.catalogue.articles():
            article = store.catalogue.article(summary.article_id)
            assert article is not None
            assert article.text == normalise(Path(summary.source).read_text())
            assert summary.title.startswith("Battle for Mosul")
