"""Names of several words that a text has in pieces only."""

from __future__ import annotations

import pytest

from rag.text.whole_names import in_pieces

TEXT = (
    "Ann Holm came to Oban on Monday to see the New Harbour. Two days later the Norwold Council "
    "wrote to Ruth J. Ellery, who had built a garden house there. The French owned it. "
    "The Prime Minister of Norwold, Tom Bell, opened it."
)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who is Ann Ellery?", "Ann Ellery"),
        ("Where is the Oban Council?", "Oban Council"),
        ("When was the French Harbour built?", "French Harbour"),
        ("What did the New Norwold Council write?", "New Norwold Council"),
    ],
)
def test_words_that_stand_apart_are_no_name(question: str, name: str) -> None:
    found = in_pieces(question, TEXT)
    assert found is not None
    assert found.text == name


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ruth Ellery?",
        "What did the Norwold Council do?",
        "What is Oban's New Harbour?",  # a possessive begins another name
        "What did Prime Minister Tom Bell open?",  # a role stands anywhere
        "What Is The Garden House Of Ann?",  # a headline's capitals
        "Who is Peter Ellery?",  # nothing is known of a Peter: another check's business
        "What was opened on Monday Council?",
    ],
)
def test_what_stands_together_or_is_no_one_name_is_left_alone(question: str) -> None:
    assert in_pieces(question, TEXT) is None
