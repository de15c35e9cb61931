"""What a text says of its sources as such is no part of a claim, what it says of sources is."""

from __future__ import annotations

import pytest

from rag.text.framing import bare


@pytest.mark.parametrize(
    ("claim", "kept"),
    [
        ("According to the passage, the mill burnt.", "the mill burnt."),
        ("Passage 2 says that the mill burnt.", "the mill burnt."),
        ("The document states that the mill burnt.", "the mill burnt."),
        ("The mill burnt, as stated in sources 1 and 3.", "The mill burnt, ."),
        ("2. The mill burnt (Source 4).", "The mill burnt ."),
    ],
)
def test_the_frame_goes(claim: str, kept: str) -> None:
    assert bare(claim) == kept


@pytest.mark.parametrize(
    "claim",
    [
        "Bank documents say that three were paid.",
        "Eels are the main source of income in Vik.",
        "The source 20 km away is dry.",
        "She documents 12 cases of it.",
        "The passage between the two islands is closed.",
        "In that context the vote was early.",
    ],
)
def test_what_is_claimed_stays(claim: str) -> None:
    assert bare(claim) == claim
