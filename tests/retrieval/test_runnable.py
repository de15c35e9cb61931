"""The retriever and the runnable as LangChain itself tests them, over a real store."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests.retrievers import RetrieversIntegrationTests

from rag import Newsroom
from rag.answer import Answer
from rag.errors import InputError, QuestionError, StoreError
from rag.filters import Filters
from rag.retrieval.runnable import NewsRetriever
from tests.fake_endpoint import FakeEndpoint

TOLLS = {
    "Quay Post": "The toll of the Sarn bridge rises to four crowns in May.",
    "Valley Echo": "Lorry drivers want the toll of the Sarn bridge to end.",
    "Coast Hour": "The Sarn bridge was built with a loan that its toll pays back.",
    "Hill Star": "A toll on the Sarn bridge was first asked of carts.",
}
TOLL = "toll of the Sarn bridge"


@pytest.fixture(scope="module")
def tolls(endpoint: FakeEndpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("tolls")
    for publisher, text in TOLLS.items():
        matter = f"---\ntitle: {publisher} on tolls\npublisher: {publisher}\n---\n"
        (folder / f"{publisher}.md").write_text(matter + text)
    given: dict[str, Any] = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}
    with Newsroom.open(folder / "home", **given) as newsroom:
        newsroom.ingest([folder])
        yield newsroom


@pytest.mark.anyio
class TestRetriever(RetrieversIntegrationTests):
    """The suite that LangChain has for retrievers of anybody's."""

    newsroom: ClassVar[Newsroom]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _over(cls, tolls: Newsroom) -> None:
        cls.newsroom = tolls

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return NewsRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"retriever": self.newsroom.as_retriever().retriever}

    @property
    def retriever_query_example(self) -> str:
        return TOLL


def test_each_question_may_choose_how_many_and_of_whom(tolls: Newsroom) -> None:
    retriever = tolls.as_retriever(k=4)

    [document] = retriever.invoke(TOLL, k=1, filters=Filters(publishers=("Hill Star",)))

    assert document.metadata["publisher"] == "Hill Star"
    assert {one.metadata["publisher"] for one in retriever.invoke(TOLL)} == set(TOLLS)


@pytest.mark.parametrize("k", [0, -3])
def test_fewer_than_one_passage_is_refused_everywhere(tolls: Newsroom, k: int) -> None:
    with pytest.raises(InputError, match="Ask for 1 or more"):
        tolls.search(TOLL, k)
    with pytest.raises(InputError):
        tolls.as_retriever().invoke(TOLL, k=k)
    with pytest.raises(InputError):
        tolls.as_retriever(k=k)


def test_the_runnable_says_what_it_takes_and_gives(tolls: Newsroom) -> None:
    runnable = tolls.as_runnable()

    given = runnable.get_output_schema().model_json_schema()
    assert runnable.get_input_schema().model_json_schema()["type"] == "string"
    assert set(Answer.model_json_schema()["properties"]) <= set(given["properties"])
    assert runnable.invoke("Hello!").kind == "small_talk"


def test_a_closed_newsroom_refuses_whatever_is_asked_of_it(
    endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}
    (tmp_path / "toll.md").write_text(TOLLS["Quay Post"])
    with Newsroom.open(tmp_path / "home", **given) as newsroom:
        newsroom.ingest([tmp_path / "toll.md"])
        retriever, runnable = newsroom.as_retriever(), newsroom.as_runnable()
        assert retriever.invoke(TOLL)
    newsroom.close()  # a second time is nothing

    for use in (
        newsroom.articles,
        newsroom.corpus_card,
        newsroom.examples,
        newsroom.warm_up,
        lambda: newsroom.ask("Who pays the toll?"),
        lambda: newsroom.search(TOLL),
        lambda: newsroom.check("The toll rises."),
        lambda: newsroom.ingest([tmp_path]),
        lambda: newsroom.remove("0" * 16),
        lambda: retriever.invoke(TOLL),
        lambda: runnable.invoke("Who pays the toll?"),
    ):
        with pytest.raises(StoreError, match="closed"):
            use()


def test_asynchronous_callers_may_choose_as_well(tolls: Newsroom) -> None:
    retriever = tolls.as_retriever(k=4)

    async def both() -> tuple[list[Document], list[list[Document]]]:
        one = await retriever.ainvoke(TOLL, k=1, filters=Filters(publishers=("Coast Hour",)))
        return one, await retriever.abatch([TOLL, "loan"], k=2)

    one, several = asyncio.run(both())

    assert [it.metadata["publisher"] for it in one] == ["Coast Hour"]
    assert [len(found) for found in several] == [2, 2]


@pytest.mark.parametrize(
    "filters",
    [
        {"publishers": ["Valley Echo"]},
        {"publishers": "Valley Echo", "published_from": None},
        Filters(publishers=["Valley Echo"]),  # type: ignore[arg-type]
        Filters(publishers="Valley Echo"),  # type: ignore[arg-type]
    ],
)
def test_filters_may_come_as_other_programs_write_them(tolls: Newsroom, filters: Any) -> None:
    for found in (
        tolls.as_retriever().invoke(TOLL, filters=filters),
        tolls.as_retriever(filters=filters).invoke(TOLL),
    ):
        assert [it.metadata["publisher"] for it in found] == ["Valley Echo"]
    assert [it.article.publisher for it in tolls.search(TOLL, 4, filters)] == ["Valley Echo"]
    days = Filters(datetime.datetime(2025, 3, 1, 9, tzinfo=datetime.UTC))
    assert tolls.search(TOLL, 4, days) == []


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"k": 1.5}, "Ask for 1 or more"),
        ({"k": "two"}, "Ask for 1 or more"),
        ({"filters": {"publisher": "Valley Echo"}}, "there is no 'publisher'"),
        ({"filters": {"published_from": "in March"}}, "published_from"),
        ({"filters": "Valley Echo"}, "str is no mapping"),
        ({"filters": 3}, "int is no mapping"),
        ({"top_k": 3}, "no 'top_k' to choose. Give k, filters or both"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_not_passed_over(
    tolls: Newsroom, chosen: dict[str, Any], told: str
) -> None:
    retriever = tolls.as_retriever()

    with pytest.raises(InputError, match=told):
        retriever.invoke(TOLL, **chosen)
    with pytest.raises(InputError, match=told):
        asyncio.run(retriever.ainvoke(TOLL, **chosen))


@pytest.mark.parametrize(
    "question", [None, 7, {"question": "Who pays the toll?"}, "  ", "a" * 2001]
)
def test_what_is_no_question_is_refused_by_whatever_is_asked(
    tolls: Newsroom, question: Any
) -> None:
    for ask in (tolls.ask, tolls.search, tolls.as_runnable().invoke):
        with pytest.raises(QuestionError):
            ask(question)
    with pytest.raises(InputError, match=r"no kind of question 'ode'. Use one of fact"):
        tolls.as_runnable().invoke("Who pays the toll?", kind="ode")
    blank, found = tolls.as_retriever().batch(["  ", TOLL], return_exceptions=True)
    assert isinstance(blank, QuestionError)
    assert found
