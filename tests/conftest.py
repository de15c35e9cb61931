"""Fixtures shared by all suites. Sockets other than loopback are blocked everywhere."""

from __future__ import annotations

import functools
import gc
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpcore2
import hypothesis
import pytest
from pytest_socket import socket_allow_hosts

from tests.fake_endpoint import FakeEndpoint

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.conftest import Served

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"

# Tests that start the whole server, and those that parse the same sentences.
TOGETHER = {
    "tests/web/": "server",
    "tests/docs/": "server",
    "tests/check/": "parser",
    "tests/answering/": "parser",
    "tests/test_newsroom.py": "parser",
}

# How long an example takes says how busy the machine is, not whether the code is right. `.ci/run`
# sets CI and has a property hold for four times as many.
EXAMPLES = 100 if os.environ.get("CI") else 25
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")

# Each HTTP client reads all certificates anew, 50 ms of processor time; the tests make thousands of
# clients, all on loopback.
httpcore2.default_ssl_context = functools.cache(httpcore2.default_ssl_context)

# Where Python may keep no bytecode beside its files, each process of the tests would compile every
# library anew, some 14 s of processor time for a worker: they keep it in pytest's own folder.
if sys.dont_write_bytecode:
    sys.pycache_prefix = str(Path(__file__).resolve().parent.parent / ".pytest_cache" / "bytecode")
    sys.dont_write_bytecode = False
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would the programs
# that they try it on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two at a time in the quick suite, where no test needs the machine for itself; else one.

    More would pay off little: each holds a whole server and a gigabyte.
    """
    quick = config.getoption("markexpr") in config.getini("addopts")
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return min(2, os.cpu_count() or 1) if quick and everything else 0


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """What shares a server, or the English parser and what it has read, goes to one process."""
    from xdist.scheduler import LoadFileScheduling

    class ByWhatIsShared(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return next((TOGETHER[it] for it in TOGETHER if file.startswith(it)), file)

    return ByWhatIsShared(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported stays: looking through it for garbage was an eighth of collecting."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def _nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nowhere")


@pytest.fixture(autouse=True)
def _no_settings_from_this_machine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _nowhere: Path
) -> None:
    """A home of the test's own in `tmp_path`; most tests need neither and make no folder."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    has_folder = "tmp_path" in request.fixturenames
    folder = request.getfixturevalue("tmp_path") if has_folder else _nowhere / secrets.token_hex(8)
    monkeypatch.setenv("GROUNDWIRE_HOME", str(folder / "home"))


@pytest.fixture(autouse=True)
def _short_pauses(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that fails on purpose needs no seconds to recover: it is asked again at once."""
    if request.node.get_closest_marker("faults"):
        return
    for name, pause in (
        ("rag.models.trying", "FIRST_PAUSE_S"),
        ("openai._base_client", "INITIAL_RETRY_DELAY"),
    ):
        if module := sys.modules.get(name):
            monkeypatch.setattr(module, pause, 0.01)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[FakeEndpoint]:
    """A model that copies what it reads about the shipped articles."""
    from tests.shipped import copying  # here, for a run of a few tests need not load it

    with FakeEndpoint(reply=copying) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def site(endpoint: FakeEndpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole server on the shipped articles; whoever changes them puts them back."""
    from rag.settings import Settings
    from rag.web.opening import open_desk
    from tests.web.conftest import serving, wait_until

    home = tmp_path_factory.mktemp("real") / "home"
    given = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}
    desk = open_desk(Settings.load(home=home, **given), samples=True)
    with serving(desk, home, **given) as site:
        wait_until(lambda: desk.ready or desk.error, timeout_s=240)  # the machine may be busy
        assert desk.error is None
        yield site


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that nobody kills."""
    from tests.index.servers import postgresql_server

    with postgresql_server() as url:
        yield url


@pytest.fixture
def database_url(database_server: str) -> str:
    """The URL of an empty database of the test's own."""
    import psycopg

    name = f"test{secrets.token_hex(8)}"
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{database_server.removesuffix('postgres')}{name}"


@pytest.fixture
def seeds() -> Path:
    """The folder of real reports that lies beside the project; skips where it is absent."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("needs the real reports in ../shared/seeds")
    return folder


@pytest.fixture
def development_data() -> Path:
    """The folder of labelled third-party data; skips where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs the labelled data in ../shared/data")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=20_000)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe(pytestconfig: pytest.Config) -> Path:
    """The axe-core script from its npm package; skips where it cannot be had."""
    folder = pytestconfig.cache.mkdir("axe-core")
    script = folder / "package" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("axe-core needs npm")
        fetched = subprocess.run(
            [npm, "pack", "axe-core@4", "--silent"], cwd=folder, capture_output=True, text=True
        )
        if fetched.returncode != 0:
            pytest.skip("npm could not fetch axe-core")
        shutil.unpack_archive(folder / fetched.stdout.split()[-1], folder)
    return script
