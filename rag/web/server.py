"""One app on one port: the chat at `/`, the HTTP API under `/v1`.

The page comes up at once and says what is still being prepared; questions asked before that wait
in the line. Invariant: nothing listens beyond loopback without a key.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from rag.errors import ServeError, SettingsError
from rag.settings import Settings
from rag.web.desk import Desk, Report, Step

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.newsroom import Newsroom

# An endpoint of one's own answers several questions at once; the embedded model only one.
ENDPOINT_WRITERS = 4


def create_app(desk: Desk, settings: Settings) -> FastAPI:
    """The whole web application over a desk; opening and closing the desk is part of its life."""
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.staticfiles import StaticFiles

    from rag import __version__
    from rag.web.chat import HEAD, PAGE, build_chat
    from rag.web.headers import Headers

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        desk.open()
        try:
            yield
        finally:
            desk.close()

    app = FastAPI(title="Groundwire", version=__version__, lifespan=life, docs_url=None)
    app.add_middleware(Headers)
    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return gr.mount_gradio_app(
        app,
        build_chat(desk),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="20mb",
        theme=gr.themes.Base(),
        head=HEAD,
        auth=_sign_in(key) if key else None,
        auth_message="Sign in with any name and the key of this server as the password."
        if key
        else None,
    )


def _sign_in(key: str):  # type: ignore[no-untyped-def]
    import secrets

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


def open_desk(settings: Settings, *, index_corpus: bool = False) -> Desk:
    """A desk (not yet open) whose newsroom is that of the settings.

    The corpus folder is read when nothing is stored yet, or whenever `index_corpus` says so.
    """

    def opener(report: Report) -> Newsroom:
        from rag.newsroom import Newsroom

        report("Opening the newsroom", str(settings.home))
        newsroom = Newsroom.open(settings=settings)
        if index_corpus or not newsroom.articles():
            report("Indexing articles", str(settings.corpus))
            newsroom.ingest([settings.corpus])
        return newsroom

    def prepare(newsroom: Newsroom, report: Report) -> None:
        report("Starting the model", "")
        newsroom.warm_up(lambda *told: report("Starting the model", " ".join(map(str, told))))

    writers = 1 if settings.uses_embedded_model else ENDPOINT_WRITERS
    return Desk(opener, prepare, writers=writers, echo=tell)


def tell(step: Step) -> None:
    """Say on stderr how the start goes."""
    if step.seconds is None:
        print(f"{step.name} … {step.detail}".rstrip(), file=sys.stderr, flush=True)
    else:
        print(f"{step.name}: {step.seconds:.1f} s", file=sys.stderr, flush=True)


def serve(settings: Settings, *, browser: bool = False, index_corpus: bool = False) -> None:
    """Serve the chat and the API until Ctrl-C; prints the address on stdout.

    Raises ServeError or SettingsError when it cannot listen.
    """
    listener = listen(settings)
    import uvicorn

    url = address(listener)
    desk = open_desk(settings, index_corpus=index_corpus)
    config = uvicorn.Config(
        create_app(desk, settings), log_level="warning", timeout_graceful_shutdown=3
    )
    print(f"Groundwire is at {url}", flush=True)
    if browser:
        threading.Timer(1.0, webbrowser.open, [url]).start()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    finally:
        listener.close()
