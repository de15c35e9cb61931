"""A sentence that contradicts what the question takes for granted does not answer it."""

from __future__ import annotations

import pytest

from rag.check.premise import has_otherwise


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What opened in 1982?", "The pier at Oban opened in 1981."),
        ("Who led the crew of the Alma on 3 May?", "Ann Holm led it on 4 May."),
        ("Which park covers 74 hectares?", "The Old Park covers 76 hectares."),
        ("What did the five sales offices sell?", "Its four sales offices sold rope."),
        ("When did the Oban yard enlargement begin?", "The Mull yard enlargement began in 1951."),
        ("How many people live in Oban?", "Some 8,000 people live in Mull."),
        ("Who ran the old Holm yard in winter?", "The old Ellery yard was run by a widow."),
        ("What did Ann Holm of Oban sell?", "Rope was sold by Ruth Ellery of Oban."),
    ],
)
def test_another_date_number_or_name_is_told(question: str, text: str) -> None:
    assert has_otherwise(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What opened in 1981?", "The pier at Oban opened on 2 June 1981."),
        ("What opened in 1981?", "The pier at Oban opened that year."),
        ("When was the pier of 1905 pulled down?", "It was pulled down in 1995."),
        ("Who won after 1998?", "In 2002 the Alma won."),
        ("How many of the five boats sank?", "Two boats sank, three of the five came home."),
        ("Which park covers 74 hectares?", "The Old Park lies by two rivers."),
        ("How many people live in Oban?", "Of Oban's people 8,000 live in Mull in summer."),
        ("How many people live in Craignere?", "Some 8,000 people live in Craignure."),
        ("Where does Ann Holm live in winter?", "Holm lets Ruth Ellery live in the yard."),
        ("How many French troops came?", "Nine thousand France troops came."),
        ("How many boats land in Oban?", "Nine boats land in June."),
        ("How many boats land in June?", "Nine boats land in Oban."),
        ("Skippers sell what?", "Buyers sell rope."),
        ("Who left Oban?", "Ann Holm left Mull."),
        ("Who is in Oban?", "Ann Holm is in Mull."),  # no word of weight is the same
        ("When did Ruth Ellery die?", "[2] He died in May."),
    ],
)
def test_what_is_not_told_otherwise_passes(question: str, text: str) -> None:
    assert not has_otherwise(question, text)


def test_whom_the_title_names_may_go_by_another_name_in_the_text() -> None:
    question, text = "When did Ruth Ellery die?", "The Widow of Mull died in May."
    assert has_otherwise(question, text)
    assert not has_otherwise(question, text, "Ruth Ellery, the Widow of Mull")
