from __future__ import annotations

from typing import get_args

from rag.check.rules import Reason
from rag.web.turn import REASONS


def test_every_reason_has_words_for_readers() -> None:
    assert set(REASONS) == set(get_args(Reason))
