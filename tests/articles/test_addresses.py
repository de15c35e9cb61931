from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from rag.articles.addresses import (
    anywhere,
    is_public,
    is_web_address,
    normalised,
    reachable,
    resolved,
)
from rag.errors import ArticleError, PrivateAddressError


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
        "2002:a00:1::", "2001:db8::1", "::7f00:1",
    ],
)  # fmt: skip
def test_no_address_of_this_machine_or_network_is_public(ip: str) -> None:
    assert not is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "ip", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808"]
)
def test_addresses_on_the_internet_are_public(ip: str) -> None:
    assert is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "::1", "0"]
)
def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    with pytest.raises(PrivateAddressError, match="on this machine or its own network"):
        reachable(host, 80, resolved, is_public)
    assert reachable(host, 80, resolved, anywhere)


def test_of_several_addresses_only_the_public_ones_are_used() -> None:
    def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.1", "93.184.216.34", "::1"]

    assert reachable("a", 80, resolve, is_public) == ["93.184.216.34"]


@pytest.mark.parametrize(
    "address",
    [
        "", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "https://",
        "https://user:secret@example.org/", "http://exa mple.org/", "http://[::1", "http://a:99999/",
        "http://" + "a" * 80 + ".org/", "https://example.org/" + "a" * 3_000, "gopher://example.org/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ArticleError, match="not a web address"):
        normalised(address)


@pytest.mark.parametrize("meant", ["https://a", "HTTP://a", "file:///etc/passwd", "ftp://a/b"])
def test_an_address_of_any_kind_is_not_taken_for_a_path(meant: str) -> None:
    assert is_web_address(meant)
    assert not is_web_address(Path(meant))


@pytest.mark.parametrize("meant", ["a.md", "/a/b", "C:\\news\\a.md", "../https:", "news:today"])
def test_a_path_is_not_taken_for_an_address(meant: str) -> None:
    assert not is_web_address(meant)


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a#b", "https://example.org/a"),
        ("http://example.org:8080/a b?q=ü", "http://example.org:8080/a%20b?q=%C3%BC"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
    ],
)
def test_an_address_has_one_form(written: str, one_form: str) -> None:
    assert normalised(written) == one_form
    assert normalised(one_form) == one_form
