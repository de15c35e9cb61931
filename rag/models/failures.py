"""What went wrong at a model server, in the words of our own error tree.

Invariant: no exception of openai, httpx2 or langchain leaves `rag.models`, and no message made
here contains a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from rag.errors import (
    EndpointAuthError,
    EndpointError,
    EndpointLimitError,
    EndpointResponseError,
    EndpointTimeoutError,
    EndpointUnreachableError,
    EngineError,
    GroundwireError,
    SettingsError,
)

MAX_MESSAGE_CHARS = 300
KEY = re.compile(r"\bsk-[\w*.\-]{4,}|\bBearer \S+")
OVERFLOW = re.compile(
    r"context.?(length|size|window)|prompt is too long|too many tokens|input tokens exceed", re.I
)
FIX_LATER = "Try again in a moment."


@dataclass(frozen=True)
class Server:
    """Whom we are talking to, as far as an error message needs to know."""

    base_url: str = field(repr=False)
    model: str
    timeout_s: float
    api_key: str | None = field(default=None, repr=False)
    embedded: bool = False

    @property
    def shown(self) -> str:
        """Its name for a reader, without user name, password or query.

        >>> Server("http://me:secret@host:8000/v1?key=1", "m", 60).shown
        'http://host:8000/v1'
        """
        if self.embedded:
            return "The embedded model"
        parts = urlsplit(self.base_url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"

    def without_keys(self, message: str) -> str:
        """One line of what a server said, shortened, with anything like a key taken out.

        >>> Server("http://host/v1", "m", 60).without_keys("Incorrect key: sk-abcdef")
        'Incorrect key: [key]'
        """
        if self.api_key:
            message = message.replace(self.api_key, "[key]")
        line = " ".join(KEY.sub("[key]", message).split())
        return line if len(line) <= MAX_MESSAGE_CHARS else f"{line[:MAX_MESSAGE_CHARS]}…"


def checked_url(base_url: str) -> str:
    """`base_url` when it is an http address. Raises SettingsError.

    >>> checked_url("http://localhost:8000/v1/")
    'http://localhost:8000/v1'
    """
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        usable = False
    if not usable:
        raise SettingsError(
            "OPENAI_BASE_URL is not an http address",
            fix="Write it like http://localhost:8000/v1.",
        )
    return base_url.rstrip("/")


def failure(error: BaseException, server: Server) -> GroundwireError:
    """The error of our tree that stands for `error`. What is unknown is an unusable answer."""
    import httpx2
    import openai

    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, GroundwireError):
            return cause
    for cause in causes:
        if isinstance(cause, openai.APITimeoutError | httpx2.TimeoutException):
            return EndpointTimeoutError(
                f"{server.shown} did not finish within {server.timeout_s:g} s",
                fix="Ask again, or raise GROUNDWIRE_TIMEOUT_S.",
            )
        if isinstance(cause, openai.APIStatusError):
            return _for_status(cause, server)
        if isinstance(cause, openai.APIConnectionError | httpx2.TransportError):
            return _unreachable(server)
    said = server.without_keys(server_message(error)) or type(error).__name__
    if is_overflow(said):
        return _overflow(said, server)
    return EndpointResponseError(f"{server.shown} sent something unusable: {said}", fix=FIX_LATER)


def status_error(error: BaseException) -> Any:
    """The HTTP refusal behind `error`, whatever it was wrapped in; None when there is none."""
    import openai

    for cause in _causes(error):
        if isinstance(cause, openai.APIStatusError):
            return cause
    return None


def is_overflow(message: str) -> bool:
    """True when a server says that the prompt is longer than it can read.

    >>> is_overflow("request (5030 tokens) exceeds the available context size (4096 tokens)")
    True
    """
    return bool(OVERFLOW.search(message))


def is_passing(error: BaseException) -> bool:
    """True when the same request may succeed in a moment."""
    import openai

    causes = list(_causes(error))
    if any(isinstance(cause, GroundwireError | openai.APITimeoutError) for cause in causes):
        return False
    refusal = status_error(error)
    if refusal is not None:
        return refusal.status_code in (409, 429) or refusal.status_code >= 500
    return any(isinstance(cause, openai.APIConnectionError) for cause in causes)


def retry_after_s(error: BaseException) -> float | None:
    """Seconds that a server asked us to wait; None when it gave none that we understand."""
    refusal = status_error(error)
    try:
        return max(0.0, float(refusal.response.headers["Retry-After"]))
    except (AttributeError, KeyError, ValueError):
        return None


def server_message(error: Any) -> str:
    """What the server said, without the wrapping of the client library."""
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict) and inner.get("message"):
            return str(inner["message"])
    return str(getattr(error, "message", "") or error)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it was raised from, outermost first."""
    chain: list[BaseException] = []
    while error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__ or error
    return chain


def _unreachable(server: Server) -> GroundwireError:
    if server.embedded:
        return EngineError(
            "The embedded engine died while it answered", fix="Ask again: it starts anew."
        )
    return EndpointUnreachableError(
        f"Cannot reach {server.shown}, or it hung up",
        fix="Check OPENAI_BASE_URL and that the server runs.",
    )


def _overflow(said: str, server: Server) -> EndpointError:
    return EndpointResponseError(
        f"The question and its passages are longer than {server.model!r} can read: {said}",
        fix="Ask a shorter question, or raise GROUNDWIRE_CONTEXT_TOKENS.",
    )


def _for_status(error: Any, server: Server) -> EndpointError:
    status = int(error.status_code)
    said = server.without_keys(server_message(error))
    if status in (401, 403):
        return EndpointAuthError(
            f"{server.shown} refused the key (HTTP {status})",
            fix="Check OPENAI_API_KEY and what it may be used for.",
        )
    if status == 429:
        wait = retry_after_s(error)
        when = f"in {wait:g} s" if wait else "later, or check the quota of the key"
        return EndpointLimitError(
            f"{server.shown} takes no more requests now", fix=f"Try again {when}."
        )
    if status in (408, 504):
        return EndpointTimeoutError(f"{server.shown} gave up (HTTP {status})", fix=FIX_LATER)
    if status == 404:
        return EndpointResponseError(
            f"{server.shown} has no model {server.model!r}, or speaks another protocol (HTTP 404)",
            fix="Set GROUNDWIRE_MODEL to a model that it serves, and check OPENAI_BASE_URL.",
        )
    if is_overflow(said):
        return _overflow(said, server)
    if 300 <= status < 400:
        return EndpointResponseError(
            f"{server.shown} sends us elsewhere (HTTP {status}), where nothing is sent",
            fix="Set OPENAI_BASE_URL to the address it moved to.",
        )
    fix = FIX_LATER if status >= 500 else "Check that GROUNDWIRE_MODEL is a model for this use."
    return EndpointResponseError(f"{server.shown} failed (HTTP {status}): {said}", fix=fix)
