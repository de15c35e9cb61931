from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.answering.answer import Abstention, Answer, Provenance, Timings
from rag.answering.conversation import standing_alone
from rag.models.chat import ChatModel
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint

EARLIER = Answer(
    id="1",
    question="How many bombs were sent to Bartella?",
    searched_for="How many bombs were sent to Bartella?",
    status="abstained",
    abstention=Abstention(reason="none"),
    provenance=Provenance(
        model="m", embedding_model="e", index="i", prompt_version="1", version="0"
    ),
    timings_s=Timings(retrieve=0.0, total=0.0),
)


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as running:
        yield running


@pytest.fixture
def chat(endpoint: FakeEndpoint) -> Iterator[ChatModel]:
    settings = Settings.load(openai_base_url=endpoint.base_url, openai_api_key="k", timeout_s=10)
    with ChatModel.open(settings) as opened:
        yield opened


def test_a_follow_up_is_rewritten(endpoint: FakeEndpoint, chat: ChatModel) -> None:
    endpoint.enqueue(text="How many of the bombs sent to Bartella were destroyed?")

    found = standing_alone("And how many of them were destroyed?", [EARLIER], chat)

    assert found == "How many of the bombs sent to Bartella were destroyed?"


@pytest.mark.parametrize(
    "reply", ["How many bombs fell on Raqqa?", "Were 7 destroyed in Bartella?", "Eight.", ""]
)
def test_a_rewriting_that_adds_something_is_not_used(
    endpoint: FakeEndpoint, chat: ChatModel, reply: str
) -> None:
    endpoint.enqueue(text=reply)

    found = standing_alone("And how many of them were destroyed?", [EARLIER], chat)

    assert found == f"{EARLIER.searched_for} And how many of them were destroyed?"


def test_a_change_of_topic_drags_nothing_along(endpoint: FakeEndpoint, chat: ChatModel) -> None:
    question = "Who commands the Counter Terrorism Service?"

    assert standing_alone(question, [EARLIER], chat) == question
    assert not any(request.body and "messages" in request.body for request in endpoint.requests)
