"""Groundwire as a model: `/v1/chat/completions`, `/v1/responses`, `/v1/models` in OpenAI's shape.

Any OpenAI client can ask; the last user message is the question, earlier user messages are the
questions before it, and `groundwire: {"kind": …}` says how the question is to be taken. The content
is what the answer says with its [n] markers, lists and groups as Markdown has them; the citations
stand in `annotations`, where clients look for them, and the whole `Answer` in a field `groundwire`.
What chat programs ask on their own (a title, tags) is answered from the talk.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from rag.answer import Answer, Kind
from rag.errors import InputError
from rag.settings import Settings
from rag.web.api import last_answer, only_with
from rag.web.desk import Desk
from rag.web.errands import errand_of, reply
from rag.web.openai_chat import chunks, completion
from rag.web.openai_content import Wording, of_answer, of_text
from rag.web.openai_requests import (
    MODEL,
    MOST_BEFORE,
    CompletionRequest,
    Options,
    ResponseRequest,
    Said,
    json_schema,
    read_talk,
)
from rag.web.openai_responses import events as response_events
from rag.web.openai_responses import response
from rag.web.problems import NotFoundError

MOST_KEPT = 256
FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"description": "What went wrong, in OpenAI's shape.", "model": dict[str, Any]}
    for status in (400, 401, 404, 413, 422, 500, 502, 503, 504)
}
STREAMING = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def _streamed(what: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": what,
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/event-stream": {
                    "schema": {"type": "object", "properties": {"data": {"type": "string"}}}
                },
            },
        }
    }


@dataclass
class Kept:
    """The last things by their names, the oldest forgotten first."""

    most: int = MOST_KEPT
    _held: OrderedDict[str, Any] = field(default_factory=OrderedDict)

    def put(self, name: str, thing: Any) -> None:
        """Keep a thing."""
        self._held[name] = thing
        self._held.move_to_end(name)
        while len(self._held) > self.most:
            self._held.popitem(last=False)

    def get(self, name: str) -> Any:
        """The thing, None where it is not known (any more)."""
        return self._held.get(name)


class ClientDesk:
    """Where clients of OpenAI's shape are served: the desk, and what was said here lately."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._offered, self._talks = Kept(), Kept()
        desk.listeners.append(self._note)

    def _note(self, _outcome: str, answer: Answer | None) -> None:
        if answer is not None:
            self._offered.put(answer.question, answer.follow_ups)

    def _errand(self, said: Iterable[Said], form: Any) -> Wording | None:
        """What an errand gives, from the talk and what its answers offered; None for a question."""
        wanted = errand_of([(it.role, it.text) for it in said])
        if wanted is None:
            return None
        known = self._offered.get(wanted.questions[-1])
        if known is None and (newsroom := self._desk.opened) is not None:
            known = newsroom.examples()
        new = [it for it in known or () if it not in wanted.questions]
        return of_text(reply(wanted, new, json_schema(form)))

    async def complete(self, asked: CompletionRequest, request: Request) -> Any:
        """A chat completion, or its chunks. Raises GroundwireError."""
        usage = asked.stream_options is not None and asked.stream_options.include_usage
        if wording := self._errand(asked.said, asked.response_format):
            if not asked.stream:
                return completion(wording)
            return _sent(chunks(None, wording, include_usage=usage))
        as_json = _as_json(asked.response_format)
        question, history = read_talk(asked.said)
        events = self._desk.astream(question, history, kind=_kind(asked.groundwire))
        base = str(request.base_url)
        if not asked.stream:
            return completion(of_answer(await last_answer(events, request), base, as_json))
        # Refusals (an impossible question, a full line) are plain HTTP errors: look first.
        first = await anext(events)
        told = (first, events, lambda answer: of_answer(answer, base, as_json))
        return _sent(chunks(told, None, include_usage=usage, leads=not as_json))

    async def respond(self, asked: ResponseRequest, request: Request) -> Any:
        """A response, or its events. Raises GroundwireError."""
        name = f"resp_{uuid.uuid4().hex}"
        form = asked.text.format if asked.text else None
        before = self._before(asked.previous_response_id)
        if wording := self._errand(asked.said, form):
            self._talks.put(name, before)
            if not asked.stream:
                return response(name, asked, wording)
            return _sent(response_events(name, asked, None, wording))
        as_json = _as_json(form)
        question, history = read_talk(asked.said)
        before = (*before, *history)
        events = self._desk.astream(question, before, kind=_kind(asked.groundwire))
        base = str(request.base_url)

        def worded(answer: Answer) -> Wording:
            if asked.store is not False:
                self._talks.put(name, (*before, answer)[-MOST_BEFORE:])
            return of_answer(answer, base, as_json)

        if not asked.stream:
            return response(name, asked, worded(await last_answer(events, request)))
        first = await anext(events)
        return _sent(response_events(name, asked, (first, events, worded), None))

    def _before(self, name: str | None) -> tuple[Answer, ...]:
        """The talk that ended with the response of that name. Raises NotFoundError."""
        if name is None:
            return ()
        talk: tuple[Answer, ...] | None = self._talks.get(name)
        if talk is None:
            raise NotFoundError(
                f"No response {name!r} is known here (any more)",
                fix="Send the talk so far as input instead.",
            )
        return talk


def build_openai_api(desk: Desk, settings: Settings) -> APIRouter:
    """The routes over a desk."""
    key = settings.api_key.get_secret_value() if settings.api_key else None
    router = APIRouter(tags=["openai"], dependencies=only_with(key), responses=FAILURES)
    counter = ClientDesk(desk)

    @router.get("/v1/models")
    def models() -> dict[str, Any]:
        """The one model there is."""
        return {"object": "list", "data": [_model()]}

    @router.get("/v1/models/{model_id}")
    def model(model_id: str) -> dict[str, Any]:
        """The model of that name."""
        if model_id != MODEL:
            raise NotFoundError(f"There is no model {model_id!r}", fix=f"Use {MODEL}.")
        return _model()

    @router.post(
        "/v1/chat/completions",
        response_model=None,
        responses=_streamed("A chat completion, or with `stream` its chunks."),
    )
    async def completions(asked: CompletionRequest, request: Request) -> Any:
        """Answer the last user message from the articles; citations come as annotations."""
        return await counter.complete(asked, request)

    @router.post(
        "/v1/responses",
        response_model=None,
        responses=_streamed("A response, or with `stream` its events."),
    )
    async def responses(asked: ResponseRequest, request: Request) -> Any:
        """As `/v1/chat/completions`, in the shape of OpenAI's responses."""
        return await counter.respond(asked, request)

    return router


def _sent(lines: Any) -> StreamingResponse:
    return StreamingResponse(lines, media_type="text/event-stream", headers=STREAMING)


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _kind(options: Options | None) -> Kind | None:
    return options.kind if options else None


def _as_json(form: Any) -> bool:
    """Whether the whole answer is wanted as JSON. Raises InputError for another's schema."""
    if json_schema(form) is not None:
        raise InputError(
            "An answer cannot be given in a schema of yours",
            fix="Send response_format json_object for the whole answer as JSON, or leave it out.",
        )
    return bool(form) and form.get("type") == "json_object"
