"""How much one request to the API may bring: what is larger is refused before it is kept.

Invariant: no request to `/v1` makes the server hold more than its limit, whether it says how long
it is or not.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 8_000_000  # a question with twenty earlier answers is far below
FULL_FILES = 10  # an upload may bring so many files of the largest size, and more smaller ones
UPLOADS = "/v1/articles"


class BodyLimit:
    """ASGI middleware; raises HTTPException 413 where the request is read."""

    def __init__(self, app: ASGIApp, *, max_file_bytes: int) -> None:
        self.app = app
        self.upload_bytes = FULL_FILES * max_file_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what it brings."""
        if scope["type"] != "http" or not str(scope["path"]).startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        limit = self.upload_bytes if scope["path"] == UPLOADS else MAX_BODY_BYTES
        announced = Headers(scope=scope).get("content-length", "")
        read = int(announced) if announced.isdecimal() else 0

        async def counted() -> Message:
            nonlocal read
            if read > limit:
                raise HTTPException(413, f"The request is larger than {limit:,} bytes.")
            message = await receive()
            if not announced:
                read += len(message.get("body", b""))
                if read > limit:
                    raise HTTPException(413, f"The request is larger than {limit:,} bytes.")
            return message

        await self.app(scope, counted, send)
