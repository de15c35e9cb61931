"""How often one client may ask for work: who asks more is told when to come again (429).

The line at the desk bounds how much is done at a time; this bounds how much of it one client gets,
and how fast anyone can guess the key. A client is an address, not the key that it sends: a
stranger would send another key each time.

Invariant: what is kept grows neither with the requests nor, beyond `MOST_CLIENTS`, with the
clients.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web.headers import READING, is_api
from rag.web.problems import TooManyRequestsError, refusal

MOST_CLIENTS = 10_000
FREE = frozenset({"/v1/health", "/v1/ready"})


class Allowance:
    """So many requests a minute for each client, all of them at once if it likes.

    >>> allowance = Allowance(2, now=lambda: 0.0)
    >>> [allowance.wait_s("a"), allowance.wait_s("a"), allowance.wait_s("a"), allowance.wait_s("b")]
    [0, 0, 30, 0]
    """

    def __init__(self, per_minute: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, client: str) -> int:
        """Take one request of `client`: 0, or the whole seconds until it may ask again."""
        now = self._now()
        left, then = self._left.pop(client, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - then) * self._per_minute / 60)
        allowed = left >= 1
        self._left[client] = (left - allowed, now)
        if len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) * 60 / self._per_minute)


class RateLimit:
    """ASGI middleware over everything but reading the page and asking whether we are well."""

    def __init__(self, app: ASGIApp, *, per_minute: int) -> None:
        self.app = app
        self._allowance = Allowance(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say when to come again."""
        if _is_work(scope) and (wait_s := self._allowance.wait_s(client_of(scope))):
            error = TooManyRequestsError(
                "This address asks for more than its share", fix=f"Try again in {wait_s} s."
            )
            response = refusal(scope, error)
            response.headers["Retry-After"] = str(wait_s)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_work(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"] in FREE:
        return False
    return is_api(scope) or scope["method"] not in READING


def client_of(scope: Scope) -> str:
    """Who asks: an address, of IPv6 the network, in which one client has as many as it likes.

    >>> client_of({"client": ("2001:db8::7", 50_000)}), client_of({"client": ("192.0.2.7", 1)})
    ('2001:db8::/64', '192.0.2.7')
    """
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))
