"""What is remembered stays within its bounds, the oldest going first."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answer import Abstention, Answer, Provenance, Timings
from rag.answering.finding import Inquiry
from rag.answering.remembered import Remembered
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.events import Done, Event, Sources
from rag.retrieval.hits import Hit

MADE_BY = Provenance(model="m", embedding_model="e", index="i:1", prompt_version="3", version="0")


class Asked:
    """Counts how often each question was really answered."""

    def __init__(self, remembered: Remembered, chars: int) -> None:
        self.remembered = remembered
        article = Article("a.txt", "It sank. " * (chars // 9), "Ferry")
        self.hit = Hit(passages_of(article)[0], article, 1.0)
        self.made: list[str] = []

    def __call__(self, question: str) -> None:
        inquiry = Inquiry(question, question, MADE_BY)
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


def test_the_oldest_answer_goes_first_when_there_are_too_many() -> None:
    ask = Asked(Remembered(most=2), chars=90)
    for question in ("one", "two", "one", "three", "one", "two"):
        ask(question)
    assert ask.made == ["one", "two", "three", "two"]


def test_long_articles_are_held_on_to_for_few_answers() -> None:
    ask = Asked(Remembered(most_chars=2_000), chars=900)
    for question in ("one", "two", "three", "one"):
        ask(question)
    assert ask.made == ["one", "two", "three", "one"]
