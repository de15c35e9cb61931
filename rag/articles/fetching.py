"""One web page at a time, politely and within bounds.

Invariants: each connection goes to an address that was checked right before, never to a name that
could mean another machine a moment later; redirects are checked like first addresses; what
robots.txt forbids is not asked for; and size, unpacked size, redirects and time all have an end.
"""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import httpcore2

from rag.articles.addresses import MayConnect, Resolve, is_public, normalised, resolved
from rag.articles.connecting import Network
from rag.articles.extraction import extract
from rag.articles.limits import Limits
from rag.closing import Closing
from rag.errors import ArticleError, FetchError, PageGoneError, PrivateAddressError

USER_AGENT = "Groundwire (reads articles at its user's request; follows robots.txt)"
MAX_REDIRECTS = 5
MAX_FAILURES = 3
MAX_ROBOTS_BYTES = 500_000
PAUSE_S = 1.0
MAX_PAUSE_S = 10.0
_MAX_MARK_CHARS = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """What was fetched. `address` is where it was found in the end; `kind` is the media type."""

    address: str
    kind: str
    charset: str | None
    content: bytes
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class _Response:
    status: int
    headers: Mapping[str, str]
    content: bytes


class Fetcher(Closing):
    """Fetches pages; close it, or use it in a `with`. For one thread at a time."""

    def __init__(
        self,
        limits: Limits,
        *,
        timeout_s: float = 30.0,
        may_connect: MayConnect = is_public,
        pause_s: float = PAUSE_S,
        resolve: Resolve = resolved,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._timeout_s = timeout_s
        self._pause_s = pause_s
        self._network = Network(resolve, may_connect)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            network_backend=self._network,
            max_connections=4,
            keepalive_expiry=15.0,
        )
        self._rules: dict[str, bytes | None] = {}  # robots.txt by site; None: not to be had
        self._last_asked: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def get(
        self, address: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Page | None:
        """The page at `address`; None when it is still the one that `etag` or the day names.

        Raises FetchError and its kinds, each naming `address`.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        site = urlsplit(normalised(address)).netloc
        if self._failures.get(site, 0) >= MAX_FAILURES:
            raise FetchError(
                f"{address} is not asked for: {site} failed {MAX_FAILURES} times in a row",
                fix="Try again later.",
                retryable=True,
            )
        try:
            found, where = self._follow(
                address, headers, self._limits.file_bytes, address, polite=True
            )
            if found.status == HTTPStatus.NOT_MODIFIED and headers:
                return None
            _raise_for(found, address)
        except FetchError as error:
            self._failures[site] = self._failures.get(site, 0) + 1 if error.retryable else 0
            raise
        self._failures[site] = 0
        said = found.headers.get("content-type", "")
        charset = _CHARSET.search(said)
        return Page(
            address=where,
            kind=said.split(";")[0].strip().lower(),
            charset=charset[1] if charset else None,
            content=found.content,
            etag=_mark(found.headers.get("etag")),
            last_modified=_mark(found.headers.get("last-modified")),
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _follow(
        self, start: str, headers: Mapping[str, str], max_bytes: int, address: str, *, polite: bool
    ) -> tuple[_Response, str]:
        """The response at the end of the redirects from `start`, and where that was.

        `start` is the `address` asked for, or a robots.txt on its way, which is not `polite`.
        """
        where = normalised(start)
        self._network.deadline = time.monotonic() + self._timeout_s
        for _ in range(MAX_REDIRECTS + 1):
            if polite:
                self._ask_leave(where, address)
            found = self._request(where, headers, max_bytes, address)
            target = found.headers.get("location")
            if found.status not in _REDIRECTS or not target:
                return found, where
            try:
                where = normalised(target, where)
            except ArticleError as error:
                raise FetchError(
                    f"{address} leads to no web address: {error.problem}", fix=error.fix
                ) from None
        raise FetchError(
            f"{address} is redirected more than {MAX_REDIRECTS} times",
            fix="Give the address of the page itself.",
        )

    def _ask_leave(self, where: str, address: str) -> None:
        """Return when robots.txt allows `where` and its pause is over. Raises FetchError."""
        parts = urlsplit(where)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            begun, deadline = time.monotonic(), self._network.deadline
            self._rules[site] = self._ask_rules(site, address)
            self._network.deadline = deadline + time.monotonic() - begun
        text = self._rules[site]
        pause = self._pause_s
        if text is None:
            raise FetchError(
                f"{address} is not read: {site}/robots.txt is not to be had", fix="Try again later."
            )
        if text.strip():
            found = extract("robots", text, where=site, limits=self._limits, address=where)
            if not found["allowed"]:
                raise FetchError(
                    f"{address} is not read: robots.txt of {parts.netloc} forbids it",
                    fix="Save the page yourself and add the file.",
                )
            pause = max(pause, min(found["delay"], MAX_PAUSE_S))
        last = self._last_asked.get(site)
        if last is not None and (wait := last + pause - time.monotonic()) > 0:
            time.sleep(wait)
            self._network.deadline += wait
        self._last_asked[site] = time.monotonic()

    def _ask_rules(self, site: str, address: str) -> bytes | None:
        """A site without a robots.txt allows everything; one that fails to say, nothing."""
        robots = f"{site}/robots.txt"
        found, _ = self._follow(robots, {}, MAX_ROBOTS_BYTES, address, polite=False)
        if found.status == HTTPStatus.OK:
            return found.content
        refused = found.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
        return None if refused or found.status >= 500 else b""

    def _request(
        self, where: str, headers: Mapping[str, str], max_bytes: int, address: str
    ) -> _Response:
        parts = urlsplit(where)
        url = httpcore2.URL(
            scheme=parts.scheme,
            host=parts.hostname or "",
            port=parts.port,
            target=parts.path + (f"?{parts.query}" if parts.query else ""),
        )
        sent = {
            "Host": parts.netloc,
            "User-Agent": USER_AGENT,
            "Accept": "text/html, application/xhtml+xml, application/atom+xml, "
            "application/rss+xml, application/pdf, text/plain, */*;q=0.5",
            "Accept-Encoding": "gzip, identity",
            **headers,
        }
        try:
            with self._pool.stream("GET", url, headers=list(sent.items())) as response:
                got = {
                    name.decode("latin-1").lower(): value.decode("utf-8", "replace")
                    for name, value in response.headers
                }
                body = b""
                if response.status == HTTPStatus.OK:
                    body = _bounded(response.iter_stream(), got, max_bytes, address)
                return _Response(response.status, got, body)
        except PrivateAddressError as error:
            raise PrivateAddressError(
                f"{address} is not fetched: {error.problem}", fix=error.fix
            ) from None
        except (httpcore2.TimeoutException, TimeoutError):
            raise FetchError(
                f"{address} was not there in {self._timeout_s:g} s",
                fix="Try again later, or raise GROUNDWIRE_FETCH_TIMEOUT_S.",
                retryable=True,
            ) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise FetchError(
                f"{address} cannot be reached: {error or type(error).__name__}",
                fix="Check the address and the connection.",
                retryable=True,
            ) from None


def _mark(value: str | None) -> str | None:
    """A mark of a page's state that can be sent back as it came."""
    return value if value and value.isascii() and len(value) <= _MAX_MARK_CHARS else None


def _raise_for(found: _Response, address: str) -> None:
    status = found.status
    if status == HTTPStatus.OK:
        return
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise PageGoneError(f"{address} is not there ({status})", fix="Check the address.")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN):
        raise FetchError(
            f"{address} is not for everyone ({status})",
            fix="Save the page yourself and add the file.",
        )
    later = found.headers.get("retry-after", "")
    raise FetchError(
        f"{address} answered with status {status}",
        fix=f"Try again in {later} s." if later.isdigit() else "Try again later.",
        retryable=status in (HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)),
    )


def _bounded(
    chunks: Iterable[bytes], headers: Mapping[str, str], max_bytes: int, address: str
) -> bytes:
    """The body, unpacked. Raises FetchError as soon as it is more than allowed."""
    too_large = FetchError(
        f"{address} is larger than {max_bytes:,} bytes", fix="Raise GROUNDWIRE_MAX_FILE_MB."
    )
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise too_large
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("gzip", "x-gzip", "deflate", "identity", ""):
        raise FetchError(
            f"{address} comes packed as {coding[:20]!r}, which was not asked for",
            fix="Save the page yourself and add the file.",
        )
    unpacker = zlib.decompressobj(wbits=47) if "gzip" in coding or coding == "deflate" else None
    body = bytearray()
    try:
        for chunk in chunks:
            left = max_bytes - len(body) + 1
            body += unpacker.decompress(chunk, left) if unpacker else chunk
            if len(body) > max_bytes:
                raise too_large
        if unpacker and not unpacker.eof:
            raise zlib.error
    except zlib.error:
        raise FetchError(f"{address} is packed wrongly", fix="Try again later.") from None
    return bytes(body)
