from __future__ import annotations

import pytest
from hypothesis import given

from rag.articles.article import Span, normalise
from rag.articles.origins import (
    MIN_WORDS,
    Sketch,
    is_copy,
    likeness,
    overlap,
    same_origin,
    sketches,
)
from rag.articles.sentences import sentence_spans
from tests.articles.hostile import texts

ORIGINAL = "Border guards have reopened a road about 12 miles from Oban after a day of digging."


def sketch(text: str) -> Sketch:
    return Sketch(Span(0, len(text)), text)


@given(texts())
def test_any_sentence_can_be_compared_and_is_like_itself(raw: str) -> None:
    text = normalise(raw)
    for one in sketches(text, sentence_spans(text)):
        assert likeness(one, one) == 1.0
        assert is_copy(one, one) == (len(one.words) >= MIN_WORDS)
        assert all(0 <= anchor < 2**63 for anchor in one.anchors)
        assert 0.0 <= overlap(one.text, text) <= 1.0


@pytest.mark.parametrize(
    "copy",
    [
        ORIGINAL,
        "Border guards have reopened a road about 15 miles from Oban after a day of digging.",
        "Border police have reopened a road about 12 miles from Oban after a day of hard digging.",
        "BORDER GUARDS HAVE REOPENED A ROAD ABOUT 12 MILES FROM OBAN AFTER A DAY OF DIGGING",
        "Today, border guards have reopened a road about 12 miles from Oban after a day of snow.",
    ],
)
def test_a_lightly_edited_sentence_is_a_copy_and_shares_an_anchor(copy: str) -> None:
    assert is_copy(sketch(ORIGINAL), sketch(copy))
    assert set(sketch(ORIGINAL).anchors) & set(sketch(copy).anchors)


@pytest.mark.parametrize(
    "other",
    [
        "A road about 12 miles from the coast was flooded after a week of rain.",
        "Guards from Oban have been digging for days on a road of their own.",
        "He said no.",
        "Leith beat Mull on Sunday.",
    ],
)
def test_sentences_on_one_theme_or_of_like_phrases_are_no_copies(other: str) -> None:
    assert not is_copy(sketch(ORIGINAL), sketch(other))


def test_sentences_too_short_to_tell_are_never_copies() -> None:
    assert not is_copy(sketch("It is very dangerous."), sketch("It is very dangerous."))
    assert sketch("It is very dangerous.").anchors == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nine bombs hit the town.", "nine bombs hit the Town.", False),  # a name now
        ("Troops sent 1,050 people home.", "The troops sent home 1050 people.", True),
        ("Troops sent 12 people home.", "Troops sent 15 people home.", False),
        ("They had nine cars.", "They had eight cars.", False),
        ("They had fourteen cars.", "They had seventeen cars.", False),
        ("They had forty-one cars.", "They had sixty-one cars.", False),
        ("They didn’t leave town.", "They did leave town.", False),
        ("They did not leave town.", "They did never leave town.", False),
        ("The town fell to Iraq.", "The town fell to Iran.", False),
        ("The small town fell to Iraq.", "The little town fell to Iraq.", True),
    ],
)
def test_figures_names_and_negations_are_facts_and_other_words_are_not(
    one: str, other: str, same: bool
) -> None:
    assert (sketch(one).facts == sketch(other).facts) == same


def test_a_digest_of_many_stories_is_not_of_the_origin_of_each() -> None:
    assert same_origin(0.9, 0.8)
    assert same_origin(0.25, 1.0)  # the shorter is an excerpt
    assert not same_origin(1.0, 0.1)
    assert not same_origin(0.4, 0.4)


def test_passages_cut_differently_from_one_text_overlap() -> None:
    one = "The ferry sank off Oban. All 90 people on board lived. The captain was praised."
    other = "All 90 people on board lived. The captain was praised. He is 61 years old."
    assert overlap(one, other) > 0.6
    assert overlap(one, "Rain fell on the north for a week. Rivers rose in three towns.") < 0.1
