"""OpenAI's responses, asked by its own client; and what either API refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import openai
import pytest

from rag.errors import EndpointTimeoutError
from tests.web.conftest import Served
from tests.web.scripted_newsroom import COLD, SAFE, UNKNOWN, Script, ScriptedNewsroom
from tests.web.test_openai_api import TEXT

PNG = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{served.url}/v1", api_key="unused", max_retries=0, timeout=60
    ) as client:
        yield client


def chat(client: openai.OpenAI, *contents: Any, **more: Any) -> Any:
    messages = [{"role": "user", "content": it} for it in contents]
    return client.chat.completions.create(model="groundwire", messages=messages, **more)


def test_a_response_is_the_cited_answer(client: openai.OpenAI) -> None:
    said = client.responses.create(model="groundwire", input=SAFE)

    assert said.output_text == TEXT
    assert said.status == "completed"
    assert said.usage is not None
    [message] = said.output
    marks = message.content[0].annotations
    assert [TEXT[it.start_index : it.end_index] for it in marks] == ["[1]", "[2]"]
    assert marks[0].url == "https://harbour.example/ferry"
    assert said.model_extra["groundwire"]["status"] == "answered"


def test_its_events_add_up_to_the_same(client: openai.OpenAI) -> None:
    events = list(client.responses.create(model="groundwire", input=SAFE, stream=True))

    assert [it.sequence_number for it in events] == list(range(len(events)))
    assert events[0].type == "response.created"
    assert "".join(it.delta for it in events if it.type == "response.output_text.delta") == TEXT
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == TEXT
    with client.responses.stream(model="groundwire", input=SAFE) as stream:
        assert stream.get_final_response().output_text == TEXT


def test_a_response_goes_on_from_the_one_before(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    first = client.responses.create(model="groundwire", input=SAFE)
    second = client.responses.create(model="groundwire", input=COLD, previous_response_id=first.id)
    client.responses.create(model="groundwire", input=UNKNOWN, previous_response_id=second.id)

    assert [it.question for it in newsroom.asked[-1][1]] == [SAFE, COLD]
    apart = client.responses.create(model="groundwire", input=SAFE, store=False)
    with pytest.raises(openai.NotFoundError, match="Send the talk so far"):
        client.responses.create(model="groundwire", input=COLD, previous_response_id=apart.id)


def test_a_talk_may_come_as_items(client: openai.OpenAI, newsroom: ScriptedNewsroom) -> None:
    said = client.responses.create(
        model="groundwire",
        instructions="Be brief.",
        input=[
            {"role": "user", "content": SAFE},
            {"role": "assistant", "content": [{"type": "output_text", "text": TEXT}]},
            {"type": "reasoning", "summary": []},
            {"role": "user", "content": [{"type": "input_text", "text": UNKNOWN}]},
        ],
        text={"format": {"type": "json_object"}},
    )

    assert json.loads(said.output_text)["status"] == "abstained"
    question, history, _ = newsroom.asked[-1]
    assert (question, [it.question for it in history]) == (UNKNOWN, [SAFE])


def test_an_error_in_the_middle_ends_the_events_as_failed(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    lines = newsroom.scripts[SAFE].lines
    newsroom.scripts[SAFE] = Script(lines=lines, error=EndpointTimeoutError("Slow", fix="Wait."))

    *_, last = client.responses.create(model="groundwire", input=SAFE, stream=True)

    assert last.type == "response.failed"
    assert last.response.error.message == "Slow. Wait."
    assert last.response.output_text == TEXT
    with pytest.raises(openai.InternalServerError, match=r"Slow\. Wait\."):
        client.responses.create(model="groundwire", input=SAFE)


@pytest.mark.parametrize(
    "odd",
    ["", "  \n", "x" * 5_000, [{"type": "text", "text": "Look"}, PNG], []],
    ids=["empty", "blank", "too long", "an image", "no parts"],
)
def test_an_odd_message_of_the_talk_does_not_spoil_the_next_question(
    client: openai.OpenAI, newsroom: ScriptedNewsroom, odd: Any
) -> None:
    assert chat(client, SAFE, odd, COLD).choices[0].message.content.startswith("Nine people")
    question, history, _ = newsroom.asked[-1]
    assert question == COLD
    assert history[0].question == SAFE


@pytest.mark.parametrize(
    ("more", "param", "said"),
    [
        ({"n": 2}, "n", "less than or equal to 1"),
        ({"tool_choice": "required"}, "tool_choice", "calls no tools"),
        (
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            "tool_choice",
            "calls no tools",
        ),
        ({"function_call": {"name": "f"}}, "function_call", "calls no tools"),
        ({"logprobs": True}, "logprobs", "no log-probabilities"),
        ({"modalities": ["text", "audio"]}, "modalities", "only text"),
        ({"response_format": {"type": "grammar"}}, "response_format", "json_object"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}},
            None,
            "json_object for the whole answer",
        ),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(
    client: openai.OpenAI, more: dict[str, Any], param: str | None, said: str
) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match=said) as refused:
        chat(client, SAFE, extra_body=more)
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"


def test_an_image_in_the_question_is_refused_and_a_json_answer_is_the_answer(
    client: openai.OpenAI,
) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="'image_url'"):
        chat(client, [{"type": "text", "text": SAFE}, PNG])
    said = chat(client, SAFE, response_format={"type": "json_object"}, tool_choice="auto", n=1)
    answer = json.loads(said.choices[0].message.content)
    assert answer["text"] == TEXT
    assert answer == said.model_extra["groundwire"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/models/gpt-4"),
        ("POST", "/v1/embeddings"),
        ("POST", "/v1/completions"),
        ("GET", "/v1/responses/resp_1"),
        ("GET", "/v1/chat/completions"),
        ("POST", "/v1/audio/speech"),
    ],
)
def test_what_is_not_served_is_refused_in_the_clients_shape(
    served: Served, method: str, path: str
) -> None:
    refused = httpx2.request(method, f"{served.url}{path}", json={}, timeout=60)

    assert refused.status_code in (404, 405)
    assert refused.json()["error"]["type"] == "invalid_request_error"


def test_the_model_can_be_looked_up(client: openai.OpenAI) -> None:
    assert client.models.retrieve("groundwire").id == "groundwire"


def test_a_client_in_a_browser_may_send_its_own_headers(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    from rag.web.desk import Desk

    site = serve(Desk(lambda _report: newsroom), cors_origins="https://desk.example")
    before = httpx2.options(
        f"{site.url}/v1/chat/completions",
        headers={
            "Origin": "https://desk.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-stainless-lang,openai-beta,mcp-name",
        },
        timeout=60,
    )

    assert before.status_code == 200
    assert "x-stainless-lang" in before.headers["Access-Control-Allow-Headers"]
