"""One app on one port: the chat at `/`, the HTTP API under `/v1`, tools for models at `/mcp`.

The page comes up at once and says what is still being prepared; questions asked before that wait
in the line. Invariant: nothing listens beyond loopback without a key.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from rag.errors import ServeError, SettingsError
from rag.settings import Settings
from rag.watching import existing
from rag.web.desk import Desk
from rag.web.opening import open_desk

if TYPE_CHECKING:
    from fastapi import FastAPI

BEYOND_LOOPBACK_PER_MINUTE = 120


def create_app(desk: Desk, settings: Settings, follow: Sequence[str] = ()) -> FastAPI:
    """The whole web application over a desk; opening and closing the desk is part of its life.

    `follow` are folders, files and addresses whose articles come in as they change.
    """

    async def in_loop() -> FastAPI:
        return _assemble(desk, settings, follow)

    try:
        asyncio.get_running_loop()
    except RuntimeError:  # without a running loop, Gradio makes some that it never closes
        return asyncio.run(in_loop())
    return _assemble(desk, settings, follow)


def _load_gradio() -> None:
    """Import Gradio without `mcp`, which it would load for tools of its own that we do not use.

    That is half a second of the seven that its import computes. It takes a missing `mcp` as
    meant; ours comes with `mcp_mount`.
    """
    if "mcp" in sys.modules or "gradio" in sys.modules:
        return
    sys.modules["mcp"] = None  # type: ignore[assignment]  # what imports take for absent
    try:
        import gradio  # noqa: F401
    finally:
        del sys.modules["mcp"]


def _assemble(desk: Desk, settings: Settings, follow: Sequence[str]) -> FastAPI:
    _load_gradio()
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.routing import Mount, Route

    from rag import __version__
    from rag.articles.limits import Limits
    from rag.web import problems
    from rag.web.api import add_fallback, build_api
    from rag.web.body_limit import BodyLimit
    from rag.web.chat import HEAD, PAGE, build_chat
    from rag.web.following import Follower
    from rag.web.headers import Headers, OtherSites
    from rag.web.mcp_mount import PATH as MCP_PATH
    from rag.web.mcp_mount import McpMount
    from rag.web.metrics import Metrics
    from rag.web.openai_api import build_openai_api
    from rag.web.rate_limit import RateLimit
    from rag.web.sign_in import SignIn

    key = settings.api_key.get_secret_value() if settings.api_key else None
    tools = McpMount(desk, key)
    follower = Follower(desk, follow)

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        desk.open()
        follower.start()
        try:
            async with tools.live():
                yield
        finally:
            await asyncio.to_thread(follower.stop)
            desk.close()

    app = FastAPI(
        title="Groundwire", version=__version__, lifespan=life, docs_url=None, redoc_url=None
    )
    app.add_middleware(BodyLimit, max_file_bytes=Limits.of(settings).file_bytes)
    if per_minute := requests_per_minute(settings):
        app.add_middleware(RateLimit, per_minute=per_minute)
    if settings.cors_origins:
        app.add_middleware(OtherSites, origins=settings.cors_origins)
    app.add_middleware(
        Headers, only_loopback=settings.api_key is None, origins=settings.cors_origins
    )
    doors: dict[str, Any] = {}
    if key:
        app.add_middleware(SignIn, doors=doors)
    problems.install(app)
    app.include_router(build_api(desk, settings, Metrics(desk)))
    app.include_router(build_openai_api(desk, settings))
    add_fallback(app)
    app.router.routes.append(Route(MCP_PATH, tools))
    app.mount("/page", GZipMiddleware(StaticFiles(directory=PAGE)), name="page")
    gr.mount_gradio_app(
        app,
        build_chat(desk, settings),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        mcp_server=False,
        max_file_size="20mb",
        # The chat's own style sheet names its fonts; text would wait for the theme's.
        theme=gr.themes.Base(font=("system-ui", "sans-serif"), font_mono=("ui-monospace",)),
        head=HEAD,
        auth=_sign_in(key) if key else None,
    )
    doors["chat"] = next(it.app for it in reversed(app.routes) if isinstance(it, Mount))
    return app


def requests_per_minute(settings: Settings) -> int:
    """How many requests one client may make in a minute; 0 means any number.

    >>> requests_per_minute(Settings.load()), requests_per_minute(Settings.load(host="0.0.0.0"))
    (0, 120)
    """
    if settings.requests_per_minute is not None:
        return settings.requests_per_minute
    return 0 if _is_loopback(settings.host) else BEYOND_LOOPBACK_PER_MINUTE


def _sign_in(key: str) -> Callable[[str, str], bool]:
    def allowed(_name: str, password: str) -> bool:
        return secrets.compare_digest(password.encode(), key.encode())

    return allowed


def listen(settings: Settings) -> socket.socket:
    """A listening socket at the host and port of the settings.

    Raises SettingsError for a host beyond loopback without a key, ServeError when the port is
    taken or the address is not this machine's.
    """
    if not _is_loopback(settings.host) and settings.api_key is None:
        raise SettingsError(
            f"Listening on {settings.host} would let everyone on the network in",
            fix="Set GROUNDWIRE_API_KEY, or keep the host 127.0.0.1.",
        )
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServeError(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}",
            fix="Choose another port with --port or GROUNDWIRE_PORT; 0 takes a free one.",
        ) from None
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address(listener: socket.socket) -> str:
    """The URL under which a browser on this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - recognised here, not listened on
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    settings: Settings,
    *,
    browser: bool = False,
    index_corpus: bool = False,
    samples: bool = False,
    follow: Sequence[str] = (),
) -> None:
    """Serve the chat and the API until Ctrl-C; prints the address on stdout.

    `index_corpus` and `samples` are those of `open_desk`.

    Raises ServeError or SettingsError when it cannot listen, InputError for a path in `follow`
    that does not exist.
    """
    existing(follow)
    os.umask(0o077)  # whatever this process writes is for its owner only
    listener = listen(settings)
    import uvicorn

    from rag.web.logs import start_logs

    start_logs()

    url = address(listener)
    desk = open_desk(settings, index_corpus=index_corpus, samples=samples, url=url)
    config = uvicorn.Config(
        create_app(desk, settings, follow),
        log_level="warning",
        log_config=None,  # ours: its own would print errors with what they quote
        timeout_graceful_shutdown=3,
    )
    print(f"Groundwire is at {url} (Ctrl-C stops it)", flush=True)
    if browser:
        threading.Timer(1.0, webbrowser.open, [url]).start()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:  # uvicorn has closed everything and passes the signal on
        print("Stopped.", file=sys.stderr)
    finally:
        listener.close()
