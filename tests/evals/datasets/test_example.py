from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from evals.datasets.example import KINDS, UNANSWERABLE_KINDS, Example


def question(**changes: Any) -> Example:
    fields: dict[str, Any] = {"id": "q", "kind": "absent", "question": "Who?", "answerable": False}
    return Example.model_validate({**fields, **changes})


@pytest.mark.parametrize("kind", sorted(UNANSWERABLE_KINDS))
def test_unanswerable_kinds_cannot_be_marked_answerable(kind: str) -> None:
    assert kind in KINDS
    with pytest.raises(ValidationError, match="not answerable"):
        question(kind=kind, answerable=True)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "follow_up", "answerable": True}, "history"),
        ({"answers": [["14 May", ""]]}, "empty wording"),
        ({"answers": [[]]}, "empty wording"),
        ({"withheld": True}, "gold quotes to hide"),
        ({"kind": "riddle"}, "Input should be"),
        ({"anwsers": [["14 May"]]}, "Extra inputs"),
    ],
)
def test_a_question_whose_parts_disagree_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        question(**changes)
