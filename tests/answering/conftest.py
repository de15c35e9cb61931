"""One room for all tests that ask and change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.answering.room import Room, opened


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with opened(tmp_path_factory.mktemp("room")) as made:
        yield made
