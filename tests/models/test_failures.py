"""No exception of a library may leave the models' room as it is."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest

from rag.errors import (
    EndpointAuthError,
    EndpointError,
    EndpointLimitError,
    EndpointResponseError,
    EndpointTimeoutError,
    EndpointUnreachableError,
    EngineError,
)
from rag.models.failures import Server, failure

SERVER = Server("http://host:8000/v1", "a-model", 60.0, api_key="key-of-ours")
REQUEST = httpx2.Request("POST", "http://host:8000/v1/chat/completions")

EXPECTED: dict[type[Exception], type[EndpointError]] = {
    openai.APIConnectionError: EndpointUnreachableError,
    openai.APITimeoutError: EndpointTimeoutError,
    openai.AuthenticationError: EndpointAuthError,
    openai.OAuthError: EndpointAuthError,
    openai.PermissionDeniedError: EndpointAuthError,
    openai.RateLimitError: EndpointLimitError,
    httpx2.TimeoutException: EndpointTimeoutError,
    httpx2.ConnectTimeout: EndpointTimeoutError,
    httpx2.ReadTimeout: EndpointTimeoutError,
    httpx2.WriteTimeout: EndpointTimeoutError,
    httpx2.PoolTimeout: EndpointTimeoutError,
    httpx2.TransportError: EndpointUnreachableError,
    httpx2.NetworkError: EndpointUnreachableError,
    httpx2.ConnectError: EndpointUnreachableError,
    httpx2.ReadError: EndpointUnreachableError,
    httpx2.WriteError: EndpointUnreachableError,
    httpx2.CloseError: EndpointUnreachableError,
    httpx2.ProxyError: EndpointUnreachableError,
    httpx2.UnsupportedProtocol: EndpointUnreachableError,
    httpx2.ProtocolError: EndpointUnreachableError,
    httpx2.LocalProtocolError: EndpointUnreachableError,
    httpx2.RemoteProtocolError: EndpointUnreachableError,
    httpx2.SSEError: EndpointUnreachableError,
}
STATUS = {
    openai.BadRequestError: 400,
    openai.AuthenticationError: 401,
    openai.OAuthError: 401,
    openai.PermissionDeniedError: 403,
    openai.NotFoundError: 404,
    openai.ConflictError: 409,
    openai.UnprocessableEntityError: 422,
    openai.RateLimitError: 429,
    openai.InternalServerError: 500,
    openai.APIStatusError: 418,
}


def exceptions_of(module: Any) -> list[type[Exception]]:
    found = (getattr(module, name) for name in dir(module) if not name.startswith("_"))
    return [it for it in found if isinstance(it, type) and issubclass(it, Exception)]


def made(kind: type[Exception]) -> Exception:
    """An instance, however the class wants to be built."""
    if issubclass(kind, openai.APIStatusError):
        response = httpx2.Response(STATUS[kind], request=REQUEST)
        if kind is openai.OAuthError:
            return kind(response=response, body=None)  # type: ignore[call-arg]
        return kind("it failed", response=response, body=None)
    if issubclass(kind, openai.APITimeoutError | openai.APIConnectionError):
        return kind(request=REQUEST)  # type: ignore[call-arg]
    if issubclass(kind, openai.APIResponseValidationError):
        return kind(httpx2.Response(200, request=REQUEST), body=None)
    if kind is openai.APIError:
        return openai.APIError("it failed", REQUEST, body=None)
    error = kind.__new__(kind)
    Exception.__init__(error, "it failed")
    return error


@pytest.mark.parametrize(
    "kind", [*exceptions_of(openai), *exceptions_of(httpx2)], ids=lambda kind: kind.__qualname__
)
def test_every_exception_of_the_libraries_has_its_place(kind: type[Exception]) -> None:
    outcome = failure(made(kind), SERVER)
    assert type(outcome) is EXPECTED.get(kind, EndpointResponseError)
    assert outcome.fix
    assert "key-of-ours" not in str(outcome)


def test_what_was_wrapped_on_its_way_is_found() -> None:
    inner = EngineError("It died", fix="Ask again.")
    outer = openai.APIConnectionError(request=REQUEST)
    outer.__cause__ = inner
    assert failure(outer, SERVER) is inner


def test_an_embedded_engine_out_of_reach_is_an_engine_that_died() -> None:
    embedded = Server("http://127.0.0.1:1/v1", "m", 60, embedded=True)
    outcome = failure(openai.APIConnectionError(request=REQUEST), embedded)
    assert isinstance(outcome, EngineError)


def test_a_long_message_is_shortened() -> None:
    assert len(str(failure(ValueError("word " * 1000), SERVER))) < 500
