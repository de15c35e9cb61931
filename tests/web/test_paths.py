"""No address that the server answers leads to a file that is not the page's own."""

from __future__ import annotations

import http.client
from pathlib import Path

import httpx2
import pytest

from tests.web.conftest import Served

SECRET = "canary-7f3a"
ROUTES = (
    "/gradio_api/file={path}",
    "/gradio_api/file/{path}",
    "/file={path}",
    "/gradio_api/stream/{path}",
    "/gradio_api/proxy=http://127.0.0.1:9/{path}",
    "/gradio_api/proxy={url}/gradio_api/file={path}",
    "/page/{up}{path}",
    "/page/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f{path}",
    "/assets/{up}{path}",
    "/static/{up}{path}",
    "/svelte/{up}{path}",
    "/custom_component/x/server/../{path}",
    "/v1/articles/{path}",
    "/v1/articles/..%2f..%2f{path}",
)


@pytest.mark.parametrize("route", ROUTES)
def test_no_path_in_an_address_is_read_from_the_disk(served: Served, route: str) -> None:
    """Sent as it is: a client library would straighten the dots out."""
    kept = served.home / "secret.txt"
    served.home.mkdir(exist_ok=True)
    kept.write_text(SECRET)
    filled = route.format(path=kept, up="../" * 12, url=served.url)
    connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=30)
    connection.request("GET", filled.replace(" ", "%20"))
    reply = connection.getresponse()
    said = reply.read().decode("utf-8", errors="replace")
    connection.close()
    assert SECRET not in said
    assert reply.status in {400, 401, 403, 404, 405, 422}


def test_what_an_upload_is_called_leads_nowhere_else(served: Served, tmp_path: Path) -> None:
    """The page's own way of uploading: kept in a folder of its own, by its last name alone."""
    elsewhere = tmp_path / "planted.txt"
    files = {"files": (f"../../../../../../../..{elsewhere}", b"Planted.")}
    reply = httpx2.post(f"{served.url}/gradio_api/upload", files=files, timeout=30)
    assert not elsewhere.exists()
    if reply.status_code == 200:
        [kept] = reply.json()
        assert Path(kept).name == "planted.txt"
        assert ".." not in kept
