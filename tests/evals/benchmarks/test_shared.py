"""Benches of PostgreSQL and a Chroma server, at a size that says nothing of speed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.benchmarks.alike import alike, same_answers
from evals.benchmarks.shared import bench_shared, bench_words, grow_shared
from evals.datasets.example import Example, Gold
from evals.datasets.loading import Collection, Document
from rag.errors import InputError
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.servers import chroma_server


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings.load(home=tmp_path / "home", database_url=database_url)


def test_the_words_alone_are_found_alike(settings: Settings) -> None:
    result = bench_words(settings, passages=300)
    assert result.passages >= 300
    assert (result.same_first_ten_by_words or 0) > 0.99
    assert result.shared_ms["by words"][1] >= result.shared_ms["by words"][0] > 0
    assert sum(result.processor_ms["by words"]) > 0  # one alone may be less than a clock's tick
    with pytest.raises(InputError, match="holds articles already"):
        bench_words(settings, passages=300)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_writers_at_once_fill_what_both_stores_find_alike(
    settings: Settings, tmp_path: Path
) -> None:
    with chroma_server(tmp_path / "chroma") as url:
        both = settings.model_copy(update={"chroma_url": url})
        result = bench_shared(both, passages=240, writers=(1, 2), answer=False)
    assert [pace.writers for pace in result.writers] == [1, 2]
    assert all(pace.passages >= 120 for pace in result.writers)
    assert result.lost_or_doubled == 0
    assert (result.same_first_ten_by_words or 0) > 0.99
    assert {*result.shared_ms} == {*result.embedded_ms} == {"by words", "by meaning", "hybrid"}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_store_that_grows_goes_on_where_it_was_ended(settings: Settings, tmp_path: Path) -> None:
    with chroma_server(tmp_path / "chroma") as url:
        both = settings.model_copy(update={"chroma_url": url})
        first = grow_shared(both, passages=120, writers=1, answer=False)
        told: list[str] = []
        then = grow_shared(both, passages=200, answer=False, report=told.append)
    assert 120 <= first.passages < 200 <= then.passages
    assert then.writers[0].passages <= then.passages - first.passages
    assert then.lost_or_doubled == 0
    assert told[0].startswith(f"{then.passages} passages")
    assert {*then.shared_ms} == {"by words", "by meaning", "hybrid"}
    assert not then.embedded_ms


def test_a_labelled_set_is_found_alike(settings: Settings) -> None:
    towns = ("Harnsey", "Corriemoor", "Lowick", "Pellan", "Dunreth", "Ostrey")
    documents = tuple(
        Document(town, f"News of {town}", f"The lifeboat of {town} went out in week {n}.")
        for n, town in enumerate(towns)
    )
    examples = tuple(
        Example(
            id=town,
            kind="single_fact",
            question=f"When did the lifeboat of {town} go out?",
            answerable=True,
            gold=(Gold(article=town, grade=1),),
        )
        for town in towns
    )
    found = alike(Collection("towns", documents, examples), settings, HashingEmbedder())
    assert found.questions == found.same_hits == len(towns)
    assert found.shared == found.embedded
    assert found.shared["recall_at_10"] == 1.0


def test_both_stores_give_the_same_answers_and_ask_the_model_the_same(
    settings: Settings, tmp_path: Path
) -> None:
    folder, questions = tmp_path / "articles", tmp_path / "questions.jsonl"
    folder.mkdir()
    (folder / "tug.md").write_text("# Tug lost\n\nThe tug Marlo sank off Pellan. Two were saved.")
    (folder / "ice.md").write_text("# Ice\n\nIce closed the harbour of Dunreth for nine days.")
    asked = ("Where did the tug Marlo sink?", "How long was the harbour of Dunreth closed?")
    row = {"kind": "single_fact", "answerable": False, "gold": []}
    questions.write_text(
        "".join(
            json.dumps({"id": str(n), "question": one, **row}) + "\n" for n, one in enumerate(asked)
        )
    )
    found = same_answers(settings, HashingEmbedder(), folder, questions)
    assert (found.questions, found.differing) == (2, ())
    assert found.asked_model <= 2


def test_what_is_not_shared_is_not_measured(tmp_path: Path) -> None:
    alone = Settings.load(home=tmp_path)
    with pytest.raises(InputError, match="names no PostgreSQL"):
        bench_words(alone, passages=100)
    with pytest.raises(InputError, match="names no PostgreSQL"):
        alike(Collection("none", (), ()), alone, HashingEmbedder())
