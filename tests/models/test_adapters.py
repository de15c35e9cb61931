"""Which adapter a server holds."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from rag.models import adapters
from rag.models.adapters import Adapter, number_of


def test_a_server_that_could_not_be_reached_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask() -> int | None:
        asked.append("asked")
        if len(asked) == 1:
            raise httpx2.ConnectError("refused")
        return 2

    adapter = Adapter(ask)
    assert (adapter.number, adapter.number) == (None, None)
    assert len(asked) == 1, "not with every request"

    monkeypatch.setattr(adapters, "PAUSE_S", 0.0)
    patient = Adapter(ask)
    asked.clear()
    assert (patient.number, patient.number, patient.number) == (None, 2, 2)
    assert len(asked) == 2


@pytest.mark.parametrize(
    "listed",
    [
        [],
        {"error": {"code": 404}},
        "page",
        [None, 3, {"id": 0}, {"id": 0, "path": None}, {"path": "locator.gguf"}],
        [{"id": "0", "path": "locator.gguf"}],
        [{"id": 0, "path": "my-locator.gguf"}],
    ],
)
def test_no_list_of_adapters_names_none(listed: Any) -> None:
    assert number_of("locator.gguf", listed) is None


def test_a_path_of_another_system_is_understood() -> None:
    assert number_of("locator.gguf", [{"id": 4, "path": r"C:\models\locator.gguf"}]) == 4
