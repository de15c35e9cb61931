"""Bounds on what a model server may take from us: seconds and bytes, for every request.

The read timeout of an HTTP client starts anew with every byte, so a server that trickles can
hold a caller for ever. Here the whole exchange has one deadline: a request that starts late gets
only what is left, and a body still arriving at the deadline is cut off.
"""

from __future__ import annotations

import contextlib
import contextvars
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from rag.errors import EndpointResponseError

if TYPE_CHECKING:
    import httpx2

CONNECT_S = 10.0
MAX_BODY_BYTES = 32 << 20

_deadline: contextvars.ContextVar[float | None] = contextvars.ContextVar("deadline", default=None)


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Requests started inside must be over at `deadline` (of `time.monotonic`)."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def bounded_client(
    timeout_s: float,
    *,
    before_request: Callable[[httpx2.Request], None] | None = None,
    trust_env: bool = True,
) -> httpx2.Client:
    """An HTTP client whose requests end within `timeout_s` or the deadline set by `until`.

    `before_request` sees each request first. `trust_env=False` ignores proxies, as loopback must.
    """
    import httpx2

    def start_clock(request: httpx2.Request) -> None:
        if before_request is not None:
            before_request(request)
        limit = _deadline.get()
        if limit is None:
            limit = time.monotonic() + timeout_s
        left = limit - time.monotonic()
        if left <= 0:
            raise httpx2.ConnectTimeout("no time was left for the request", request=request)
        request.extensions["timeout"] = {
            "connect": min(CONNECT_S, left),
            "read": left,
            "write": left,
            "pool": left,
        }
        request.extensions["deadline"] = limit

    def bound_body(response: httpx2.Response) -> None:
        limit = float(response.request.extensions["deadline"])
        response.stream = _bounded_stream(response, limit)

    return httpx2.Client(
        timeout=timeout_s,
        follow_redirects=False,  # nothing goes anywhere but where the user said
        trust_env=trust_env,
        event_hooks={"request": [start_clock], "response": [bound_body]},
    )


def _bounded_stream(response: httpx2.Response, limit: float) -> httpx2.SyncByteStream:
    import httpx2

    inner = cast("httpx2.SyncByteStream", response.stream)  # of a synchronous client
    connection = response.extensions.get("network_stream")
    late = threading.Event()

    def cut() -> None:
        late.set()
        raw = connection.get_extra_info("socket") if connection is not None else None
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)

    class Bounded(httpx2.SyncByteStream):
        """The body, until the deadline."""

        def __init__(self) -> None:
            self.timer = threading.Timer(max(0.0, limit - time.monotonic()), cut)
            self.timer.daemon = True
            self.timer.start()

        def __iter__(self) -> Iterator[bytes]:
            received = 0
            try:
                for block in inner:
                    received += len(block)
                    if received > MAX_BODY_BYTES:
                        raise EndpointResponseError(
                            f"A model server sent more than {MAX_BODY_BYTES:,} bytes",
                            fix="Check OPENAI_BASE_URL.",
                        )
                    yield block
            except httpx2.TransportError:
                if not late.is_set():
                    raise
            if late.is_set():
                raise httpx2.ReadTimeout("the reply was not complete in time")

        def close(self) -> None:
            self.timer.cancel()
            inner.close()

    return Bounded()
