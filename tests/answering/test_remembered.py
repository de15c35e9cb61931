"""What is remembered stays within its bounds, the oldest going first, and is told to no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import pytest

from rag.answer import Abstention, Answer, Kind, Provenance, Timings
from rag.answering.pipeline import Inquiry
from rag.answering.question import understand
from rag.answering.remembered import Remembered
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.events import Done, Event, Sources
from rag.filters import Filters
from rag.index.store import Store
from rag.retrieval.hits import Hit
from rag.retrieval.library import Library, SentenceVectors
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

MADE_BY = Provenance(
    model="none", embedding_model="e", index="i:1", prompt_version="3", version="0"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("remembered")
    with Store.open(Settings.load(home=home), HashingEmbedder()) as opened:
        yield opened


class Asked:
    """Counts how often each question was really answered."""

    def __init__(self, remembered: Remembered, store: Store, chars: int = 90) -> None:
        self.remembered = remembered
        article = Article("a.txt", "It sank. " * (chars // 9), "Ferry")
        self.hit = Hit(passages_of(article)[0], article, 1.0)
        self.store = store
        self.made_by = MADE_BY
        self.made: list[str] = []

    def __call__(
        self, question: str, kind: Kind | None = None, filters: Filters | None = None
    ) -> None:
        library = Library(Retriever(self.store), self.store, SentenceVectors(self.store), filters)
        questions = understand(question, (), kind or "fact")
        inquiry = Inquiry(question, questions, library, no_model, lambda **_: self.made_by)
        assert list(self.remembered.telling(inquiry, self._events(question)))

    def _events(self, question: str) -> Iterator[Event]:
        self.made.append(question)
        yield Sources((self.hit,), question)
        yield Done(
            Answer(
                id="1",
                question=question,
                searched_for=question,
                status="abstained",
                abstention=Abstention(reason="Not stated."),
                provenance=MADE_BY,
                timings_s=Timings(retrieve=0.0, total=0.0),
            )
        )


def no_model() -> NoReturn:
    raise AssertionError("no model is asked")


def test_the_oldest_answer_goes_first_when_there_are_too_many(store: Store) -> None:
    ask = Asked(Remembered(most=2), store)
    for question in ("one", "two", "one", "three", "one", "two"):
        ask(question)
    assert ask.made == ["one", "two", "three", "two"]


def test_long_articles_are_held_on_to_for_few_answers(store: Store) -> None:
    ask = Asked(Remembered(most_chars=2_000), store, chars=900)
    for question in ("one", "two", "three", "one"):
        ask(question)
    assert ask.made == ["one", "two", "three", "one"]


def test_another_kind_another_filter_or_another_maker_is_another_answer(store: Store) -> None:
    ask = Asked(Remembered(), store)
    ask("the ferry")
    ask("the ferry", kind="summary")
    ask("the ferry", filters=Filters(publishers=("The Harbour Post",)))
    assert len(ask.made) == 3
    for changed in ({"index": "i:2"}, {"embedding_model": "none (words alone)"}):
        ask.made_by = MADE_BY.model_copy(update=changed)
        ask("the ferry")
    assert len(ask.made) == 5
    ask.made_by = MADE_BY
    ask("the ferry")
    assert len(ask.made) == 5
