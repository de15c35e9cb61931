"""Versions and copies of made articles, in a real store with real embeddings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cli import main
from evals.datasets.loading import Document
from evals.scorers.origins import edited, edited_copies, mostly_copied

STORIES = {
    "ferry": "The ferry Aurora sank off Harwich on Tuesday night. It carried 212 passengers and "
    "nine crew to Oban. A lifeboat reached the wreck within forty minutes of the call. "
    "The owner promised to pay for the search of the seabed.",
    "zinc": "Zinc rose to its dearest price in twelve years on Monday. Traders in Leith blamed a "
    "strike at two mines in the north. Makers of roofs have begun to order tin instead. "
    "A union leader said the strike would end within a week.",
    "school": "Pupils of the old school on Mill Lane will move in May. The council voted nine to "
    "four for a new building by the river. Parents had asked for a bridge to be built first. "
    "The mayor wants lessons to begin there after the summer.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Each story twice, once with a sentence more, and a question."""
    rows = []
    for name, text in STORIES.items():
        rows.append({"_id": f"{name}__long", "title": name, "text": f"{text} Nobody was asked."})
        rows.append({"_id": f"{name}__short", "title": name, "text": text})
    query = {"_id": "q1", "text": "Where did the Aurora sink?", "metadata": {"answerable": False}}
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "queries.jsonl").write_text(json.dumps(query), "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tferry__long\t1\n", "utf-8")
    return tmp_path


def test_versions_and_edited_copies_are_found_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["origins", str(folder), "--edits", "2", "--json"])
    assert not stop.value.code
    found = json.loads(capsys.readouterr().out)
    assert found["articles"] == 8
    assert (found["precision"]["value"], found["recall"]["value"]) == (1.0, 1.0)
    assert (found["edited_recall"]["value"], found["edited_recall"]["n"]) == (1.0, 2)
    assert found["repeated_in_context"]["value"] == 0.0


def test_ids_that_name_no_versions_are_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["origins", str(folder), "--version", "@.*"])
    assert stop.value.code == 1
    assert "--version" in capsys.readouterr().err


def test_an_edited_copy_differs_and_is_still_mostly_the_same() -> None:
    documents = [Document(f"{name}__a", name, text) for name, text in STORIES.items()]
    copies = list(edited_copies(documents, 2))
    assert [copy.id for copy in copies] == ["ferry_edited", "zinc_edited"]
    for copy, document in zip(copies, documents, strict=False):
        assert copy.text != document.text
        assert mostly_copied(copy.text, document.text)
    assert not mostly_copied(STORIES["ferry"], STORIES["zinc"])
    assert edited("Too short here.") == "Too short here."
