from __future__ import annotations

import gzip
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rag.articles.addresses import IPAddress, anywhere, is_public
from rag.articles.fetching import Fetcher
from rag.articles.limits import Limits
from rag.errors import FetchError, PageGoneError, PrivateAddressError
from tests.articles.news_server import NewsSite, Reply, html, news_site, page, reply

LIMITS = Limits(file_bytes=100_000)


@pytest.fixture(scope="module")
def shared_site() -> Iterator[NewsSite]:
    with news_site() as site:
        yield site


@pytest.fixture
def site(shared_site: NewsSite) -> NewsSite:
    shared_site.replies = {"/a": html(page("Oban"), ETag='"1"', Last_Modified="yesterday")}
    shared_site.asked.clear()
    shared_site.drip_s = 0.0
    return shared_site


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(LIMITS, may_connect=anywhere, pause_s=0.0, timeout_s=20.0) as opened:
        yield opened


def test_a_page_comes_with_its_type_and_marks(site: NewsSite, fetcher: Fetcher) -> None:
    found = fetcher.get(site.url("/a#part"))
    assert found is not None
    assert (found.address, found.kind, found.charset) == (site.url("/a"), "text/html", "utf-8")
    assert (found.content, found.etag, found.last_modified) == (page("Oban"), '"1"', "yesterday")


def test_we_say_who_we_are(site: NewsSite, fetcher: Fetcher) -> None:
    fetcher.get(site.url("/a"))
    assert all(headers["user-agent"].startswith("Groundwire") for _, headers in site.asked)
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a"]


def test_a_page_that_has_not_changed_is_not_sent_again(site: NewsSite, fetcher: Fetcher) -> None:
    site.replies["/a"] = lambda headers: (
        reply(304) if headers["If-None-Match"] == '"1"' else html(page("Oban"))
    )
    assert fetcher.get(site.url("/a"), etag='"1"') is None
    assert fetcher.get(site.url("/a"), etag='"0"') is not None


def test_a_mark_that_cannot_be_sent_back_is_not_kept(site: NewsSite, fetcher: Fetcher) -> None:
    site.replies["/a"] = html(page("Oban"), ETag='"\xe9"', Last_Modified="x" * 1_000)
    found = fetcher.get(site.url("/a"))
    assert found is not None
    assert (found.etag, found.last_modified) == (None, None)


def test_private_addresses_are_refused_unless_allowed(site: NewsSite) -> None:
    with Fetcher(LIMITS) as strict:
        for address in (site.url("/a"), site.url("/a").replace("127.0.0.1", "localhost")):
            with pytest.raises(PrivateAddressError, match="GROUNDWIRE_FETCH_PRIVATE") as caught:
                strict.get(address)
            assert caught.value.problem.startswith(f"{address} is not fetched")
    assert site.asked == []


def test_a_redirect_to_a_private_address_is_refused(site: NewsSite) -> None:
    def resolve(host: str, port: int) -> list[str]:
        return {"public.example": ["127.0.0.1"], "inner.example": ["10.0.0.1"]}[host]

    def loopback_stands_for_the_internet(ip: IPAddress) -> bool:
        return ip.is_loopback or is_public(ip)

    port = site.address.rsplit(":", 1)[1]
    site.replies["/to"] = reply(302, Location=f"http://inner.example:{port}/a")
    with (
        Fetcher(
            LIMITS, resolve=resolve, may_connect=loopback_stands_for_the_internet, pause_s=0
        ) as strict,
        pytest.raises(PrivateAddressError, match=r"inner\.example is on this machine"),
    ):
        strict.get(f"http://public.example:{port}/to")
    assert site.paths() == ["/to"]


def test_the_address_that_was_checked_is_the_one_connected_to(site: NewsSite) -> None:
    """A name that means another machine a moment later (DNS rebinding) gains nothing."""
    looked_up = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    port = site.address.rsplit(":", 1)[1]
    before = site.connections
    with Fetcher(LIMITS, resolve=resolve, may_connect=anywhere, pause_s=0) as fetcher:
        found = fetcher.get(f"http://unknown-to-the-system.example:{port}/a")
    assert found is not None
    assert site.asked[0][1]["host"] == f"unknown-to-the-system.example:{port}"
    assert len(looked_up) == site.connections - before


def test_a_certificate_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    if not (openssl := shutil.which("openssl")):
        pytest.skip("needs openssl to make a certificate")
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=news"
    names = ["-addext", "subjectAltName=DNS:news.example"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, *options.split(), *names, *files], check=True, capture_output=True)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate, key)
    ours = ssl.create_default_context(cafile=str(certificate))
    with (
        news_site(theirs) as site,
        Fetcher(
            LIMITS, resolve=lambda *_: ["127.0.0.1"], may_connect=anywhere, ssl_context=ours
        ) as fetcher,
    ):
        site.replies["/a"] = html(page("Oban"))
        port = site.address.rsplit(":", 1)[1]
        found = fetcher.get(f"https://news.example:{port}/a")
        assert found is not None
        assert found.content == page("Oban")
        with pytest.raises(FetchError, match=r"cannot be reached: .*certificate"):
            fetcher.get(f"https://other.example:{port}/a")


def test_redirects_are_followed_and_each_is_looked_at(site: NewsSite, fetcher: Fetcher) -> None:
    site.replies["/old"] = reply(301, Location="a")
    found = fetcher.get(site.url("/old"))
    assert found is not None
    assert found.address == site.url("/a")
    site.replies["/file"] = reply(302, Location="file:///etc/passwd")
    with pytest.raises(FetchError, match="leads to no web address"):
        fetcher.get(site.url("/file"))
    site.replies["/round"] = reply(302, Location="/round")
    with pytest.raises(FetchError, match="redirected more than 5 times"):
        fetcher.get(site.url("/round"))


