"""Groundwire as tools, asked by the protocol's own client over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import (
    CallToolResult,
    GetPromptResult,
    PromptReference,
    ResourceTemplateReference,
    TextContent,
)

from rag.answer import KINDS, Answer
from rag.articles.article import Article
from rag.errors import EndpointTimeoutError
from rag.web.desk import Desk
from rag.web.mcp_prompts import BEGINNINGS
from tests.answers import SAMPLES
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import (
    ABOARD,
    AGENCY,
    FERRY,
    SAFE,
    UNKNOWN,
    Script,
    ScriptedNewsroom,
)

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def using(url: str, work: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
    """What `work` gives, done with a client that is connected to the server at `url`."""

    async def connected() -> Any:
        async with Client(f"{url}/mcp", read_timeout_seconds=30, **options) as client:
            return await work(client)

    return asyncio.run(connected())


def call(url: str, tool: str, arguments: dict[str, Any], **options: Any) -> CallToolResult:
    return using(url, lambda client: client.call_tool(tool, arguments), **options)


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_the_tools_say_what_they_take_and_give(served: Served) -> None:
    tools = {tool.name: tool for tool in using(served.url, lambda c: c.list_tools()).tools}

    assert set(tools) == {"ask", "search", "check", "articles", "guide"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations
        assert tool.annotations.read_only_hint
    assert tools["ask"].input_schema["required"] == ["question"]
    assert tools["ask"].output_schema
    assert "claims" in tools["ask"].output_schema["properties"]


def test_the_articles_are_resources_whose_text_holds_every_quote(served: Served) -> None:
    async def read(client: Client) -> Any:
        answer = (await client.call_tool("ask", {"question": SAFE})).structured_content
        listed = (await client.list_resources()).resources
        [template] = (await client.list_resource_templates()).resource_templates
        texts = {
            one["article_id"]: await client.read_resource(
                template.uri_template.replace("{article_id}", one["article_id"])
            )
            for one in answer["citations"]
        }
        return answer, listed, texts

    answer, listed, texts = using(served.url, read)
    assert [one.title for one in listed] == [FERRY.title, AGENCY.title]
    assert listed[0].description == "Harbour Times, 9 March 2024, https://harbour.example/ferry"
    for citation in answer["citations"]:
        [content] = texts[citation["article_id"]].contents
        assert content.text[citation["start"] : citation["end"]] == citation["quote"]


async def prompted(name: str, given: dict[str, str], client: Client) -> GetPromptResult:
    return await client.get_prompt(name, given)


def test_prompts_lead_to_the_tools_with_what_was_filled_in(served: Served) -> None:
    prompts = using(served.url, lambda c: c.list_prompts()).prompts
    assert {it.name for it in prompts} == set(BEGINNINGS)
    tools = {tool.name for tool in using(served.url, lambda c: c.list_tools()).tools}
    for prompt in prompts:
        (argument,) = prompt.arguments or ()
        filled = {argument.name: "the ferry {0} Selma"}
        [message] = using(served.url, partial(prompted, prompt.name, filled)).messages
        assert "“the ferry {0} Selma”" in message.content.text
        named = set(re.findall(r"tool `(\w+)`", message.content.text))
        assert named
        assert named <= tools
        kinds = set(re.findall(r"kind `(\w+)`", message.content.text))
        assert kinds <= set(KINDS)


@pytest.mark.parametrize(
    ("name", "given"), [("poem", {}), ("briefing", {}), ("briefing", {"subject": " "})]
)
def test_a_prompt_that_is_not_there_or_not_filled_in_is_refused(
    served: Served, name: str, given: dict[str, str]
) -> None:
    async def refused(client: Client) -> None:
        with pytest.raises(MCPError, match=r"no such prompt|needs the argument"):
            await client.get_prompt(name, given)

    using(served.url, refused)


def test_many_articles_are_listed_in_pages(served: Served, newsroom: ScriptedNewsroom) -> None:
    newsroom.stored += [Article(f"{n}.txt", "Nothing.", f"Minutes {n}") for n in range(150)]

    async def paged(client: Client) -> list[str]:
        first = await client.list_resources()
        assert first.next_cursor
        second = await client.list_resources(cursor=first.next_cursor)
        assert second.next_cursor is None
        return [str(one.uri) for one in (*first.resources, *second.resources)]

    found = using(served.url, paged)
    assert found == [f"groundwire://articles/{one.article_id}" for one in newsroom.stored]


@pytest.mark.parametrize("uri", ["groundwire://articles/none", "file:///etc/hosts"])
def test_what_is_no_article_cannot_be_read_as_a_resource(served: Served, uri: str) -> None:
    async def read(client: Client) -> str:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
        return str(refused.value)

    assert "article" in using(served.url, read)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_answer_comes_as_the_same_json_and_as_text_with_footnotes(
    served: Served, mode: str
) -> None:
    result = call(served.url, "ask", {"question": SAFE}, mode=mode)

    assert not result.is_error
    answer = Answer.model_validate(result.structured_content)
    assert answer.status == "answered"
    assert answer.citations[0].quote in text_of(result)
    assert "[1]" in text_of(result)


def test_the_kind_of_a_question_is_one_of_those_that_the_tool_lists(
    served: Served, newsroom: ScriptedNewsroom
) -> None:
    tools = {tool.name: tool for tool in using(served.url, lambda c: c.list_tools()).tools}
    [named, _] = tools["ask"].input_schema["properties"]["kind"]["anyOf"]
    assert named["enum"] == list(KINDS)
    assert "kind" not in tools["search"].input_schema["properties"]

    call(served.url, "ask", {"question": SAFE, "kind": "summary"})
    call(served.url, "ask", {"question": SAFE})
    assert newsroom.kinds == ["summary", None]


@pytest.mark.parametrize("name", SAMPLES)
def test_all_fields_of_an_answer_come_along_and_its_text_says_them(
    served: Served, newsroom: ScriptedNewsroom, name: str
) -> None:
    newsroom.answers[SAFE] = SAMPLES[name]

    result = call(served.url, "ask", {"question": SAFE})

    assert result.structured_content == SAMPLES[name].model_dump(mode="json")
    for said in (SAMPLES[name].lead or "", *SAMPLES[name].follow_ups):
        assert said in text_of(result)


def test_not_knowing_is_no_error(served: Served) -> None:
    result = call(served.url, "ask", {"question": UNKNOWN})

    assert not result.is_error
    assert result.structured_content["status"] == "abstained"
    assert "No article says who built the ferry." in text_of(result)


def test_the_steps_of_an_answer_are_told_to_who_asks(served: Served) -> None:
    told: list[str] = []

    async def progress(_done: float, _total: float | None, message: str | None) -> None:
        told.append(message or "")

    using(
        served.url,
        lambda client: client.call_tool("ask", {"question": SAFE}, progress_callback=progress),
    )

    assert told[0].startswith("searching")
    assert any(step.startswith("reading") for step in told)


def test_passages_articles_and_drafts_are_tools_too(
    served: Served, newsroom: ScriptedNewsroom
) -> None:
    found = call(served.url, "search", {"question": "ferry", "k": 1}).structured_content
    listed = call(served.url, "articles", {}).structured_content
    only = {"question": "ferry", "publishers": ["Coast Agency"]}

    assert len(found["passages"]) == 1
    assert [one["title"] for one in listed["articles"]] == [one.title for one in newsroom.stored]
    guide = call(served.url, "guide", {"article_id": FERRY.article_id})
    assert guide.structured_content["guide"]["people"] == ["Ada Holm"]
    assert text_of(guide).startswith(f"{FERRY.title}\n- {ABOARD}")
    unknown = call(served.url, "guide", {"article_id": "none"})
    assert unknown.is_error
    assert text_of(unknown).endswith("The tool `articles` lists them.")
    passages = call(served.url, "search", only).structured_content["passages"]
    assert {one["publisher"] for one in passages} == {"Coast Agency"}


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": "  "}, "The question is empty"),
        ("ask", {}, "question"),
        ("ask", {"question": SAFE, "publisher": "x"}, "publisher"),
        ("ask", {"question": SAFE, "kind": "riddle"}, "kind: Input should be 'fact', 'list'"),
        ("search", {"question": SAFE, "kind": "fact"}, "kind"),
        ("search", {"question": SAFE, "published_from": "yesterday"}, "published_from"),
        ("search", {"question": SAFE, "k": 10_000}, "k:"),
        ("shout", {}, "Use one of ask, search"),
    ],
)
def test_a_call_that_cannot_be_used_is_a_result_that_says_why(
    served: Served, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = call(served.url, tool, arguments)

    assert result.is_error
    assert said in text_of(result)
    assert "Traceback" not in text_of(result)


def test_trouble_with_the_model_is_said_with_its_fix(
    served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.scripts[SAFE] = Script(error=EndpointTimeoutError("Too slow", fix="Wait."))

    result = call(served.url, "ask", {"question": SAFE})

    assert result.is_error
    assert text_of(result) == "Too slow. Wait."
    # It would be held against the tool's output schema, which is that of an answer.
    assert result.structured_content is None
    assert result.meta is not None
    assert result.meta["groundwire/problem"]["code"] == "endpoint_timeout"


def test_the_key_of_the_server_is_wanted(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom), api_key="secret")
    wait_until(lambda: site.desk.ready)
    with pytest.raises((MCPError, ExceptionGroup)):
        call(site.url, "articles", {})
    refused = httpx2.post(f"{site.url}/mcp", json=INITIALIZE, headers=ACCEPT)
    assert refused.status_code == 401
    assert refused.json()["code"] == "unauthorised"

    async def with_key() -> CallToolResult:
        async with httpx2.AsyncClient(headers={"Authorization": "Bearer secret"}) as http:
            transport = streamable_http_client(f"{site.url}/mcp", http_client=http)
            async with Client(transport) as client:
                return await client.call_tool("articles", {})

    assert asyncio.run(with_key()).structured_content["total"] == 2


def test_another_site_may_not_call_the_tools(served: Served) -> None:
    for strange in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        response = httpx2.post(f"{served.url}/mcp", json=INITIALIZE, headers={**ACCEPT, **strange})
        assert response.status_code == 403
        assert response.json()["code"] == "other_site"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"jsonrpc": "2.0"}', b"x" * 5_000_000])
def test_a_body_that_is_no_call_is_refused(served: Served, body: bytes) -> None:
    headers = {**ACCEPT, "Content-Type": "application/json"}
    response = httpx2.post(f"{served.url}/mcp", content=body, headers=headers)

    assert response.status_code in (400, 413)


def test_there_is_nothing_to_listen_to_or_to_end(served: Served) -> None:
    """A stream without a session would stay open for nothing."""
    for method in ("GET", "DELETE"):
        response = httpx2.request(method, f"{served.url}/mcp", headers=ACCEPT, timeout=10)
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_ids_and_subjects_are_completed_from_the_articles(served: Served) -> None:
    async def completed(client: Client) -> list[list[str]]:
        [template] = (await client.list_resource_templates()).resource_templates
        article = ResourceTemplateReference(uri=template.uri_template)
        prompt = PromptReference(name="briefing")
        asked: list[tuple[PromptReference | ResourceTemplateReference, dict[str, str]]] = [
            (article, {"name": "article_id", "value": FERRY.title[:5].lower()}),
            (prompt, {"name": "subject", "value": ""}),
            (PromptReference(name="check_draft"), {"name": "draft", "value": "The"}),
        ]
        return [(await client.complete(*one)).completion.values for one in asked]

    ids, subjects, nothing = using(served.url, completed)
    assert FERRY.article_id in ids
    assert subjects == [FERRY.title, AGENCY.title]
    assert nothing == []
