"""Fixtures shared by all suites. Sockets other than loopback are blocked everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_settings_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GROUNDWIRE_HOME", str(tmp_path / "home"))


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
