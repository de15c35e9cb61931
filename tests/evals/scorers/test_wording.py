from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.scorers.wording import content_words, names, numbers, says, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nine of 9", {9.0}),
        ("1m people, 1 million people, 1,000,000 people", {1e6}),
        ("£2.5bn", {2.5e9}),
        ("two hundred and fifty thousand", {250_000.0}),
        ("one or two of thirty-three", {1.0, 2.0, 33.0}),
        ("three thousand five hundred", {3500.0}),
        ("a hundred", set()),
        ("COVID19 and B2B", set()),
        ("in the 1990s, on 3rd and 21st", {1990.0, 3.0, 21.0}),
        ("no number", set()),
    ],
)
def test_numbers_are_read_in_digits_and_words(text: str, expected: set[float]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "wording", "there"),
    [
        ("They came in May.", "came in may", True),
        ("They came in May.", "came in Maya", False),
        ("The U.S. agreed", "u.s. agreed", True),
        ("on the 3rd of May", "3 of May", True),
        ("Café Noir", "cafe noir", True),
        ("anything", "", False),
        ("", "anything", False),
    ],
)
def test_a_wording_is_said_or_not(text: str, wording: str, there: bool) -> None:
    assert says(text, wording) is there


def test_the_word_that_opens_a_sentence_is_no_name_unless_all_capitals() -> None:
    assert names("Rain fell. Then Ann came.\nBBC said so.") == ["ann", "bbc"]


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(tokens(text), list)
    assert isinstance(content_words(text), list)
    assert isinstance(names(text), list)
    assert all(number == number for number in numbers(text))
