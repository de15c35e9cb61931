"""Which bound leaves room for which number, and which says as much as which."""

from __future__ import annotations

import pytest

from rag.text.bounds import Bound, bound_of
from rag.text.figures import figures


def bound(text: str) -> Bound | None:
    (figure,) = figures(text)
    return bound_of(figure, text)


@pytest.mark.parametrize(
    ("text", "value", "allowed"),
    [
        ("at least 20 died", 22, True),
        ("deaths exceeded 20", 22, True),
        ("as many as 20 died", 22, False),  # "up to", in other words
        ("as few as 20 died", 18, False),
        ("an estimated 500 fled", 520, True),
        ("some 500 fled", 800, False),
    ],
)
def test_a_bound_leaves_room_for_another_number(text: str, value: int, allowed: bool) -> None:
    found = bound(text)
    assert found is not None
    assert found.allows(figures(text)[0].value, value) is allowed


@pytest.mark.parametrize(
    ("mine", "source", "holds"),
    [
        ("up to 20", "as many as 20", True),
        ("fewer than 20", "at least 20", False),
        ("about 20", "nearly 20", True),
        ("nearly 20", "about 20", False),
    ],
)
def test_one_bound_says_as_much_as_another(mine: str, source: str, holds: bool) -> None:
    one, other = bound(mine), bound(source)
    assert one is not None
    assert other is not None
    assert one.says_as_much(other) is holds


def test_a_bound_before_another_word_is_none() -> None:
    assert bound("Over the hills 20 planes flew.") is None
