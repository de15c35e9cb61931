"""The page that asks for the key, in place of Gradio's, which says nothing of what was wrong.

It posts to Gradio's own `/login`, which compares the key and gives the cookie; whoever has that
cookie is let through to the chat.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send

FORM = Path(__file__).resolve().parent / "page" / "sign_in.html"


class SignIn:
    """ASGI middleware that shows the form where the chat was asked for without the cookie.

    `doors["chat"]` is Gradio's app, which knows the cookies that it gave; it is put there once it
    is mounted, after this.
    """

    def __init__(self, app: ASGIApp, *, doors: dict[str, Any]) -> None:
        self.app = app
        self.doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The form, or whatever was asked for."""
        asks = (
            scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _path(scope) == "/"
        )
        if asks and not self._is_known(scope):
            form = FileResponse(FORM, status_code=401, headers={"Cache-Control": "no-store"})
            await form(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        chat = self.doors["chat"]
        sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        try:
            cookies = SimpleCookie(sent.decode("latin-1"))
        except CookieError:
            return False
        names = (f"access-token-{chat.cookie_id}", f"access-token-unsecure-{chat.cookie_id}")
        return any(cookies[name].value in chat.tokens for name in names if name in cookies)


def _path(scope: Scope) -> str:
    """The path below that of a proxy."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) or "/"