def test_what_robots_txt_forbids_is_not_asked_for(site: NewsSite, fetcher: Fetcher) -> None:
    site.replies["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /private/*.html$\n")
    site.replies["/private/a.html"] = html(page("Oban"))
    site.replies["/to"] = reply(302, Location="/private/a.html")
    for path in ("/private/a.html", "/to"):
        with pytest.raises(FetchError, match=r"robots\.txt of .* forbids it"):
            fetcher.get(site.url(path))
    assert site.paths() == ["/to"]
    assert fetcher.get(site.url("/a")) is not None


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_where_robots_txt_is_not_to_be_had_nothing_is_read(
    site: NewsSite, fetcher: Fetcher, status: int
) -> None:
    site.replies["/robots.txt"] = reply(status)
    with pytest.raises(FetchError, match="not to be had"):
        fetcher.get(site.url("/a"))
    assert site.paths() == []


def test_robots_txt_can_ask_for_a_pause(site: NewsSite, fetcher: Fetcher) -> None:
    site.replies["/robots.txt"] = reply(200, b"User-agent: Groundwire\nCrawl-delay: 0.5\n")
    fetcher.get(site.url("/a"))
    begun = time.monotonic()
    fetcher.get(site.url("/a"))
    assert time.monotonic() - begun >= 0.4


def test_a_page_larger_than_allowed_is_given_up(site: NewsSite, fetcher: Fetcher) -> None:
    site.replies["/large"] = html(b"x" * 100_001)
    site.replies["/endless"] = html(b"x" * 300_000, Content_Length="300000")
    for path in ("/large", "/endless"):
        with pytest.raises(FetchError, match="larger than 100,000 bytes"):
            fetcher.get(site.url(path))


def test_a_small_page_that_unpacks_to_a_large_one_is_given_up(
    site: NewsSite, fetcher: Fetcher
) -> None:
    packed = gzip.compress(b"x" * 50_000_000)
    assert len(packed) < 60_000
    site.replies["/bomb"] = html(packed, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="larger than 100,000 bytes"):
        fetcher.get(site.url("/bomb"))
    site.replies["/packed"] = html(gzip.compress(page("Oban")), Content_Encoding="gzip")
    found = fetcher.get(site.url("/packed"))
    assert found is not None
    assert found.content == page("Oban")
    site.replies["/cut"] = html(gzip.compress(page("Oban"))[:-20], Content_Encoding="gzip")
    with pytest.raises(FetchError, match="packed wrongly"):
        fetcher.get(site.url("/cut"))
    site.replies["/odd"] = html(b"x", Content_Encoding="br")
    with pytest.raises(FetchError, match="packed as 'br'"):
        fetcher.get(site.url("/odd"))


def test_a_page_that_drips_is_given_up_in_time(site: NewsSite) -> None:
    with Fetcher(LIMITS, may_connect=anywhere, pause_s=0, timeout_s=1.5) as hasty:
        hasty.get(site.url("/a"))
        site.drip_s = 0.05
        begun = time.monotonic()
        with pytest.raises(FetchError, match=r"was not there in 1\.5 s"):
            hasty.get(site.url("/a"))
        assert time.monotonic() - begun < 6


def test_a_page_has_one_end_in_time_over_all_sites_that_it_is_redirected_through(
    site: NewsSite,
) -> None:
    def late(headers: Mapping[str, str]) -> Reply:
        time.sleep(0.8)
        return reply(302, Location=f"http://b.example:{port}/to")

    def later(headers: Mapping[str, str]) -> Reply:
        time.sleep(0.8)
        return html(page("Oban"))

    port = site.address.rsplit(":", 1)[1]
    site.replies |= {"/from": late, "/to": later}
    with (
        Fetcher(
            LIMITS,
            resolve=lambda *_: ["127.0.0.1"],
            may_connect=anywhere,
            pause_s=0,
            timeout_s=1.2,
        ) as hasty,
        pytest.raises(FetchError, match=r"was not there in 1\.2 s"),
    ):
        hasty.get(f"http://a.example:{port}/from")


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (404, PageGoneError, "is not there"),
        (410, PageGoneError, "is not there"),
        (402, FetchError, "not for everyone"),
        (418, FetchError, "status 418"),
        (503, FetchError, "status 503. Try again in 30 s"),
    ],
)
def test_a_refusal_is_told_with_its_reason(
    site: NewsSite, fetcher: Fetcher, status: int, kind: type[FetchError], said: str
) -> None:
    site.replies["/b"] = reply(status, Retry_After="30")
    with pytest.raises(kind, match=said) as caught:
        fetcher.get(site.url("/b"))
    assert site.url("/b") in caught.value.problem


def test_a_site_that_keeps_failing_is_left_alone(site: NewsSite, fetcher: Fetcher) -> None:
    for number in range(5):
        site.replies[f"/{number}"] = reply(500)
        with pytest.raises(FetchError):
            fetcher.get(site.url(f"/{number}"))
    assert site.paths() == ["/0", "/1", "/2"]


def test_robots_txt_itself_can_be_asked_for(site: NewsSite, fetcher: Fetcher) -> None:
    site.replies["/robots.txt"] = reply(200, b"User-agent: *", Content_Type="text/plain")
    found = fetcher.get(site.url("/robots.txt"))
    assert found is not None
    assert found.content == b"User-agent: *"


def test_a_server_that_is_not_there_is_an_error(fetcher: Fetcher) -> None:
    with news_site() as gone:
        address = gone.url("/a")
    with pytest.raises(FetchError) as caught:
        fetcher.get(address)
    assert caught.value.fix
