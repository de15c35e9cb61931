from __future__ import annotations

from pathlib import Path

from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder


def test_an_ingested_article_is_found_by_meaning_and_by_words(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ferry.md").write_text(
        "# Ferry sinks\n\nThe ferry sank off Oban. All lived."
    )
    (tmp_path / "in" / "rain.txt").write_text("Rain came late\n\nIt rained on Monday.")
    with Store.open(Settings.load(home=tmp_path / "home"), embedder) as store:
        report = store.ingest([tmp_path / "in"])
        assert (report.added, report.failed) == (2, ())
        question = "Where did the ferry sink?"
        by_meaning = store.vectors.search(embedder.embed([question])[0], 5)
        by_words = store.lexical.search(question, 5)
        passages = store.catalogue.passages([by_meaning[0][0], by_words[0][0]])
        assert all("Oban" in passage.text for passage in passages.values())
        assert store.ingest([tmp_path / "in"]).unchanged == 2
