"""What went wrong at a model server, in the words of our own error tree.

Invariant: no exception of openai, httpx2 or langchain leaves `rag.models`, and no message made
here contains a key.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from rag.errors import (
    EndpointAuthError,
    EndpointError,
    EndpointLimitError,
    EndpointResponseError,
    EndpointTimeoutError,
    EndpointUnreachableError,
    GroundwireError,
)

MAX_MESSAGE_CHARS = 300
KEY = re.compile(r"\b(?:sk|key|Bearer)[-_ ][\w*.\-]{4,}", re.IGNORECASE)
OVERFLOW = re.compile(r"context.{0,12}(length|size|window)|maximum context|too many tokens", re.I)
FIX_URL = "Check OPENAI_BASE_URL and that the server runs."
FIX_LATER = "Try again in a moment."


def shown_url(base_url: str) -> str:
    """A URL without the user name, password and query that it may carry.

    >>> shown_url("http://me:secret@host:8000/v1?key=1")
    'http://host:8000/v1'
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


def without_keys(message: str, key: str | None) -> str:
    """One line of a server's message, shortened, with anything like a key taken out.

    >>> without_keys("Incorrect key: sk-abcdef", None)
    'Incorrect key: [key]'
    """
    if key:
        message = message.replace(key, "[key]")
    line = " ".join(KEY.sub("[key]", message).split())
    return line if len(line) <= MAX_MESSAGE_CHARS else f"{line[:MAX_MESSAGE_CHARS]}…"


def failure(
    error: Exception, *, base_url: str, model: str, timeout_s: float, key: str | None
) -> GroundwireError:
    """The error of our tree that stands for `error`. Anything unknown is an unusable answer."""
    import httpx2
    import openai

    own = _own(error)
    if own is not None:
        return own
    where = shown_url(base_url)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return EndpointTimeoutError(
            f"{where} did not finish within {timeout_s:g} s",
            fix="Ask again, or raise GROUNDWIRE_TIMEOUT_S.",
        )
    if isinstance(error, openai.APIStatusError):
        return _for_status(error, where, model, key)
    if isinstance(error, openai.APIConnectionError | httpx2.NetworkError | httpx2.ProxyError):
        return EndpointUnreachableError(f"Cannot reach {where}, or it hung up", fix=FIX_URL)
    if isinstance(error, httpx2.TransportError):
        return EndpointUnreachableError(f"{where} hung up in mid-answer", fix=FIX_LATER)
    if isinstance(error, openai.AuthenticationError | openai.OpenAIError) and "api_key" in str(
        error
    ):
        return EndpointAuthError(f"No key for {where}", fix="Set OPENAI_API_KEY.")
    message = without_keys(str(error), key) or type(error).__name__
    return EndpointResponseError(f"{where} sent something unusable: {message}", fix=FIX_LATER)


def _own(error: BaseException) -> GroundwireError | None:
    """An error of our tree that a library wrapped on its way."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, GroundwireError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _for_status(error: Any, where: str, model: str, key: str | None) -> EndpointError:
    status = int(error.status_code)
    said = without_keys(server_message(error), key)
    if status in (401, 403):
        return EndpointAuthError(
            f"{where} refused the key (HTTP {status})",
            fix="Check OPENAI_API_KEY and what it may be used for.",
        )
    if status == 429:
        wait = retry_after_s(error)
        when = f"in {wait:g} s" if wait else "later, or check the quota of the key"
        return EndpointLimitError(f"{where} takes no more requests now", fix=f"Try again {when}.")
    if status in (408, 504):
        return EndpointTimeoutError(f"{where} gave up waiting (HTTP {status})", fix=FIX_LATER)
    if status == 404:
        return EndpointResponseError(
            f"{where} has no model {model!r}, or is no OpenAI-compatible server (HTTP 404)",
            fix="Set GROUNDWIRE_MODEL to a model that it serves, and check OPENAI_BASE_URL.",
        )
    if status in (400, 413) and OVERFLOW.search(said):
        return EndpointResponseError(
            f"The question and its passages are longer than {model!r} can read: {said}",
            fix="Ask a shorter question, or raise GROUNDWIRE_CONTEXT_TOKENS.",
        )
    if status >= 500:
        return EndpointResponseError(f"{where} failed (HTTP {status}): {said}", fix=FIX_LATER)
    return EndpointResponseError(
        f"{where} refused the request (HTTP {status}): {said}",
        fix="Check that GROUNDWIRE_MODEL is a chat model.",
    )


def server_message(error: Any) -> str:
    """What the server said, without the wrapping of the client library."""
    body = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict) and inner.get("message"):
            return str(inner["message"])
    return str(error.message)


def retry_after_s(error: Any) -> float | None:
    """Seconds that a server asked us to wait; None when it gave none that we understand."""
    response = getattr(error, "response", None)
    value = response.headers.get("Retry-After", "") if response is not None else ""
    try:
        return max(0.0, float(value))
    except ValueError:
        return None
