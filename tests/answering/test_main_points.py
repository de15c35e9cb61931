"""What a sentence is worth in a summary: a number for each, by what it has and where it stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.answering.main_points import features, main_sentences, main_worth, standard
from rag.answering.scoring import MAIN_POINT
from rag.answering.stories import Report, reports
from tests.answering.room import Room, opened

STRIKE = (
    "The drivers of Norvane will strike on 4 May. The depot has a red door. Tea was served at noon."
)
STRIKE_TOO = "In Norvane the drivers are to strike on 4 May. A cat sleeps in the yard."


def story(folder: Path) -> list[Report]:
    texts = {"a.md": f"# Strike\n\n{STRIKE}", "b.md": f"# Buses\n\n{STRIKE_TOO}"}
    with opened(folder, texts) as made:
        task = made.task("Summarise everything")
        return reports(task, made.library().article_ids(2))


def test_what_another_report_tells_too_is_worth_more(tmp_path: Path) -> None:
    both = story(tmp_path)
    for report in both:
        alone, beside = main_worth(report), main_worth(report, both)
        gained = beside - alone
        assert gained[0] == gained.max() > 0
        assert int(np.argmax(beside)) == 0


def test_a_number_and_what_is_to_come_are_read_from_the_words(tmp_path: Path) -> None:
    report = next(it for it in story(tmp_path) if len(it.sentences) == 3)
    read = features(report)
    assert set(read) == set(MAIN_POINT) - {"intercept"}
    assert read["number"].tolist() == [1.0, 0.0, 0.0]
    assert read["to_come"].tolist() == [1.0, 0.0, 0.0]
    assert not read["told_beside"].any()


def test_the_main_sentences_of_an_article_are_its_own_and_no_boilerplate(room: Room) -> None:
    task = room.task("Summarise everything")
    for report in reports(task, room.library().article_ids(100)):
        chosen = main_sentences(report, 3)
        assert 0 < len(chosen) <= 3
        assert len({it.place for it in chosen}) == len(chosen)
        assert not any("Advertisement" in it.text for it in chosen)
        assert main_worth(report).shape == (len(report.sentences),)


def test_a_standard_row_has_mean_0_and_spread_1_and_a_flat_one_stays_flat() -> None:
    row = standard(np.array([1.0, 2.0, 6.0]))
    assert abs(row.mean()) < 1e-9
    assert abs(row.std() - 1.0) < 1e-9
    assert not standard(np.array([4.0, 4.0])).any()
