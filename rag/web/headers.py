"""What every request and response passes: whose page asks, what the page may load, a number.

Invariants: the page can load from and connect to its own origin only, so that nothing an article
or a model says makes a browser call anyone; and no other site's page can make a reader's browser
change anything here, but the pages of the sites named in the settings, which may call the API. On
loopback without a key, names of other machines are refused too: a site that points its own name at
127.0.0.1 would otherwise be taken for us.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import MutableMapping, Sequence
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import logs
from rag.web.problems import respond
from rag.web.request_bodies import Problem

# Gradio needs inline scripts and `new Function` for its own components.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'self'",
    )
)
logger = logging.getLogger(__name__)
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
API_PATHS = ("/v1/", "/mcp")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Headers:
    """ASGI middleware that refuses strangers and adds the headers.

    A caller's own `X-Request-ID` is kept when it is sane. With `only_loopback`, the request must
    be addressed to this machine by a name of its own.
    """

    def __init__(
        self, app: ASGIApp, *, only_loopback: bool = False, origins: Sequence[str] = ()
    ) -> None:
        self.app = app
        self.only_loopback = only_loopback
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, with the headers added to the response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # as GET; the server leaves the body of the reply out
            scope = {**scope, "method": "GET"}
        request_id = _given_id(scope) or secrets.token_hex(8)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        logs.request_id.set(request_id)
        started = time.monotonic()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _log(scope, message["status"], time.monotonic() - started)
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Request-ID"] = request_id
            await send(message)

        if self._is_stranger(scope):
            refusal = Problem(
                title="Forbidden",
                status=403,
                detail="The request comes from, or is addressed to, another site.",
                code="other_site",
                fix="Open the address that Groundwire printed when it started.",
                request_id=request_id,
            )
            await respond(refusal)(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)

    def _is_stranger(self, scope: Scope) -> bool:
        host = _header(scope, b"host")
        name = host[: -len(port)] if (port := _port(host)) else host
        if self.only_loopback and name not in LOOPBACK_NAMES:
            return True
        origin = _header(scope, b"origin")
        if origin in self.origins and is_api(scope):
            return False
        return bool(
            origin and scope["method"] not in READING and origin.partition("://")[2] != host
        )


def _log(scope: Scope, status: int, seconds: float) -> None:
    """The path alone: what follows a question mark may be a question."""
    facts = {"method": scope["method"], "path": scope["path"][:200], "status": status}
    logger.info("request", extra={**facts, "seconds": round(seconds, 3)})


class OtherSites:
    """ASGI middleware that lets the pages of some other sites read the API, and nothing else."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self.app = app
        self.shared = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "DELETE"],
            # Each client has headers of its own; it is the origin that is trusted or not.
            allow_headers=["*"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; under the API, with what the browser of the other site needs."""
        await (self.shared if is_api(scope) else self.app)(scope, receive, send)


def is_api(scope: Scope) -> bool:
    """True for a request to what programs call, false for what the page is made of."""
    return scope["type"] == "http" and str(scope["path"]).startswith(API_PATHS)


def _port(host: str) -> str:
    found = re.search(r":\d+$", host)
    return found[0] if found else ""


def _given_id(scope: Scope) -> str | None:
    text = _header(scope, b"x-request-id")
    return text if REQUEST_ID.fullmatch(text) else None


def _header(scope: Scope, wanted: bytes) -> str:
    """The value of a header, empty when it is not there."""
    found: str = next((v.decode("latin-1") for n, v in scope["headers"] if n == wanted), "")
    return found
