"""Connections to checked addresses only, each with an end in time.

The layer below HTTP and TLS: here the address that was checked is the one connected to, so a name
that means another machine a moment later gains nothing, and a server that sends a byte now and
then holds nobody up. Certificates are still checked against the name.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

from rag.articles.addresses import MayConnect, Resolve, reachable

CONNECT_S = 10.0
_CHUNK = 65_536


class Network(httpcore2.NetworkBackend):
    """Connects to checked addresses only; every wait ends at `deadline` at the latest."""

    def __init__(self, resolve: Resolve, may_connect: MayConnect) -> None:
        self._resolve = resolve
        self._may_connect = may_connect
        self._tcp = httpcore2.SyncBackend()
        self.deadline = 0.0

    def left(self, timeout: float | None) -> float:
        """Seconds that one step may take. Raises TimeoutError when none are left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        places = reachable(host, port, self._resolve, self._may_connect)
        for number, place in enumerate(places, start=1):
            try:
                stream = self._tcp.connect_tcp(
                    place, port, self.left(CONNECT_S), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(places):
                    raise
            else:
                return _Stream(stream, self)
        raise AssertionError("reachable gives one address or raises")


class _Stream(httpcore2.NetworkStream):
    """A connection whose every wait ends at the network's deadline."""

    def __init__(self, inner: httpcore2.NetworkStream, network: Network) -> None:
        self._inner = inner
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(min(max_bytes, _CHUNK), self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._network.left(timeout))
        return _Stream(inner, self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
