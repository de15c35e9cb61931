"""The tools of `mcp_tools` at `/mcp` of the server, loaded by the first who asks for them.

Importing the library would add about half a second to every start of the chat. So a task waits
for the first request, then imports and runs the tools until the server stops. Requests come here
past the same checks of host and origin as all others, and need the same key.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web.desk import Desk
from rag.web.problems import UnauthorisedError, problem, request_id_of, respond

PATH = "/mcp"


class McpMount:
    """An ASGI application; `live()` must surround its use."""

    def __init__(self, desk: Desk, key: str | None) -> None:
        self._desk = desk
        self._key = key
        self._wanted = asyncio.Event()
        self._running: asyncio.Future[ASGIApp] | None = None

    @contextlib.asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        """Serve while inside."""
        self._wanted = asyncio.Event()
        self._running = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._run(self._running))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self, running: asyncio.Future[ASGIApp]) -> None:
        await self._wanted.wait()
        try:
            manager = await asyncio.to_thread(_session_manager, self._desk)
        except Exception as error:
            running.set_exception(error)
            return
        async with manager.run():
            running.set_result(manager.handle_request)
            await asyncio.Event().wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. With a key set, it must carry it."""
        request = Request(scope)
        if self._key and not _carries(request, self._key):
            error = UnauthorisedError(
                "The key is missing or wrong", fix="Send it as: Authorization: Bearer KEY."
            )
            await respond(problem(error, request_id_of(request)))(scope, receive, send)
            return
        if request.method != "POST":  # without sessions, nothing to listen to and nothing to end
            raise HTTPException(405, headers={"Allow": "POST"})
        if self._running is None:
            raise RuntimeError("requests come only while the server lives")
        self._wanted.set()
        serve = await asyncio.shield(self._running)
        await serve(scope, receive, send)


def _carries(request: Request, key: str) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), key.encode())


def _session_manager(desk: Desk) -> Any:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from rag.web.mcp_tools import build_mcp

    # Nothing is kept between requests, so that any replica can answer the next one.
    return StreamableHTTPSessionManager(app=build_mcp(desk), stateless=True)
