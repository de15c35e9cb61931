"""When two reports give two values of one thing: learnt from comparisons with nuggets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.cli import main
from evals.evidence.differences import Compared, compared_in, fit_differences
from evals.evidence.fitting import FOLDS
from rag.answering.scoring import DIFFERS
from rag.errors import InputError
from rag.settings import Settings
from tests.evals.evidence.test_evidence import write

# Place, what happened, and how many each of the two reports counts: houses, then families.
STORIES = (
    ("Leith", "storm", 140, 152),
    ("Oban", "flood", 230, 210),
    ("Selby", "fire", 31, 35),
    ("Ripon", "landslide", 46, 52),
    ("Whitby", "gale", 520, 500),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("differences")
    documents: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for place, event, one, other in STORIES:
        said = (
            f"The {event} in {place} tore the roofs off {one} houses.",
            f"In all {other} homes lost their roofs in {place}.",
        )
        documents += [
            {
                "_id": f"{event}-a",
                "title": f"The {event} in {place}",
                "text": f"{said[0]} All 2 schools stay shut. The mayor gave soup to 900.",
            },
            {
                "_id": f"{event}-b",
                "title": f"After the {event}",
                "text": f"Nobody slept in {place}, where 3 of 7 roads are shut. {said[1]}",
            },
        ]
        spans = [
            {"doc": f"{event}-{it}", "quote": text} for it, text in zip("ab", said, strict=True)
        ]
        questions.append(
            {
                "_id": f"{event}-comparison-1",
                "kind": "comparison",
                "text": f"Where do the reports on the {event} differ?",
                "answerable": True,
                "nuggets": [{"id": "n1", "text": "houses", "vital": True, "spans": spans}],
            }
        )
    write(folder / "corpus.jsonl", documents)
    write(folder / "questions.jsonl", questions)
    return folder


@pytest.fixture(scope="module")
def compared(folder: Path) -> list[Compared]:
    return compared_in([folder], Settings.load(), lambda *_: None)


def test_only_pairs_whose_figures_are_near_are_weighed_and_one_of_each_story_differs(
    compared: list[Compared],
) -> None:
    assert [sum(one.differs) for one in compared] == [1] * len(STORIES)
    for one in compared:
        assert len(one.inputs) == len(one.places) == len(one.differs) < 6


def test_what_differs_is_found_in_stories_unseen(compared: list[Compared]) -> None:
    weights, figures = fit_differences(compared)

    assert set(weights) == set(DIFFERS)
    assert figures[0].all_differing == len(STORIES)
    assert figures[0].differing == len(STORIES)
    assert [one.shown for one in figures] == sorted((one.shown for one in figures), reverse=True)


def test_too_few_comparisons_are_refused(compared: list[Compared]) -> None:
    with pytest.raises(InputError, match="4 comparisons are too few"):
        fit_differences(compared[: FOLDS - 1])


def test_the_command_keeps_the_weights_and_says_how_many_differ(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scoring.json"

    with pytest.raises(SystemExit) as stop:
        main(["fit-differences", str(folder), "--out", str(out)])

    assert not stop.value.code
    assert "of all that differ" in capsys.readouterr().out
    assert set(json.loads(out.read_text("utf-8"))["differs"]) == set(DIFFERS)
