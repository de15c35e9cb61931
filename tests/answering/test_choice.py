"""Of what was checked, what a reader sees."""

from __future__ import annotations

from rag.answering.choice import to_the_point
from rag.answering.verifier import verify
from tests.answering.numbered import numbered


def test_what_one_sentence_says_is_not_said_again_in_fewer_words() -> None:
    text = (
        "The Oban plants will store power for eight hours.\n\n"
        "Engineers say the two Oban plants will store power for eight hours, enough for a night."
    )
    found = numbered(text, "Plants")
    question = "How long will the Oban plants store power?"
    both = [verify(question, source.text, [source]) for source in found]
    assert to_the_point(question, both) == both[1:]
    assert to_the_point(question, [both[0], both[0]]) == both[:1]
