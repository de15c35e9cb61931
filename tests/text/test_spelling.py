"""Names that a question spells otherwise than the articles found."""

from __future__ import annotations

import pytest

from rag.text.spelling import respelt

TEXT = (
    "Angela Holm, a retired teacher from Norwold, found a bottle in 2014. Céloron sent it. "
    + "The sea off the coast was calm on the day, and nobody else was about. " * 20
    + "“It is full of rubbish,” Holm said of the sea."
)
PASSAGE = "A bottle from long ago\n“It is full of rubbish,” Holm said of the sea."


@pytest.mark.parametrize(
    ("asked", "spelt"),
    [
        ("What does Angella think of the sea?", "What does Angela think of the sea?"),
        ("Who is Norwald's teacher?", "Who is Norwold's teacher?"),
        ("What did Celeron send?", "What did Céloron send?"),
        ("What did Angela find?", "What did Angela find?"),
        ("What did Andrea find in Norfolk?", "What did Andrea find in Norfolk?"),
        ("Did the coasts of Holn flood?", "Did the coasts of Holn flood?"),  # too short to tell
    ],
)
def test_a_name_is_spelt_as_in_the_article_of_the_passage(asked: str, spelt: str) -> None:
    assert respelt(asked, [PASSAGE], [TEXT]) == spelt


def test_of_two_names_as_near_the_commoner_is_meant() -> None:
    text = "Hallam came. Hallam sang. Hellam left."
    assert respelt("Who is Hullam?", [text], [text]) == "Who is Hallam?"


def test_without_a_passage_nothing_is_respelt() -> None:
    assert respelt("What does Angella think?", [], []) == "What does Angella think?"
