from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.articles.article import Article, Passage, normalise
from rag.articles.passages import passages_of
from rag.articles.sentences import sentence_spans
from tests.articles.hostile import texts


def article(text: str, source: str = "a.txt") -> Article:
    return Article(source, normalise(text), "Title")


@given(texts(), st.integers(1, 700), st.integers(1, 5), st.integers(0, 4))
@settings(max_examples=150)
def test_passages_and_their_sentences_are_exact_and_cover_the_article(
    raw: str, max_chars: int, max_sentences: int, overlap: int
) -> None:
    source = article(raw)
    passages = passages_of(
        source,
        max_passage_chars=max_chars,
        max_sentences=max_sentences,
        overlap_sentences=min(overlap, max_sentences - 1),
    )
    for passage in passages:
        assert passage.text == source.text[passage.span.start : passage.span.end]
        assert all(passage.quote(s) == s.of(source.text) for s in passage.sentences)
        assert len(passage.text) <= max_chars or len(passage.sentences) == 1
        assert len(passage.sentences) <= max_sentences
    covered = {sentence for passage in passages for sentence in passage.sentences}
    assert covered == set(sentence_spans(source.text))


@given(texts())
def test_ids_are_unique_ordered_and_name_article_and_version(raw: str) -> None:
    source = article(raw)
    passages = passages_of(source)
    assert [p.passage_id for p in passages] == [
        f"{source.article_id}-{source.sha256[:8]}-{n}" for n in range(len(passages))
    ]


@given(texts())
def test_every_passage_brings_a_sentence_the_one_before_did_not_have(raw: str) -> None:
    passages = passages_of(article(raw))
    for before, after in itertools.pairwise(passages):
        assert after.sentences[-1] > before.sentences[-1]


def texts_of(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.text for passage in passages]


def test_neighbours_share_a_sentence() -> None:
    assert texts_of(passages_of(article("One came. Two left. Three hid. Four ran."))) == [
        "One came. Two left. Three hid.",
        "Three hid. Four ran.",
    ]


def test_the_overlap_can_be_none() -> None:
    passages = passages_of(article("One came. Two left. Three hid. Four ran."), overlap_sentences=0)
    assert texts_of(passages) == ["One came. Two left. Three hid.", "Four ran."]


def test_a_sentence_longer_than_the_bound_stands_alone() -> None:
    long = "It went on " * 60 + "and stopped."
    assert long in texts_of(passages_of(article(f"One came. {long} Two left.")))


def test_repeated_sentences_keep_their_own_places() -> None:
    source = article("It sank.\n\nIt sank.\n\nIt sank.")
    (passage,) = passages_of(source)
    assert [span.start for span in passage.sentences] == [0, 10, 20]


def test_text_without_words_has_no_passages() -> None:
    assert passages_of(article(" \n\n\t")) == ()


def test_an_overlap_that_never_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap_sentences"):
        passages_of(article("One."), max_sentences=2, overlap_sentences=2)
