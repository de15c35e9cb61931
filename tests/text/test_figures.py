"""What each way of writing a number says: its value or range, its unit, its bound."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.figures import Figure, amounts

_MARKS = {"about": "~", "nearly": "^", "above": ">=", "below": "<="}
_TABLE = [
    tuple(part.strip() for part in line.rsplit("|", 1))
    for line in Path(__file__).with_name("figures.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def told(figure: Figure) -> str:
    """A figure as the table writes it."""
    mark = _MARKS[figure.bound.direction] if figure.bound else ""
    link = "-" if figure.unit == "score" else ".."
    said = f"{round(figure.value, 4):.15g}"
    if figure.top is not None:
        said += f"{link}{figure.top:.15g}"
    unit = f" {figure.unit}" if figure.unit not in (None, "score") else ""
    return f"{mark}{said}{unit}"


@pytest.mark.parametrize(("sentence", "expected"), _TABLE)
def test_a_number_is_read_as_it_is_meant(sentence: str, expected: str) -> None:
    assert ("; ".join(map(told, amounts(sentence))) or "none") == expected


def one(text: str) -> Figure:
    (figure,) = amounts(text)
    return figure


@pytest.mark.parametrize(
    ("text", "other", "both"),
    [
        ("at least 20 died", "22 died", True),
        ("deaths exceeded 20", "22 died", True),
        ("at least 20 died", "15 died", False),
        ("as many as 20 died", "22 died", False),  # "up to", in other words
        ("as few as 20 died", "18 died", False),
        ("an estimated 500 fled", "520 fled", True),
        ("some 500 fled", "800 fled", False),
        ("20 to 30 fled", "25 fled", True),
        ("20 to 30 fled", "35 fled", False),
        ("dozens fled", "40 fled", True),
        ("dozens fled", "hundreds fled", False),
        ("up to 20 fled", "at least 25 fled", False),
        ("half of the goats", "50 per cent of the goats", True),
        ("half of the goats", "two thirds of the goats", False),
        ("half a million fled", "a million fled", False),
        ("an hour and a half", "90 minutes", True),
        ("an hour and a half", "an hour and a quarter", False),
        ("6.4 kilometres", "6,400 metres", True),
        ("170km", "105 miles", True),
        ("170km", "150 miles", False),
        ("20 miles", "20 goats", True),  # there is no way to compare them
        ("Lowick won 3-1", "Farne lost 1-3", True),
        ("Lowick won 3-1", "Lowick won 2-1", False),
        ("in the 1960s", "in 1965", True),
        ("in the 1960s", "in 1971", False),
    ],
)
def test_a_bound_or_a_range_leaves_room_for_another_number(
    text: str, other: str, both: bool
) -> None:
    assert one(text).leaves_room_for(one(other)) is both
    assert one(other).leaves_room_for(one(text)) is both


@pytest.mark.parametrize(
    ("claim", "source", "holds"),
    [
        ("500,000 fled", "Half a million fled", True),
        ("a million fled", "Half a million fled", False),
        ("250,000 live there", "A quarter of a million live there", True),
        ("a million live there", "A quarter of a million live there", False),
        ("1.5 million crowns", "one and a half million crowns", True),
        ("fell by 3.5 per cent", "fell by 3½ per cent", True),
        ("fell by 3 per cent", "fell by 3½ per cent", False),
        ("£1.5m", "1.5 million pounds", True),
        ("£1.5m", "1.5 million crowns", False),
        ("dozens fled", "40 fled", True),
        ("40 fled", "dozens fled", False),
        ("20 to 30 fled", "between 20 and 30 fled", True),
        ("20 to 30 fled", "24 fled", True),
        ("24 fled", "20 to 30 fled", False),
        ("more than 20 fled", "24 fled", True),
        ("more than 20 fled", "14 fled", False),
        ("at least 20 fled", "24 fled", True),
        ("at least 20 fled", "14 fled", False),
        ("as few as 20 fled", "24 fled", True),
        ("at most 20 fled", "14 fled", False),
        ("fewer than 20 fled", "14 fled", True),
        ("up to 20 fled", "14 fled", False),
        ("up to two million fled", "up to a million fled", False),
        ("more than 20 fled", "more than 30 fled", False),
        ("about 500 fled", "490 fled", True),
        ("about 500 fled", "430 fled", False),
        ("half of them", "50 per cent of them", True),
        ("one in five left", "a fifth of them left", True),
        ("one in five left", "one in four left", False),
        ("66 per cent of them", "two thirds of them", True),
        ("63 per cent of them", "two thirds of them", False),
        ("won 3-1", "lost 1-3", True),
        ("won 3-1", "won 3-2", False),
        ("two dozen fled", "24 fled", True),
        ("a couple of boats", "two boats", True),
        ("4.2 per cent", "4,2 per cent", True),
        ("1,200 firms", "1’200 firms", True),
        ("in the 1960s", "in 1965", True),
        ("in 1965", "in the 1960s", False),
    ],
)
def test_a_claim_follows_from_the_same_number_or_one_within_it(
    claim: str, source: str, holds: bool
) -> None:
    assert one(claim).follows_from(one(source)) is holds


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
    claimed, stated = one(mine).bound, one(source).bound
    assert claimed is not None
    assert stated is not None
    assert claimed.says_as_much(stated) is holds


_PIECES = st.sampled_from(
    [
        "half ", "a ", "million ", "and ", "1", ",000", "½", "£", " to ", "-", "– ", "in ", "two ",
        "thirds ", "of ", "twenty", "nil ", "%", "km ", "dozens ", "several ", "the 20s ", "minus ",
        "point ", "3/4 ", "'000", "٣", "\u00a0", "\n", "between ", "9" * 30, "º", "hundredth ",
    ]
)  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=6), max_size=12).map("".join))
def test_no_text_breaks_it_and_figures_lie_apart_in_it(text: str) -> None:
    found = amounts(text)
    assert all(it.span.of(text) == it.text and it.text.strip() for it in found)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(found))
    assert all(it.agrees_with(it) and it.follows_from(it) for it in found)
