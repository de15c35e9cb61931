"""The HTTP API under `/v1`: the same answers for scripts, typed, and documented in OpenAPI.

Thin: every route asks the desk and puts the result on the wire. With a key set, every route but
health and readiness wants it as a bearer token.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.sse import format_sse_event
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

import rag
from rag.answer import Answer
from rag.check.draft import CheckedDraft
from rag.errors import GroundwireError
from rag.events import Done, Event, Lead, Progress, Sentence, Sources, Withheld
from rag.settings import Settings
from rag.web.article_api import add_article_routes
from rag.web.desk import Desk
from rag.web.metrics import Metrics
from rag.web.problems import PROBLEMS, NotFoundError, UnauthorisedError, problem, request_id_of
from rag.web.request_bodies import (
    AnswerRequest,
    CheckRequest,
    Health,
    PassageView,
    Ready,
    ReadyStep,
    SearchRequest,
    SearchResponse,
    searched,
)

BEARER = HTTPBearer(auto_error=False, description="GROUNDWIRE_API_KEY, when it is set.")
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, or with `stream` its events: progress, sources, lead,"
        " sentence, removed, and done or error last.",
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
                }
            }
        },
    }
}


def only_with(key: str | None) -> list[Any]:
    """The dependencies that let a request pass when it carries the key; none when none is set."""

    def check(
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)] = None,
    ) -> None:
        known = (key or "").encode()
        if given is None or not secrets.compare_digest(given.credentials.encode(), known):
            raise UnauthorisedError(
                "The key is missing or wrong", fix="Send it as: Authorization: Bearer KEY."
            )

    return [Depends(check)] if key else []


def build_api(desk: Desk, settings: Settings, metrics: Metrics) -> APIRouter:
    """The routes of `/v1` and `/metrics` over a desk."""
    router = APIRouter(tags=["groundwire"])
    key = settings.api_key.get_secret_value() if settings.api_key else None
    guarded = APIRouter(dependencies=only_with(key), responses=PROBLEMS)

    @guarded.post("/v1/answers", responses=STREAMED)
    async def answers(asked: AnswerRequest, request: Request) -> Answer:
        """Answer a question from the articles, every sentence cited and checked."""
        filters = asked.filters.filters() if asked.filters else None
        history = tuple(earlier.answer() for earlier in asked.history)
        events = desk.astream(asked.question, history, filters, asked.kind)
        if asked.stream:
            # Refusals (an impossible question, a full line) are plain HTTP errors: look first.
            first = await anext(events)
            return StreamingResponse(  # type: ignore[return-value]
                event_lines(first, events, request_id_of(request)),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            )
        return await last_answer(events, request)

    @guarded.post("/v1/search")
    def search(wanted: SearchRequest) -> SearchResponse:
        """The passages most likely to help, best first; no model is asked."""
        filters = wanted.filters.filters() if wanted.filters else None
        return searched(desk.newsroom(), wanted.question, wanted.k, filters)

    @guarded.post("/v1/check")
    def check(draft: CheckRequest) -> CheckedDraft:
        """Each sentence of a draft: supported, contradicted or not found; a model is asked only
        where that is wanted.
        """
        filters = draft.filters.filters() if draft.filters else None
        return desk.check(draft.text, filters, with_model=draft.with_model)

    @router.get("/v1/health")
    def health() -> Health:
        """The process answers; what its searches have to do without is named."""
        codes = tuple(trouble.code for trouble in desk.troubles)
        return Health(status="degraded" if codes else "ok", version=rag.__version__, troubles=codes)

    @router.get("/v1/ready", responses={503: {"model": Ready}})
    def ready(response: Response) -> Ready:
        """Whether the model is loaded; 503 until then, after a start that failed, which is tried
        again, and while the model's server is out of reach.
        """
        trouble = told.code if (told := desk.trouble) else None
        steps = tuple(
            ReadyStep(name=s.name, detail=s.detail, seconds=s.seconds) for s in desk.steps
        )
        is_ready, waiting = desk.ready and trouble is None, desk.waiting
        desk.try_again()
        response.status_code = 200 if is_ready else 503
        return Ready(ready=is_ready, steps=steps, waiting=waiting, trouble=trouble)

    @guarded.get("/metrics", include_in_schema=False)
    def figures() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    add_article_routes(guarded, desk, settings)
    router.include_router(guarded)
    return router


def add_fallback(app: FastAPI) -> None:
    """Answer what no route under `/v1` does, as a problem and not as a page of the chat."""

    @app.api_route(
        "/v1/{rest:path}",
        methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"],
        include_in_schema=False,
    )
    def nothing(request: Request, rest: str) -> None:
        allowed = sorted(
            method.upper()
            for template, methods in app.openapi()["paths"].items()
            for method in methods
            if compile_path(template)[0].match(f"/v1/{rest}")
        )
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        raise NotFoundError(f"There is nothing at /v1/{rest}", fix="See /openapi.json.")


async def last_answer(events: AsyncIterator[Event], request: Request) -> Answer:
    """The answer at the end of the events; the work stops when the client goes."""
    try:
        async for event in events:
            if isinstance(event, Done):
                return event.answer
            if await request.is_disconnected():
                raise HTTPException(400, "The client went away.")
        raise AssertionError("a stream of events ends with Done")
    finally:  # at once, and not when the garbage is collected: the next in line waits
        with anyio.CancelScope(shield=True):
            await events.aclose()  # type: ignore[attr-defined]


async def event_lines(
    first: Event, rest: AsyncIterator[Event], request_id: str | None
) -> AsyncIterator[bytes]:
    """Events as server-sent events; an error in the middle is the last of them.

    Progress that was already told is a comment, which keeps the connection alive.
    """
    told = first
    try:
        yield _line(*wire_event(first))
        async for event in rest:
            if isinstance(event, Progress) and event == told:
                yield format_sse_event(comment="still waiting")
                continue
            told = event
            yield _line(*wire_event(event))
    except GroundwireError as error:
        yield _line("error", problem(error, request_id).model_dump(exclude_none=True))
    finally:
        with anyio.CancelScope(shield=True):
            await rest.aclose()  # type: ignore[attr-defined]


def _line(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))


def wire_event(event: Event) -> tuple[str, dict[str, Any]]:
    """The name and data of an event on the wire."""
    match event:
        case Progress():
            return "progress", {"step": event.step, "detail": event.detail}
        case Sources():
            passages = [PassageView.of(hit).model_dump(mode="json") for hit in event.hits]
            return "sources", {"searched_for": event.searched_for, "passages": passages}
        case Lead():
            return "lead", {"text": event.text, "verdict": event.verdict}
        case Sentence():
            new = [citation.model_dump(mode="json") for citation in event.new_citations]
            return "sentence", {"claim": event.claim.model_dump(mode="json"), "citations": new}
        case Withheld():
            return "removed", event.removed.model_dump(mode="json")
        case Done():
            return "done", event.answer.model_dump(mode="json")
