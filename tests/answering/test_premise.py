"""A sentence that contradicts what the question takes for granted does not answer it."""

from __future__ import annotations

import pytest

from rag.answering.premise import has_otherwise


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What opened in 1982?", "The pier at Oban opened in 1981."),
        ("Who led the crew of the Alma on 3 May?", "Ann Holm led it on 4 May."),
        ("Which park covers 74 hectares?", "The Old Park covers 76 hectares."),
        ("What did the five sales offices sell?", "Its four sales offices sold rope."),
    ],
)
def test_another_date_or_number_is_told(question: str, text: str) -> None:
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
    ],
)
def test_what_is_not_told_otherwise_passes(question: str, text: str) -> None:
    assert not has_otherwise(question, text)
