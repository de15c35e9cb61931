"""A floor shows the articles' own nearest sentences, each once, and writes nothing."""

from __future__ import annotations

import pytest

from evals.coverage.floors import Floor, Sentences
from evals.coverage.nuggets import EverydayQuestion
from rag.articles.article import Article
from rag.models.embeddings import open_embedder
from rag.settings import Settings
from tests.evals.coverage.small_set import REPORTS, WHY

NOTES = "Rain.\n\nBy Jo Hill\n\nThe winter fair opens on Friday in Castle Park."


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    articles = [Article(name, text, title) for name, (title, text) in REPORTS.items()]
    return Sentences([*articles, Article("notes", NOTES, "Notes")], open_embedder(Settings.load()))


def ask(sentences: Sentences, k: int, text: str, *history: str) -> list[str]:
    kind = "follow_up" if history else "why"
    question = EverydayQuestion(id="q", kind=kind, text=text, history=history, answerable=True)
    seconds, answer = Floor(sentences, k).ask(question)
    assert seconds >= 0
    quotes = {one["number"]: one["quote"] for one in answer["citations"]}
    for claim in answer["claims"]:
        assert [claim["text"]] == [quotes[number] for number in claim["citations"]]
    return [claim["text"] for claim in answer["claims"]]


def test_the_nearest_sentence_comes_first_and_a_near_copy_is_left_out(sentences: Sentences) -> None:
    found = ask(sentences, 3, WHY)
    assert "striking a rock" in found[0]
    assert sum("striking a rock" in text for text in found) == 1
    assert len(found) == 3
    assert ask(sentences, 1, WHY) == found[:1]


def test_every_sentence_is_the_articles_own_and_none_is_too_short(sentences: Sentences) -> None:
    found = ask(sentences, 100, "What happened?")
    texts = [text for _, text in REPORTS.values()]
    assert all(any(one in text for text in [*texts, NOTES]) for one in found)
    assert "Rain." not in found
    assert "By Jo Hill" not in found
    assert len(found) == len(sentences.texts) - 1  # but for the near copy


def test_a_follow_up_is_looked_for_after_its_last_question(sentences: Sentences) -> None:
    assert "Harrow Street" in ask(sentences, 1, "and when?", WHY, "Will the old market close?")[0]


def test_words_alone_find_a_name(sentences: Sentences) -> None:
    assert "Okoro" in ask(sentences, 1, "Okoro")[0]
