"""Small articles for the tests of the store."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

from sqlalchemy import insert

from rag.articles.article import Article, Passage
from rag.articles.passages import passages_of
from rag.index import schema
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


def put_titles(catalogue: Catalogue, titles: list[str]) -> None:
    """Articles of which only the titles matter, many at once, without passages; the ids count."""
    text = FERRY * 20
    rows = [
        {
            "article_id": f"{number:016x}",
            "source": f"{number}.md",
            "title": title,
            "sha256": "0" * 64,
            "fingerprint": "0" * 64,
            "chars": len(text),
            "passages": 0,
            "origin_id": f"{number:016x}",
            "text": text,
        }
        for number, title in enumerate(titles)
    ]
    with catalogue._engine.begin() as connection:
        connection.execute(insert(schema.articles), rows)


def titles_are_found_at_once(catalogue: Catalogue) -> None:
    """Asserts what a catalogue promises of its titles, whatever database it is in."""
    named = ["Ångmar's mill burns", "At the weir of Tolvik", "Weir keeper leaves", "WEIR 100% full"]
    put_titles(catalogue, [*named, *(f"Report {number}" for number in range(20_000))])

    def found(typed: str, most: int = 5) -> list[str]:
        return [it.title for it in catalogue.named_like(typed, most)]

    assert found("weir") == ["WEIR 100% full", "Weir keeper leaves", "At the weir of Tolvik"]
    assert found(" WEIR k") == ["Weir keeper leaves"]
    assert found("Ång") == ["Ångmar's mill burns"]
    assert found("weir 100%") == ["WEIR 100% full"]
    for nothing in ("%", "_eir", "weir\0x", "zz", "'; --", "\ud800\ud801zz"):
        assert set(found(nothing)) <= {"WEIR 100% full"}
    assert [it.article_id for it in catalogue.named_like("000000000000000", 3)] == [
        f"{number:016x}" for number in range(3)
    ]
    assert found("", 2) == ["At the weir of Tolvik", "Report 0"]
    assert len(found("report", 101)) == 101
    # The whole list would be read in a time that grows with it.
    whole = best(lambda: list(catalogue.articles()), 1)
    for typed in ("", "r", "report 19", "keeper", "zz", "0000000"):
        assert best(lambda typed=typed: catalogue.named_like(typed, 101)) < 0.3 * whole  # type: ignore[misc]


def best(work: Callable[[], object], times: int = 3) -> float:
    """The shortest time that `work` took, in seconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)
