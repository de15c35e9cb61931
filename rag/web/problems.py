"""Errors over HTTP: problem+json with a code and a fix, and never a traceback.

Every error of `rag.errors` has a status here; a test holds that.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from rag import errors
from rag.errors import GroundwireError
from rag.web.desk import UnforeseenError
from rag.web.line import BusyError
from rag.web.request_bodies import Problem

RETRY_AFTER_S = "5"
# What clients of OpenAI's shape ask for, served here or not.
OPENAI_PATHS = tuple(
    f"/v1/{name}"
    for name in "assistants audio batches chat completions containers conversations embeddings "
    "engines evals files fine_tuning images models moderations realtime responses threads uploads "
    "vector_stores videos".split()
)

# The first class that fits counts, so the special ones come before the general ones.
STATUS: tuple[tuple[type[GroundwireError], int], ...] = (
    (errors.InputError, 422),
    (errors.StoreBusyError, 503),
    (errors.StoreFullError, 507),
    (errors.EmbeddingMismatchError, 409),
    (errors.StoreError, 500),
    (errors.EndpointTimeoutError, 504),
    (errors.EndpointLimitError, 503),
    (errors.EndpointError, 502),
    (errors.ModelError, 503),
    (BusyError, 503),
    (errors.ServeError, 503),
    (UnforeseenError, 500),
)
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {
        "model": Problem,
        "description": text,
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }
    for code, text in {
        400: "The body cannot be read.",
        401: "The key is missing or wrong.",
        413: "The request is too large.",
        422: "The request cannot be used.",
        429: "This address asks for more than its share.",
        503: "Not ready, or too many questions are waiting.",
    }.items()
}


class NotFoundError(errors.InputError):
    """There is nothing at this address."""

    code = "not_found"


class UnauthorisedError(errors.InputError):
    """The key is missing or wrong."""

    code = "unauthorised"


class TooManyRequestsError(errors.ServeError):
    """One client asks for more than its share."""

    code = "too_many_requests"
    retryable = True


def status_of(error: GroundwireError) -> int:
    """The HTTP status for an error.

    >>> status_of(errors.QuestionError("Empty", fix="Ask."))
    422
    """
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, UnauthorisedError):
        return 401
    if isinstance(error, TooManyRequestsError):
        return 429
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def problem(error: GroundwireError, request_id: str | None = None) -> Problem:
    """The problem document for an error."""
    status = status_of(error)
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=error.problem + ".",
        code=error.code,
        fix=error.fix,
        request_id=request_id,
    )


def respond(found: Problem) -> JSONResponse:
    """A problem as a response, with the headers that belong to its status."""
    headers = {}
    if found.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER_S
    if found.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        found.model_dump(exclude_none=True),
        status_code=found.status,
        headers=headers,
        media_type="application/problem+json",
    )


def openai_error(found: Problem, param: str | None = None) -> JSONResponse:
    """The same in the shape that OpenAI's clients know; `param` is the field that is wrong."""
    kind = "invalid_request_error" if found.status < 500 else "server_error"
    message = f"{found.detail} {found.fix}"
    body = {"message": message, "type": kind, "param": param, "code": found.code}
    headers = {"Retry-After": RETRY_AFTER_S} if found.status == 503 else {}
    return JSONResponse({"error": body}, status_code=found.status, headers=headers)


def _shaped(request: Request, found: Problem) -> JSONResponse:
    return _in_shape(request.url.path, found)


def _in_shape(path: str, found: Problem) -> JSONResponse:
    return openai_error(found) if path.startswith(OPENAI_PATHS) else respond(found)


def refusal(scope: Scope, error: GroundwireError) -> JSONResponse:
    """The response of a middleware that lets a request go no further."""
    request_id = scope.get("state", {}).get("request_id")
    return _in_shape(str(scope["path"]), problem(error, request_id))


def request_id_of(request: Request) -> str | None:
    """The number that `Headers` gave to the request."""
    found = getattr(request.state, "request_id", None)
    return found if isinstance(found, str) else None


def install(app: FastAPI) -> None:
    """Make an app answer every error as a problem."""

    @app.exception_handler(GroundwireError)
    async def known(request: Request, error: GroundwireError) -> JSONResponse:
        return _shaped(request, problem(error, request_id_of(request)))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        parts = [str(part) for part in first["loc"] if part != "body"]
        said = first["msg"].removeprefix("Value error, ")
        if first["type"] == "json_invalid":  # its place is a number of characters, and no field
            parts, said = [], f"it is no JSON ({(first.get('ctx') or {}).get('error', said)})"
        found = Problem(
            title=HTTPStatus(422).phrase,
            status=422,
            detail=f"{'.'.join(parts) or 'the body'}: {said}.",
            code="bad_request",
            fix="Compare the request with the schema at /openapi.json.",
            request_id=request_id_of(request),
            errors=[{"loc": list(e["loc"]), "msg": e["msg"]} for e in error.errors()],
        )
        if request.url.path.startswith(OPENAI_PATHS):
            return openai_error(found, parts[0] if parts else None)
        return respond(found)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        response = _shaped(
            request,
            Problem(
                title=HTTPStatus(error.status_code).phrase,
                status=error.status_code,
                detail=f"{str(error.detail).rstrip('.')}.",
                code=HTTPStatus(error.status_code).name.lower(),
                fix="See /openapi.json for what is served.",
                request_id=request_id_of(request),
            ),
        )
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        request_id = request_id_of(request)
        response = respond(
            Problem(
                title=HTTPStatus(500).phrase,
                status=500,
                detail="Something went wrong in the server.",
                code="internal",
                fix="Look at the server's log for this request id.",
                request_id=request_id,
            )
        )
        # This one is made outside of `Headers`, which adds it to all others.
        response.headers["X-Request-ID"] = request_id or ""
        return response
