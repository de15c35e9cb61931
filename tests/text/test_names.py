"""Names, in any of their forms, are found in a text that has them, and in no other."""

from __future__ import annotations

import pytest

from rag.text.names import Name, NameIndex, names


def named(text: str) -> Name:
    (name,) = names(f"about {text}")
    return name


@pytest.mark.parametrize(
    ("text", "word", "is_there"),
    [
        ("Fighters of IS left the mill.", "Daesh", True),
        ("The Islamic State left the mill.", "IS", True),
        ("The mill is old.", "ISIS", False),
        ("Is it old?", "ISIS", False),
        ("A US ship came.", "American", True),
        ("Americans came.", "US", True),
        ("She told us of the mill.", "America", False),
        ("Tell us: Us or them?", "USA", False),
        ("State television was off.", "TV", True),
        ("The Port Pilots Union met.", "PPU", True),
        ("They slept in Iona. Seals did, too.", "IS", False),
        ("They were in Ulm, Norwold and Vik.", "UN", False),
    ],
)
def test_a_form_of_a_name_is_no_ordinary_word(text: str, word: str, is_there: bool) -> None:
    assert NameIndex(text).has(word) is is_there


@pytest.mark.parametrize(
    ("text", "name", "is_there"),
    [
        ("The PPU met.", "Port Pilots Union", True),
        ("The UN met.", "United Nations", True),
        ("The UN met.", "Ulla Nord", False),
        ("IS fled.", "Islamic State", True),
        ("The mill is old.", "Islamic State", False),
        ("IS fled.", "Inga Storm", False),
    ],
)
def test_an_acronym_stands_for_one_name(text: str, name: str, is_there: bool) -> None:
    assert NameIndex(text).has_name(named(name)) is is_there


def test_a_title_with_a_stop_ends_no_sentence() -> None:
    found = names("Mr. Myhre met Dr. Aas. Sleet fell.")
    assert [(name.text, name.first) for name in found] == [
        ("Myhre", False),
        ("Aas", False),
        ("Sleet", True),
    ]
