"""Names and roles in a question that a text does not have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.unknown import unknown_to

TEXT = (
    "The ferry Selma sank off Ostrey, said Ruth Ellery, the harbour master. The Varnish president "
    "spoke to troops of the US. Angela Brandt left on Tuesday."
)


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Did the Selma sink?", None),
        ("What did Ruth Ellery say?", None),
        ("What did Ellery say?", None),
        ("How many people live in Kellmouth?", "Kellmouth"),
        ("What did Prime Minister Zork say?", "Prime Minister Zork"),
        ("What did the US president say?", "US president"),
        ("What did the Varnish president say?", None),
        ("Where did Angella Brandt go?", None),  # one letter off
        ("Who sank the ferry?", None),
        ("What happened on Tuesday?", None),
        ("", None),
    ],
)
def test_the_name_that_a_text_does_not_have(question: str, unknown: str | None) -> None:
    assert unknown_to(question, TEXT) == unknown


@given(st.text(max_size=80), st.text(max_size=120))
def test_no_text_breaks_it(question: str, context: str) -> None:
    assert unknown_to(question, context) is None or unknown_to(question, context)
