"""Groundwire as a model: `/v1/chat/completions` and `/v1/models` in OpenAI's shape.

Any OpenAI client can ask; the last user message is the question, earlier user messages are the
questions before it, and `groundwire: {"kind": …}` says how the question is to be taken. The content
is what the answer says with its [n] markers, lists and groups as Markdown has them; the citations
stand in `annotations`, where clients look for them, and the whole `Answer` in a field `groundwire`.
Sampling parameters are accepted and mean nothing: the answer does not depend on them.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from rag import layout
from rag.answer import Answer
from rag.errors import GroundwireError, QuestionError
from rag.events import Done, Event, Lead, Sentence
from rag.layout import Block
from rag.newsroom import checked
from rag.settings import Settings
from rag.web.api import last_answer, only_with
from rag.web.desk import Desk
from rag.web.panel import web_link
from rag.web.problems import openai_error, problem
from rag.web.schema import SAYS_SOMETHING, AskedKind, asked_before

MODEL = "groundwire"
FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"description": "What went wrong, in OpenAI's shape.", "model": dict[str, Any]}
    for status in (400, 401, 413, 422, 500, 502, 503, 504)
}
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A chat completion, or with `stream` its chunks.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/event-stream": {
                "schema": {"type": "object", "properties": {"data": {"type": "string"}}}
            },
        },
    }
}
# What of the messages the types cannot say, so that the schema refuses no less than the code.
SOME_PART_SAYS_SOMETHING: dict[str, Any] = {"contains": {"properties": {"text": SAYS_SOMETHING}}}
SOMEBODY_ASKS: dict[str, Any] = {"contains": {"properties": {"role": {"const": "user"}}}}
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")


class TextPart(BaseModel):
    """A piece of a message that is text."""

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message of the conversation that is not a user's."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None


class UserMessage(BaseModel):
    """A question."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["user"]
    content: (
        Annotated[str, Field(min_length=1, json_schema_extra=SAYS_SOMETHING)]
        | Annotated[list[TextPart], Field(min_length=1, json_schema_extra=SOME_PART_SAYS_SOMETHING)]
    )

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content)
        return self.content


class StreamOptions(BaseModel):
    """What a stream carries beside the text."""

    include_usage: bool = False


class Options(BaseModel):
    """What of ours no parameter of OpenAI says."""

    model_config = ConfigDict(extra="forbid")

    kind: AskedKind = None


