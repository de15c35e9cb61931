"""Settings show no secret, however they are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError, StoreError
from rag.index.vectors import VectorIndex
from rag.models.failures import Server
from rag.settings import Settings

SECRET = "canary-91"
WITH_SECRETS = {
    "api_key": SECRET,
    "openai_api_key": SECRET,
    "openai_base_url": f"http://me:{SECRET}@127.0.0.1:9/v1",
    "database_url": f"postgresql+psycopg://me:{SECRET}@127.0.0.1:9/news",
    "chroma_url": f"http://me:{SECRET}@127.0.0.1:9",
}


def test_no_representation_holds_a_key_or_a_password(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path, **WITH_SECRETS)
    server = Server(WITH_SECRETS["openai_base_url"], "m", 1.0, SECRET)
    for shown in (repr(settings), str(settings), f"{settings}", repr(server), server.shown):
        assert SECRET not in shown
    assert "me:********@127.0.0.1:9/news" in repr(settings)
    assert settings.database_url == WITH_SECRETS["database_url"]


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path, chroma_url=WITH_SECRETS["chroma_url"])
    with pytest.raises(StoreError, match="does not answer") as refused:
        VectorIndex.open(settings)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("GROUNDWIRE_CHORMA_URL", "GROUNDWIRE_CHROMA_URL"),
        ("GROUNDWIRE_PROT", "GROUNDWIRE_PORT"),
        ("GROUNDWIRE_OPENAI_API_KEY", "OPENAI_API_KEY"),
    ],
)
def test_a_misspelt_variable_is_named_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, variable: str, nearest: str
) -> None:
    monkeypatch.setenv(variable, "8080")
    with pytest.raises(SettingsError, match=f"{variable} is no setting; the nearest is {nearest}"):
        Settings.load()


def test_variables_that_resemble_no_setting_pass(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # As Kubernetes sets them for a service that is called groundwire.
    monkeypatch.setenv("GROUNDWIRE_SERVICE_HOST", "10.0.0.7")
    monkeypatch.setenv("GROUNDWIRE_PORT_7860_TCP_ADDR", "10.0.0.7")
    assert Settings.load(home=tmp_path).home == tmp_path
