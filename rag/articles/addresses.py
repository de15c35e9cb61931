"""Web addresses: what one looks like, and which machines behind it may be spoken to.

A link in a feed or a redirect is written by strangers. Invariant: unless it is allowed, nothing is
ever connected to but a public address, whatever name or notation it hides behind.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from rag.errors import ArticleError, PrivateAddressError

MAX_ADDRESS_CHARS = 2_000
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
MayConnect = Callable[[IPAddress], bool]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_KEPT_AS_WRITTEN = "/%:=&?~+!$,;'@()*[]|"
_PORTS = {"http": 80, "https": 443}


def is_web_address(path: Path | str) -> bool:
    """True for what is meant as an address and not as a path, whether it can be read or not.

    >>> is_web_address("https://example.org/a"), is_web_address("articles/a.html")
    (True, False)
    """
    return isinstance(path, str) and bool(re.match(r"[A-Za-z][\w+.-]*://", path))


def normalised(address: str, base: str | None = None) -> str:
    """An address in its one form, without a fragment: the identity of what is read there.

    Raises ArticleError for what is no http(s) address, or carries a user name.

    >>> normalised("../b?q=é#top", "HTTPS://Example.org:443/news/a")
    'https://example.org/b?q=%C3%A9'
    """
    try:
        parts = urlsplit(urljoin(base or "", address.strip()))
        host, port = parts.hostname or "", parts.port
        name = host if ":" in host else host.encode("idna").decode("ascii").lower()
    except ValueError:
        raise _no_address(address) from None
    if (
        parts.scheme not in _PORTS
        or not name
        or parts.username is not None
        or len(address) > MAX_ADDRESS_CHARS
        or re.search(r"[\x00-\x20\x7f]", name)
    ):
        raise _no_address(address)
    place = f"[{name}]" if ":" in name else name
    if port is not None and port != _PORTS[parts.scheme]:
        place += f":{port}"
    path, query = (quote(part, safe=_KEPT_AS_WRITTEN) for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, place, path or "/", query, ""))


def is_public(ip: IPAddress) -> bool:
    """True for an address on the internet, also where it is wrapped in another.

    >>> is_public(ipaddress.ip_address("::ffff:127.0.0.1"))
    False
    """
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if wrapped is not None:
            return is_public(wrapped)
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def anywhere(_ip: IPAddress) -> bool:
    """True: for those who fetch from their own network."""
    return True


def reachable(host: str, port: int, resolve: Resolve, may_connect: MayConnect) -> list[str]:
    """The addresses of a name that may be connected to.

    Raises PrivateAddressError when there is none, OSError when there is no such name.
    """
    found = resolve(host, port)
    allowed = [ip for ip in found if may_connect(ipaddress.ip_address(ip.split("%")[0]))]
    if not allowed:
        raise PrivateAddressError(
            f"{host} is on this machine or its own network",
            fix="Set GROUNDWIRE_FETCH_PRIVATE=true if you trust the address.",
        )
    return allowed


def _no_address(address: str) -> ArticleError:
    return ArticleError(
        f"{address[:200]!r} is not a web address that can be read",
        fix="Write it as https://example.org/page, without a user name.",
    )