class CompletionRequest(BaseModel):
    """A chat completion request; what has no meaning here is accepted and ignored."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    messages: Annotated[
        list[Annotated[UserMessage | Message, Field(discriminator="role")]],
        Field(min_length=1, max_length=1000, json_schema_extra=SOMEBODY_ASKS),
    ]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = 1
    groundwire: Options | None = None


def build_openai_api(desk: Desk, settings: Settings) -> APIRouter:
    """The routes over a desk."""
    key = settings.api_key.get_secret_value() if settings.api_key else None
    router = APIRouter(tags=["openai"], dependencies=only_with(key), responses=FAILURES)

    @router.get("/v1/models")
    def models() -> dict[str, Any]:
        """The one model there is."""
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
        return {"object": "list", "data": [model]}

    @router.post("/v1/chat/completions", response_model=None, responses=STREAMED)
    async def completions(asked: CompletionRequest, request: Request) -> Any:
        """Answer the last user message from the articles; citations come as annotations."""
        try:
            question, history = read_messages(asked.messages)
            kind = asked.groundwire.kind if asked.groundwire else None
            events = desk.astream(question, history, kind=kind)
            base = str(request.base_url)
            if not asked.stream:
                answer = await last_answer(events, request)
                return completion(answer, base)
            first = await anext(events)
        except GroundwireError as error:
            return openai_error(problem(error))
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        return StreamingResponse(
            chunks(first, events, base, include_usage=usage),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return router


def read_messages(messages: Sequence[UserMessage | Message]) -> tuple[str, tuple[Answer, ...]]:
    """The last user's question and what was asked before it. Raises QuestionError.

    >>> read_messages([UserMessage(role="user", content="Who?")])
    ('Who?', ())
    """
    questions = [message.text for message in messages if isinstance(message, UserMessage)]
    if not questions:
        raise QuestionError("No message is a user's", fix="Send the question with role: user.")
    *earlier, question = map(checked, questions)
    return question, tuple(asked_before(text) for text in earlier)


def unlinked(text: str) -> str:
    """Text in which a client that renders Markdown or HTML finds no link, image or tag.

    What an article says may be shown; what it would make a client fetch may not.

    >>> unlinked("![x](http://elsewhere/?q=1) <img src=y> 3 < 4")
    '![x] (http://elsewhere/?q=1) < img src=y> 3 < 4'
    """
    return _TAG.sub("< ", text.replace("](", "] (").replace("][", "] ["))


@dataclass(frozen=True)
class Piece:
    """A run of the content; `number` is that of the citation whose marker it is."""

    text: str
    number: int | None = None


def content_of(answer: Answer) -> str:
    """What a client shows: the lead, the claims, what is open and why, where sources disagree."""
    return "".join(piece.text for pieces in sentences(answer) for piece in pieces)


def sentences(answer: Answer) -> Iterator[tuple[Piece, ...]]:
    """The content, sentence by sentence; each marker is a piece of its own."""
    before: Block | None = None
    for block in _told(answer):
        lead_in = "" if before is None else "\n\n" if block.items or before.items else " "
        if title := unlinked(block.title):
            lead_in += title + ("\n" if block.items else " ")
        for one in block.said:
            text = Piece(lead_in + ("- " if block.items else "") + unlinked(one.dated))
            markers = ((Piece(" "), Piece(f"[{number}]", number)) for number in one.citations)
            yield (text, *chain.from_iterable(markers))
            lead_in = "\n" if block.items else block.between
        before = block


def _told(answer: Answer) -> Iterator[Block]:
    """What an answer says of the articles; what it says of itself is in the field `groundwire`."""
    yield from layout.said(answer)
    if is_open := layout.left_open(answer):
        yield is_open
    if (known := layout.related(answer)) and known.items:
        yield known
    for conflict in answer.conflicts:
        yield layout.conflict_block(conflict, answer.question)


def annotations_of(answer: Answer, base: str) -> list[dict[str, Any]]:
    """One annotation per marker; `start_index` and `end_index` span the marker in the content."""
    found: list[dict[str, Any]] = []
    end = 0
    for piece in chain.from_iterable(sentences(answer)):
        start, end = end, end + len(piece.text)
        if piece.number is not None:
            citation = answer.citation(piece.number)
            address = web_link(citation.url) or f"{base}v1/articles/{citation.article_id}"
            marker = {"start_index": start, "end_index": end}
            cited = {**marker, "title": citation.title, "url": address}
            found.append({"type": "url_citation", "url_citation": cited})
    return found


def completion(answer: Answer, base: str) -> dict[str, Any]:
    """A whole chat completion."""
    message = {
        "role": "assistant",
        "content": content_of(answer),
        "refusal": None,
        "annotations": annotations_of(answer, base),
    }
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(answer),
        "groundwire": answer.model_dump(mode="json"),
    }


async def chunks(
    first: Event, rest: AsyncIterator[Event], base: str, *, include_usage: bool
) -> AsyncIterator[str]:
    """The same as chunks: a sentence each, joined they are the content of `completion`.

    What the program says first comes once it is known, the rest once the answer is whole; until
    then comments keep the connection alive. Where an error ends it, sentences found come before.
    """
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": MODEL,
    }
    found: list[str] = []
    sent = ""

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**head, "choices": [choice], **more})

    try:
        yield chunk({"role": "assistant", "content": ""})
        async for event in _all(first, rest):
            if isinstance(event, Sentence):
                found.append(unlinked(event.claim.marked))
            if isinstance(event, Lead) and event.text:
                text = (" " if sent else "") + unlinked(event.text)
                sent += text
                yield chunk({"content": text})
            if not isinstance(event, Done):
                yield ": being answered\n\n"
                continue
            answer = event.answer
            texts = ["".join(piece.text for piece in one) for one in sentences(answer)]
            *texts, last = _after(sent, texts)
            for text in filter(None, texts):
                yield chunk({"content": text})
            yield chunk({"content": last, "annotations": annotations_of(answer, base)})
            yield chunk({}, "stop", groundwire=answer.model_dump(mode="json"))
            if include_usage:
                yield _data({**head, "choices": [], "usage": _usage(answer)})
    except GroundwireError as error:
        if found:
            yield chunk({"content": (" " if sent else "") + " ".join(found)})
        yield _data(json.loads(bytes(openai_error(problem(error)).body)))
    finally:
        with anyio.CancelScope(shield=True):
            await rest.aclose()  # type: ignore[attr-defined]
    yield "data: [DONE]\n\n"


def _after(sent: str, texts: Sequence[str]) -> list[str]:
    """What is still to be sent of texts whose beginning was.

    >>> _after("Yes.", ["Yes.", " It sank. [1]"]), _after("Yes.", ["Yes. It sank. [1]"])
    (['', ' It sank. [1]'], [' It sank. [1]'])
    """
    left = []
    for text in texts:
        both = min(len(sent), len(text))
        left.append(text[both:])
        sent = sent[both:]
    return left


async def _all(first: Event, rest: AsyncIterator[Event]) -> AsyncIterator[Event]:
    yield first
    async for event in rest:
        yield event


def _data(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def _usage(answer: Answer) -> dict[str, int]:
    read, written = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
