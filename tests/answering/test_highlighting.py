"""The answering words: exact spans inside their sentence, and nothing that the question says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.highlighting import MOST, highlights
from rag.articles.article import normalise
from tests.answering.numbered import numbered


def marked(question: str, sentence: str) -> list[str]:
    (source, *_) = numbered(f"It rained. {sentence}", "Title")[1:]
    return [span.of(it.article.text) for it, span in highlights(question, source)]


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How many came?", "There were 212 passengers and nine crew.", ["212", "nine"]),
        ("How many of the 9 came?", "Of the nine, two came.", ["two"]),
        ("How much did it cost?", "The line cost 40 million crowns.", ["40 million"]),
        ("Who led it?", "The march was led by Ada Winter.", ["Ada Winter"]),
        ("Who met Ada Winter?", "There Ada Winter met Piet Oster.", ["Piet Oster"]),
        ("When did it sink?", "The ferry sank on Tuesday.", ["Tuesday"]),
        ("When did it sink?", "The ferry sank on 3 May 2019.", ["3 May 2019"]),
        ("Why did it sink?", "The ferry sank because a door was open.", []),
        ("What is it?", "The ferry has nine crew.", []),
        ("How many came?", "The boats came 1, 2, 3 and 4 times.", ["1", "2", "3"]),
    ],
)
def test_the_answering_words_are_marked(question: str, sentence: str, words: list[str]) -> None:
    assert marked(question, sentence) == words


PIECES = ("Ada Winter ", "nine ", "on Tuesday ", "3 May 2019 ", "£4m. ", "Dr. ", "“", "\n\n")
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=12).map("".join)


@given(
    st.sampled_from(("How many came?", "Who led it?", "When was it?", "Why?")) | st.text(), TEXTS
)
def test_a_highlight_lies_inside_its_sentence_whatever_the_text(question: str, text: str) -> None:
    for source in numbered(normalise(text), "Title"):
        found = highlights(question, source)
        assert len(found) <= MOST
        assert [span for _, span in found] == sorted(span for _, span in found)
        for it, span in found:
            assert it is source
            assert source.span.start <= span.start < span.end <= source.span.end
            assert span.of(source.article.text).strip()
