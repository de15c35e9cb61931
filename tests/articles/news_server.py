"""A news site on loopback: real sockets, prepared answers, and a note of what was asked."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = tuple[int, Mapping[str, str], bytes]
PARAGRAPH = "The ferry Saint Anna sank at dawn off {}, and all 42 people aboard were saved. "


def page(place: str, *, head: str = "") -> bytes:
    """A web page with one short report."""
    text = PARAGRAPH.format(place)
    title = f"<title>Ferry sinks off {place}</title>"
    return f"<html><head>{title}{head}</head><body><article><p>{text}</p></article></body>".encode()


def html(content: bytes, status: int = 200, **headers: str) -> Reply:
    """A page as a reply; underscores in header names stand for hyphens."""
    return status, {"Content-Type": "text/html; charset=utf-8", **_named(headers)}, content


def reply(status: int, content: bytes = b"", **headers: str) -> Reply:
    """Any reply."""
    return status, _named(headers), content


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class NewsSite:
    """`replies` by path; what is not there is 404. `asked` holds (path, headers) in order."""

    address: str = ""
    replies: dict[str, Reply | Callable[[Mapping[str, str]], Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    drip_s: float = 0.0
    connections: int = 0

    def paths(self) -> list[str]:
        """The paths that were asked for, without robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def url(self, path: str) -> str:
        return self.address + path


@contextmanager
def news_site(tls: ssl.SSLContext | None = None) -> Iterator[NewsSite]:
    """A site that serves until the end of the `with`, over TLS where that is given."""
    site = NewsSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            site.connections += 1
            super().setup()

        def do_GET(self) -> None:
            site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            found = site.replies.get(self.path, reply(404))
            status, headers, content = found(self.headers) if callable(found) else found
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                step = 1 if site.drip_s else max(1, len(content))
                for start in range(0, len(content), step):
                    self.wfile.write(content[start : start + step])
                    time.sleep(site.drip_s)
            except OSError:
                pass  # the reader had enough

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass  # a reader that hangs up is part of the tests

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
