"""Groundwire as a model, asked by the clients that people use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import openai
import pytest

from rag.errors import EndpointTimeoutError
from rag.web.desk import Desk
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import (
    COLD,
    FERRY,
    HULL,
    SAFE,
    UNKNOWN,
    Line,
    Script,
    ScriptedNewsroom,
)

TEXT = (
    "214 people were on board when the ferry ran aground. [1] "
    "The coastguard brought everyone ashore within three hours. [2]"
)


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{served.url}/v1", api_key="unused", max_retries=0, timeout=20
    ) as client:
        yield client


def ask(client: openai.OpenAI, question: str) -> openai.types.chat.ChatCompletion:
    return client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": question}], temperature=0
    )


def test_the_official_client_gets_a_cited_answer(client: openai.OpenAI) -> None:
    completion = ask(client, SAFE)

    message = completion.choices[0].message
    assert message.content == TEXT
    assert message.annotations is not None
    marked = [
        message.content[a.url_citation.start_index : a.url_citation.end_index]
        for a in message.annotations
    ]
    assert marked == ["[1]", "[2]"]
    assert message.annotations[0].url_citation.url == "https://harbour.example/ferry"
    answer = completion.model_extra["groundwire"]
    assert answer["citations"][0]["quote"].startswith("A ferry with 214")


def test_an_address_that_is_not_of_the_web_is_replaced_by_our_own(
    client: openai.OpenAI, served: Served
) -> None:
    annotations = ask(client, COLD).choices[0].message.annotations

    assert annotations is not None
    assert annotations[-1].url_citation.url.startswith(f"{served.url}/v1/articles/")


def test_sources_that_disagree_are_said_and_every_marker_is_marked(client: openai.OpenAI) -> None:
    message = ask(client, COLD).choices[0].message

    nine, eleven = "Nine people were treated for cold.", "Eleven people were treated for cold."
    said = f"{nine} [1] Sources disagree: {nine} (later report) [1] {eleven} [2]"
    assert message.content == said
    assert message.annotations is not None
    spans = [(a.url_citation.start_index, a.url_citation.end_index) for a in message.annotations]
    assert [said[start:end] for start, end in spans] == ["[1]", "[1]", "[2]"]
    assert sorted(set(spans)) == spans
    streamed = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": COLD}], stream=True
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices]
    assert "".join(pieces) == said


def test_a_stream_says_the_same_in_sentences(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="groundwire",
        messages=[{"role": "user", "content": [{"type": "text", "text": SAFE}]}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)

    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert "".join(pieces) == TEXT
    assert len([piece for piece in pieces if piece]) == 2
    assert chunks[-1].usage is not None
    finished = [c for c in chunks if c.choices and c.choices[0].finish_reason == "stop"]
    assert finished[0].model_extra["groundwire"]["status"] == "answered"


def test_a_client_that_renders_markdown_is_given_nothing_to_fetch(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    said = "Divers ![x](https://collect.example/?q=hull) <img src=y> will look [here][1]."
    newsroom.scripts["What now?"] = Script(lines=(Line(said, ((FERRY, HULL),)),))

    message = ask(client, "What now?").choices[0].message

    assert message.content is not None
    assert "](" not in message.content
    assert "][" not in message.content
    assert "<img" not in message.content
    assert message.annotations is not None
    (mark,) = (a.url_citation for a in message.annotations)
    assert message.content[mark.start_index : mark.end_index] == "[1]"
    streamed = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": "What now?"}], stream=True
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices]
    assert "".join(pieces) == message.content


def test_not_knowing_is_said_in_words(client: openai.OpenAI) -> None:
    completion = ask(client, UNKNOWN)

    assert completion.choices[0].message.content == (
        "The articles do not answer this. No article says who built the ferry."
    )


def test_earlier_questions_come_along(client: openai.OpenAI, newsroom: ScriptedNewsroom) -> None:
    client.chat.completions.create(
        model="groundwire",
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": SAFE},
            {"role": "assistant", "content": TEXT},
            {"role": "user", "content": UNKNOWN},
        ],
    )

    question, history, _ = newsroom.asked[-1]
    assert question == UNKNOWN
    assert [answer.question for answer in history] == [SAFE]


def test_errors_have_the_clients_own_types(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="Type a question"):
        ask(client, "  ")
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        client.chat.completions.create(model="groundwire", messages=[])
    newsroom.scripts[SAFE] = Script(error=EndpointTimeoutError("Too slow", fix="Wait."))
    with pytest.raises(openai.InternalServerError, match=r"Too slow\. Wait\."):
        ask(client, SAFE)
    stream = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": SAFE}], stream=True
    )
    with pytest.raises(openai.APIError, match="Too slow"):
        list(stream)


def test_the_key_is_the_clients_key(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom), api_key="secret")
    wait_until(lambda: site.desk.ready)
    with (
        openai.OpenAI(base_url=f"{site.url}/v1", api_key="guess", max_retries=0) as wrong,
        pytest.raises(openai.AuthenticationError),
    ):
        ask(wrong, SAFE)
    with openai.OpenAI(base_url=f"{site.url}/v1", api_key="secret", max_retries=0) as right:
        assert ask(right, SAFE).choices[0].message.content == TEXT
        assert [model.id for model in right.models.list()] == ["groundwire"]


def test_langchain_asks_it_like_any_model(served: Served) -> None:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(
        model="groundwire",
        base_url=f"{served.url}/v1",
        api_key="unused",
        use_responses_api=False,
        stream_usage=True,
        max_retries=0,
    )

    assert model.invoke(SAFE).content == TEXT
    assert "".join(str(chunk.content) for chunk in model.stream(SAFE)) == TEXT
