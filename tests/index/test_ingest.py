from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.errors import EndpointUnreachableError
from rag.index.report import report_lines
from rag.index.store import Store
from rag.settings import Settings
from tests.articles.made_files import zipped
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN

Write = Callable[..., Path]


@pytest.fixture
def store(settings: Settings, embedder: HashingEmbedder) -> Iterator[Store]:
    with Store.open(settings, embedder) as opened:
        yield opened


def titles(store: Store) -> list[str]:
    return [summary.title for summary in store.catalogue.articles()]


def in_step(store: Store) -> bool:
    """Both indexes hold exactly the catalogue's passages and say so."""
    wanted = store.catalogue.passage_ids()
    return all(
        index.ids() == wanted and index.marker == store.catalogue.marker
        for index in (store.vectors, store.lexical)
    )


def test_new_articles_are_found_in_every_index(store: Store, write: Write) -> None:
    report = store.ingest([write(ferry=FERRY, rain=RAIN)])
    assert (report.added, report.updated, report.unchanged, report.failed) == (2, 0, 0, ())
    assert report.passages == store.catalogue.counts()[1]
    assert in_step(store)


def test_nothing_is_done_for_what_has_not_changed(
    store: Store, write: Write, embedder: HashingEmbedder
) -> None:
    folder = write(ferry=FERRY, rain=RAIN)
    store.ingest([folder])
    embedded, revision = embedder.texts_embedded, store.catalogue.revision
    report = store.ingest([folder])
    assert (report.added, report.updated, report.unchanged) == (0, 0, 2)
    assert (embedder.texts_embedded, store.catalogue.revision) == (embedded, revision)


def test_a_changed_article_is_replaced_whole(store: Store, write: Write) -> None:
    store.ingest([write(ferry=FERRY)])
    report = store.ingest([write(ferry=RAIN)])
    assert (report.added, report.updated) == (0, 1)
    assert store.lexical.search("ferry Oban", 5) == []
    assert store.catalogue.counts()[0] == 1
    assert in_step(store)


def test_new_metadata_alone_reach_the_filters(store: Store, write: Write) -> None:
    store.ingest([write(ferry=FERRY)])
    store.ingest([write(ferry=f"---\npublisher: Daily\n---\n{FERRY}")])
    assert store.catalogue.publishers() == ("Daily",)
    assert in_step(store)


def test_equal_texts_are_embedded_once(
    store: Store, write: Write, embedder: HashingEmbedder
) -> None:
    store.ingest([write(one=FERRY, two=f"---\ntitle: Copied\n---\n{FERRY}")])
    assert embedder.texts_embedded * 2 == store.catalogue.counts()[1]


def test_a_bad_file_is_named_and_the_rest_goes_in(store: Store, write: Write) -> None:
    folder = write(bad="It \0sank.", empty="", ferry=FERRY)
    report = store.ingest([folder, folder / "missing.md"])
    assert report.added == 1
    assert [Path(str(folder), name).name for name in ("bad.md", "empty.md", "missing.md")] == [
        problem.split("/")[-1].split(" ")[0].rstrip(",:")
        for problem in (error.problem for error in report.failed)
    ]


def test_an_article_that_became_unreadable_stays_as_it_was(store: Store, write: Write) -> None:
    store.ingest([write(ferry=FERRY)])
    folder = write(ferry="")
    report = store.ingest([folder], prune=True)
    assert (len(report.failed), report.removed) == (1, 0)
    assert store.lexical.search("ferry", 5)


def test_prune_removes_what_is_gone_from_the_folder_and_nothing_else(
    store: Store, write: Write, tmp_path: Path
) -> None:
    folder = write(ferry=FERRY, rain=RAIN)
    (tmp_path / "in-other").mkdir()
    (tmp_path / "in-other" / "kept.md").write_text("# Kept elsewhere\n\nIt stayed.")
    store.ingest([folder, tmp_path / "in-other"])
    (folder / "ferry.md").unlink()
    (tmp_path / "in-other" / "kept.md").unlink()
    assert store.ingest([folder]).removed == 0
    assert store.ingest([folder], prune=True).removed == 1
    assert store.lexical.search("ferry", 5) == []
    assert store.catalogue.counts()[0] == 2
    assert in_step(store)


