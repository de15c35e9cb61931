"""How much of a text another one states, also where it is long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.article import Span
from rag.text.figures import figures, is_among
from rag.text.overlap import content, coverage
from rag.text.words import words

PIECES = ("nine ", "1,240 ", "one hundred and two ", "£4m ", "7th ", "boats ", "Ann ", "30 km ")
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=20).map("".join)


@given(TEXTS)
def test_a_word_counts_as_such_only_outside_of_numbers(text: str) -> None:
    numbers = figures(text)
    spans = [number.span for number in numbers]
    assert spans == sorted(spans)
    outside = {
        word.stem
        for word in words(text)
        if word.is_content and not any(word.span.overlaps(span) for span in spans)
    }
    assert content(text) == outside | {number.key for number in numbers}


@given(st.lists(st.integers(0, 40), unique=True, max_size=8), st.integers(0, 40), st.integers(1, 9))
def test_a_span_is_among_those_that_it_overlaps(starts: list[int], start: int, length: int) -> None:
    spans = [Span(it, it + 1) for it in sorted(starts)]
    span = Span(start, start + length)
    assert is_among(span, spans) == any(span.overlaps(it) for it in spans)


@pytest.mark.timeout(20)
def test_a_long_text_of_numbers_alone_is_read_at_once() -> None:
    assert coverage("A crew of 9", "[1] nine " * 10_000) == 0.5
