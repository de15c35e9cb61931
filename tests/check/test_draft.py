"""What a reader is told of a sentence of a draft."""

from __future__ import annotations

import pytest

from rag.check.draft import SAME_STORY, verdict_of
from rag.check.rules import Fails, Reason, Stands


@pytest.mark.parametrize(
    ("reason", "coverage", "denied", "verdict"),
    [
        ("number_not_in_source", 1.0, False, "contradicted"),
        ("not_stated", 1.0, False, "not_found"),
        ("not_stated", 1.0, True, "contradicted"),
        ("not_stated", SAME_STORY / 2, True, "not_found"),
    ],
)
def test_a_sentence_is_contradicted_by_its_own_story_alone(
    reason: Reason, coverage: float, denied: bool, verdict: str
) -> None:
    assert verdict_of(Fails(reason, "nine"), coverage, denied=denied) == verdict


def test_what_stands_is_supported_whatever_a_model_says() -> None:
    assert verdict_of(Stands(0.9), 0.2, denied=True) == "supported"
