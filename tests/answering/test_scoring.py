"""One number a sentence, from features that cost nothing; nothing is dropped."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering import scoring
from rag.answering.scoring import WEIGHTS, WEIGHTS_FILE, features, scored, weighed
from rag.articles.article import normalise
from rag.retrieval.library import sentences_of
from tests.answering.numbered import numbered
from tests.answering.room import Room
from tests.index.hashing import HashingEmbedder

EMBED = HashingEmbedder().embed
SOURCES = numbered(
    "The ferry Selma sank off Ostrey. It carried nine crew. Who saved them? Nobody knows",
    "Ferry Selma sinks",
)


def of(question: str, sources: tuple[scoring.Source, ...] = SOURCES) -> list[scoring.Scored]:
    vectors = EMBED([question, *(it.text for it in sources)])
    return scored(question, [question], vectors, sources)


def test_every_weight_is_of_a_feature_and_every_feature_is_weighed() -> None:
    question = "Who sank?"
    vectors = EMBED([it.text for it in SOURCES])
    row = features(question, question, EMBED([question])[0], SOURCES, vectors)
    assert set(WEIGHTS) == {*row, "intercept"}
    assert all(column.shape == (len(SOURCES),) for column in row.values())


def test_what_is_fitted_is_what_the_file_says() -> None:
    fitted = json.loads(WEIGHTS_FILE.read_text("utf-8"))
    for name in ("LOCATED", "ANSWERABLE", "SAID", "POLARITY", "DIFFERS"):
        assert getattr(scoring, name) == fitted[name.lower()]
        assert "intercept" in fitted[name.lower()]


def test_a_missing_feature_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(KeyError):
        weighed({"covered": 1.0}, {"intercept": 0.0, "missing": 1.0})


def test_the_likeliest_comes_first_and_none_is_dropped(room: Room) -> None:
    task = room.task("How many stops will the tram line have?")
    ranked = task.evidence
    assert "14 stops" in ranked[0].source.text
    assert [it.score for it in ranked] == sorted((it.score for it in ranked), reverse=True)
    places = [it.source.place for it in ranked]
    assert len(set(places)) == len(places) == len(sentences_of(task.hits))
    assert of("Who sank?", ()) == []


def test_what_is_asked_for_and_what_leans_are_told_apart() -> None:
    rows = {it.source.text: it.features for it in of("How many crew did it carry?")}
    nine, knows = rows["It carried nine crew."], rows["Nobody knows"]
    assert (nine["lacks"], knows["lacks"]) == (0.0, 1.0)
    assert nine["has_person"] == 0.0  # not what is asked for
    assert (nine["leans"], knows["leans"]) == (1.0, 0.0)
    assert rows["Who saved them?"]["asks"] == 1.0
    assert (knows["unended"], nine["unended"]) == (1.0, 0.0)
    assert nine["words"] > knows["words"]
    assert max(row["words_behind_best"] for row in rows.values()) == 0.0


def test_a_follow_up_is_scored_by_itself_and_after_its_talk(room: Room) -> None:
    first = room.ask("When did the ferry Selma sink off Ostrey?")
    task = room.task("And who wants an inquiry into it?", history=[first])
    alone = task.scored([it.source for it in task.evidence], about=task.question.text)
    both = {it.source.place: it.features["words"] for it in task.evidence}
    assert any(both[it.source.place] != it.features["words"] for it in alone)


def test_the_order_of_sentences_does_not_matter(room: Room) -> None:
    task = room.task("Who found a lost clock?")
    sources = [it.source for it in task.evidence]
    forth, back = task.scored(sources), task.scored(sources[::-1])
    assert [it.source.place for it in forth] == [it.source.place for it in back]


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=6))
def test_no_text_breaks_it_and_every_score_is_a_number(question: str, lines: list[str]) -> None:
    sources = numbered(normalise("\n\n".join(lines)), "Title")
    found = of(question, sources)
    assert len(found) == len(sources)
    assert all(np.isfinite(it.score) for it in found)


def test_zero_vectors_leave_the_order_to_words() -> None:
    question = "How many crew did it carry?"
    vectors = np.zeros((1 + len(SOURCES), 8), dtype=np.float32)
    best = scored(question, [question], vectors, SOURCES)[0]
    assert best.source.text == "It carried nine crew."
