"""Which sentences of a story belong in its summary: learnt from summaries with nuggets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.cli import main
from evals.evidence.fitting import FOLDS
from evals.evidence.main_points import Summarised, fit_summaries, summarised_in
from rag.answering.scoring import MAIN_POINT
from rag.errors import InputError
from rag.settings import Settings
from tests.evals.evidence.test_evidence import write

# Place and event: the number in the first sentence is the point, the rest is not.
STORIES = (
    ("Leith", "storm", 140),
    ("Oban", "flood", 230),
    ("Selby", "fire", 31),
    ("Ripon", "landslide", 46),
    ("Whitby", "gale", 520),
)
BESIDE = (
    "People stood in the street and looked up.",
    "Nobody slept.",
    "“It was loud.”",
    "The dogs barked and the windows shook for a while.",
    "A boy had left his bicycle by the gate.",
    "Tea was made.",
    "The bells were silent.",
    "“I hid.”",
    "Someone sang a song nobody knew.",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("summaries")
    documents: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for place, event, houses in STORIES:
        point = f"The {event} in {place} tore the roofs off {houses} houses on the coast road."
        title = f"The {event} in {place}"
        text = " ".join([point, *BESIDE])
        documents.append({"_id": event, "title": title, "text": text})
        spans = [{"doc": event, "quote": point}]
        questions.append(
            {
                "_id": f"{event}-summary-1",
                "kind": "summary",
                "text": f"Summarise the {event} in {place}",
                "answerable": True,
                "nuggets": [{"id": "n1", "text": "houses", "vital": True, "spans": spans}],
            }
        )
    write(folder / "corpus.jsonl", documents)
    write(folder / "questions.jsonl", questions)
    return folder


@pytest.fixture(scope="module")
def summarised(folder: Path) -> list[Summarised]:
    return summarised_in([folder], Settings.load(), lambda *_: None)


def test_a_sentence_belongs_in_a_summary_that_states_something_vital(
    summarised: list[Summarised],
) -> None:
    assert len(summarised) == len(STORIES)
    for one in summarised:
        assert one.labels.tolist() == [True] + [False] * len(BESIDE)


def test_the_points_of_stories_unseen_are_shown(summarised: list[Summarised]) -> None:
    weights, figures = fit_summaries(summarised)

    assert set(weights) == set(MAIN_POINT)
    assert weights["number"] > 0
    assert [(one.summaries, one.vital) for one in figures] == [(len(STORIES), 1.0)]
    assert 0 < figures[0].to_the_point < 1


def test_too_few_summaries_are_refused(summarised: list[Summarised]) -> None:
    with pytest.raises(InputError, match="4 summaries are too few"):
        fit_summaries(summarised[: FOLDS - 1])


def test_the_command_keeps_the_weights_and_says_what_is_stated(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scoring.json"

    with pytest.raises(SystemExit) as stop:
        main(["fit-summaries", str(folder), "--out", str(out)])

    assert not stop.value.code
    assert "vital points" in capsys.readouterr().out
    assert set(json.loads(out.read_text("utf-8"))["main_point"]) == set(MAIN_POINT)
