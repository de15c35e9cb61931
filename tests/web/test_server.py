"""The server listens where it may, says what it serves, and keeps the page to itself."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from rag.errors import ServeError, SettingsError
from rag.settings import Settings
from rag.web.desk import Desk
from rag.web.server import address, listen
from tests.shipped import ROOT
from tests.web.conftest import Served
from tests.web.scripted_newsroom import ScriptedNewsroom

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the address whose use is tested


def test_a_port_in_use_is_an_error_that_names_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"port {port}: Address already in use.*--port"):
            listen(Settings.load(port=port))


@pytest.mark.parametrize("host", [EVERYWHERE, "192.0.2.1", "::", "example.org"])
def test_nothing_listens_beyond_loopback_without_a_key(host: str) -> None:
    with pytest.raises(SettingsError, match="GROUNDWIRE_API_KEY"):
        listen(Settings.load(host=host, port=0))


def test_with_a_key_it_may_listen_everywhere() -> None:
    listener = listen(Settings.load(host=EVERYWHERE, port=0, api_key="secret"))
    try:
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def test_the_page_may_load_from_its_own_origin_only(served: Served) -> None:
    response = httpx2.get(served.url)

    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"


def test_every_response_has_a_request_id_and_a_sane_one_is_kept(served: Served) -> None:
    own = httpx2.get(served.url, headers={"X-Request-ID": "mine-1"})
    other = httpx2.get(served.url, headers={"X-Request-ID": "a <b>"})

    assert own.headers["x-request-id"] == "mine-1"
    assert len(other.headers["x-request-id"]) == 16


def test_a_page_of_another_site_can_change_nothing(
    served: Served, newsroom: ScriptedNewsroom
) -> None:
    article = newsroom.stored[0].article_id
    elsewhere = {"Origin": "https://evil.example"}
    refused = httpx2.delete(f"{served.url}/v1/articles/{article}", headers=elsewhere)
    files = {"files": ("a.txt", b"Planted.")}
    planted = httpx2.post(f"{served.url}/v1/articles", files=files, headers=elsewhere)

    assert (refused.status_code, planted.status_code) == (403, 403)
    assert refused.json()["code"] == "other_site"
    assert len(newsroom.stored) == 2
    own = httpx2.delete(f"{served.url}/v1/articles/{article}", headers={"Origin": served.url})
    assert own.status_code == 204


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "localhost.evil.example"])
def test_another_name_that_points_here_is_refused(served: Served, host: str) -> None:
    assert httpx2.get(f"{served.url}/v1/articles", headers={"Host": host}).status_code == 403


def test_every_name_of_this_machine_is_let_in(served: Served) -> None:
    port = served.url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", f"localhost:{port}", f"[::1]:{port}"):
        answer = httpx2.get(f"{served.url}/v1/health", headers={"Host": host})
        assert answer.status_code == 200


def test_with_a_key_the_page_asks_for_it(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom), api_key="secret")
    with httpx2.Client(base_url=site.url, follow_redirects=True) as client:
        assert client.get("/config").status_code == 401
        wrong = client.post("/login", data={"username": "me", "password": "guess"})
        assert wrong.status_code == 400
        right = client.post("/login", data={"username": "me", "password": "secret"})
        assert right.status_code == 200
        assert client.get("/config").status_code == 200


def test_gradio_is_told_to_send_nothing_before_it_is_imported() -> None:
    code = (
        "import os, sys, rag.web; assert 'gradio' not in sys.modules;"
        "print(os.environ['GRADIO_ANALYTICS_ENABLED'], os.environ['HF_HUB_DISABLE_TELEMETRY'])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.split() == ["False", "1"]


def test_the_command_line_explains_itself_with_an_example() -> None:
    told = subprocess.run([sys.executable, "app.py", "--help"], capture_output=True, text=True)

    assert told.returncode == 0
    assert "example: python app.py --corpus" in told.stdout


def test_the_command_line_says_an_error_in_one_line() -> None:
    told = subprocess.run(
        [sys.executable, "app.py", "--host", EVERYWHERE, "--no-browser"],
        capture_output=True,
        text=True,
    )

    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "GROUNDWIRE_API_KEY" in told.stderr


@pytest.mark.slow
def test_what_no_reader_of_the_chat_needs_is_not_loaded_at_the_start(tmp_path: Path) -> None:
    code = (
        "import sys; from rag.settings import Settings; from rag.web.desk import Desk\n"
        "from rag.web.server import create_app\n"
        f"create_app(Desk(lambda _: None), Settings.load(home={str(tmp_path)!r}))\n"
        "assert 'gradio' in sys.modules; assert 'mcp.server' not in sys.modules\n"
        "import mcp.server"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, text=True)
    assert done.returncode == 0, done.stderr
