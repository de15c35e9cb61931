"""Names that a question spells otherwise than the articles found."""

from __future__ import annotations

import pytest

from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.retrieval.hits import Hit
from rag.text.spelling import respelt

TEXT = (
    "Angela Holm, a retired teacher from Norwold, found a bottle in 2014. Céloron sent it. "
    + "The sea off the coast was calm on the day, and nobody else was about. " * 20
    + "“It is full of rubbish,” Holm said of the sea."
)
ARTICLE = Article("bottle.txt", TEXT, "A bottle from long ago")
LAST = Hit(passages_of(ARTICLE)[-1], ARTICLE, 1.0)


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
    assert respelt(asked, [LAST]) == spelt


def test_of_two_names_as_near_the_commoner_is_meant() -> None:
    article = Article("a.txt", "Hallam came. Hallam sang. Hellam left.", "A song")
    hits = [Hit(passage, article, 1.0) for passage in passages_of(article)]
    assert respelt("Who is Hullam?", hits) == "Who is Hallam?"