def test_prune_takes_a_missing_folder_for_a_mistake(
    store: Store, write: Write, tmp_path: Path
) -> None:
    folder = write(ferry=FERRY)
    store.ingest([folder])
    folder.rename(tmp_path / "unplugged")
    report = store.ingest([folder], prune=True)
    assert (len(report.failed), report.removed, store.catalogue.counts()[0]) == (1, 0, 1)


def test_lines_of_one_file_are_articles_that_come_and_go(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"

    def lines(*names: str) -> None:
        records = ({"id": n, "title": n, "text": f"News of {n}."} for n in names)
        file.write_text("".join(json.dumps(record) + "\n" for record in records))

    lines("a", "b")
    assert store.ingest([file]).added == 2
    lines("b", "c")
    report = store.ingest([file], prune=True)
    assert (report.added, report.unchanged, report.removed) == (1, 1, 1)
    assert titles(store) == ["b", "c"]


def test_a_relative_and_an_absolute_path_are_one_article(
    store: Store, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(ferry=FERRY)
    store.ingest([folder])
    monkeypatch.chdir(folder)
    assert store.ingest(["."]).unchanged == 1
    assert store.ingest(["../in/ferry.md"]).unchanged == 1


def test_progress_names_each_step_and_reaches_its_end(store: Store, write: Write) -> None:
    seen: dict[str, tuple[int, int]] = {}
    store.ingest(
        [write(ferry=FERRY)], progress=lambda what, done, of: seen.update({what: (done, of)})
    )
    assert {"Reading articles", "Embedding passages"} <= set(seen)
    assert all(done == of for done, of in seen.values())


class FailingEmbedder(HashingEmbedder):
    """Reached its first texts only."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.texts_embedded > 150:
            raise EndpointUnreachableError("It is down", fix="Start it.")
        return super().embed(texts)


def test_an_endpoint_that_fails_half_way_loses_nothing_and_the_next_run_goes_on(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.ingest._BATCH_PASSAGES", 100)
    file = tmp_path / "news.jsonl"
    texts = (f"Report {n} says so. It was {n} of them. All {n} left." for n in range(300))
    records = ({"id": str(n), "text": text} for n, text in enumerate(texts))
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    with Store.open(settings, FailingEmbedder()) as store:
        with pytest.raises(EndpointUnreachableError):
            store.ingest([file])
        assert 0 < store.catalogue.counts()[0] < 300
        assert in_step(store)
    with Store.open(settings, HashingEmbedder()) as store:
        report = store.ingest([file])
        assert report.added + report.unchanged == 300
        assert report.unchanged > 0


def test_the_report_is_json(store: Store, write: Write) -> None:
    report = json.loads(json.dumps(store.ingest([write(ferry=FERRY, empty="")]).as_dict()))
    assert report["added"] == 1
    assert "empty.md is empty" in report["failed"][0]["problem"]
    assert report["failed"][0]["fix"]


def test_the_report_tells_what_was_passed_over_what_was_left_out_and_the_languages(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("Die Fähre nach Torrel fährt wieder, sagte der Kapitän.")
    (folder / "b.md").write_text("---\ndate: soon\n---\nThe ferry to Torrel runs again today.")
    (folder / "c.png").write_bytes(b"x")
    (folder / "d").write_bytes(b"x")
    report = store.ingest([folder])
    assert [Path(it.source).name for it in report.passed_over] == ["c.png", "d"]
    assert [Path(it.source).name for it in report.remarks] == ["b.md"]
    assert report.languages == {"de": 1, "en": 1}
    (taken,) = report.taken
    assert (taken.passed_over, taken.remarks) == (report.passed_over, report.remarks)
    lines = report_lines(report)
    assert lines[0] == "Passed over: c.png (.png files are not read)"
    assert "1 article in German. Groundwire is made for English" in lines[-1]
    assert json.loads(json.dumps(report.as_dict()))["passed_over"][0]["why"]
    assert {it.title: it.language for it in store.catalogue.articles()} == {
        "The ferry to Torrel runs again today.": "en",
        "Die Fähre nach Torrel fährt wieder, sagte der Kapitän.": "de",
    }


def test_the_articles_of_an_archive_come_and_go_with_it(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(zipped({"a.txt": "It rains.", "b.txt": "It snows."}))
    assert store.ingest([file]).added == 2
    file.write_bytes(zipped({"b.txt": "It snows.", "c.png": "x"}))
    report = store.ingest([file], prune=True)
    assert (report.unchanged, report.removed, len(report.passed_over)) == (1, 1, 1)
