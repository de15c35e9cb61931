"""What a model says of the sentences that it reads, and what is made of that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pytest
from langchain_core.messages import BaseMessage

from rag.answering.prompts import LOCATE, asking
from rag.answering.reading import Reading, read
from rag.models.located import MOST_SENTENCES, Located
from tests.answering.numbered import numbered

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

TEXT = (
    "The pier of Leith was built in 1961. "
    "A storm tore the pier of Leith apart in 1988. "
    "Nobody has paid for its repair since."
)
QUESTION = "When did a storm tear the pier apart?"


class Naming:
    """A model that was taught to name sentences, and gives them just these likelihoods: how near
    two of them are cannot be asked of a real one.
    """

    locates = True

    def __init__(self, nowhere: float, *sentences: float) -> None:
        self._said = Located(math.log(nowhere), tuple(map(math.log, sentences)), 90, 1, 40)
        self.asked: list[str] = []

    def located(self, messages: Sequence[BaseMessage], sentences: int) -> Located:
        self.asked = [message.text for message in messages]
        assert len(self._said.sentences) == sentences
        return self._said


def reading(model: Naming, text: str = TEXT, question: str = QUESTION) -> Reading:
    return read(question, question, numbered(text, "Piers"), cast("ChatModel", model))


def test_the_sentence_that_is_likeliest_is_named_with_its_share() -> None:
    found = reading(Naming(0.1, 0.1, 0.7, 0.1))

    assert found.named is not None
    assert found.named.text == "A storm tore the pier of Leith apart in 1988."
    assert found.share == pytest.approx(0.7 / 0.9)
    assert found.stated == pytest.approx(math.log(9))
    assert (found.usage.prompt_tokens, found.usage.cached_tokens) == (90, 40)


@pytest.mark.parametrize(("other", "named"), [(0.5, 1), (0.86, 0)])
def test_of_two_that_are_nearly_as_likely_the_one_with_more_of_the_question_is_named(
    other: float, named: int
) -> None:
    model = Naming(0.1, other, 0.88 - other, 0.02)

    found = reading(model)

    assert found.named == found.sources[named]
    assert found.share == pytest.approx((0.88 - other if named else other) / 0.9)


def test_the_less_a_sentence_is_held_for_the_answer_the_lower_the_score() -> None:
    sure, unsure = reading(Naming(0.1, 0.1, 0.7, 0.1)), reading(Naming(0.7, 0.1, 0.1, 0.1))

    assert sure.score > unsure.score
    assert set(sure.features) == {"located", "cosine"}


def test_the_sentences_are_numbered_as_far_as_a_digit_goes() -> None:
    text = " ".join(f"The pier was painted in {year}." for year in range(1970, 1982))
    model = Naming(0.1, *[0.1] * MOST_SENTENCES)

    found = reading(model, text)

    listed = model.asked[-1]
    assert "[1] The pier was painted in 1970. [2] The pier" in listed
    assert "[9] The pier was painted in 1978. The pier was painted in 1979." in listed
    assert listed.endswith(f"Question: {QUESTION}\n{LOCATE}")
    assert len(found.sources) == 12


def test_other_models_read_the_sentences_without_numbers() -> None:
    shown = asking(QUESTION, numbered(TEXT, "Piers"), LOCATE)[-1].text

    assert "[1]" not in shown
    assert TEXT in shown
