"""What a model says of the sentences that it reads, and what is made of that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pytest
from langchain_core.messages import BaseMessage

from rag.answering.prompts import LOCATE, Asked, asking
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
    two of them are cannot be asked of a real one. In the opposite order it gives `turned`.
    """

    locates = True

    def __init__(
        self, nowhere: float, *sentences: float, turned: Sequence[float] | None = None
    ) -> None:
        likely = (nowhere, *sentences)
        self._said = [self._located(likely), self._located(turned or likely)]
        self.asked: list[str] = []

    def located(self, messages: Sequence[BaseMessage], sentences: int) -> Located:
        said = self._said[len(self.asked)]
        self.asked.append(messages[-1].text)
        assert len(said.sentences) == sentences
        return said if len(self.asked) == 1 else said.turned

    @staticmethod
    def _located(likely: Sequence[float]) -> Located:
        nowhere, *sentences = map(math.log, likely)
        return Located(nowhere, tuple(sentences), 90, 1, 40)


def reading(
    model: Naming, text: str = TEXT, question: str = QUESTION, *, twice: bool = True
) -> Reading:
    sources = numbered(text, "Piers")
    return read(Asked(question), question, sources, cast("ChatModel", model), twice=twice)


def test_the_sentence_that_is_likeliest_is_named_with_its_share() -> None:
    model = Naming(0.001, 0.1, 0.7, 0.1)

    found = reading(model)

    assert found.named is not None
    assert found.named.text == "A storm tore the pier of Leith apart in 1988."
    assert found.share == pytest.approx(0.7 / 0.9)
    assert found.stated == pytest.approx(math.log(900))
    assert (found.usage.prompt_tokens, found.usage.cached_tokens) == (90, 40)
    assert len(model.asked) == 1


def test_in_doubt_it_reads_the_opposite_order_and_the_mean_counts() -> None:
    model = Naming(0.1, 0.6, 0.2, 0.1, turned=(0.4, 0.1, 0.5, 0.0001))

    found = reading(model)

    assert found.named is not None
    assert found.named.text == "A storm tore the pier of Leith apart in 1988."
    assert found.share == pytest.approx(0.35 / 0.75, rel=1e-3)
    assert found.stated == pytest.approx(math.log(0.75 / 0.25), rel=1e-3)
    assert found.usage.prompt_tokens == 180
    first, second = model.asked
    assert "[1] The pier of Leith was built in 1961. [2] A storm" in first
    assert "[1] Nobody has paid for its repair since.\n[2] A storm" in second
    assert len(found.sources) == 3
    assert found.sources[0].text.startswith("The pier of Leith")


def test_it_is_asked_once_where_it_may_not_read_twice() -> None:
    model = Naming(0.1, 0.6, 0.2, 0.1)

    reading(model, twice=False)

    assert len(model.asked) == 1


@pytest.mark.parametrize(("other", "named"), [(0.5, 1), (0.86, 0)])
def test_of_two_that_are_nearly_as_likely_the_one_with_more_of_the_question_is_named(
    other: float, named: int
) -> None:
    model = Naming(0.1, other, 0.88 - other, 0.02)

    found = reading(model)

    assert found.named == found.sources[named]
    assert found.share == pytest.approx((0.88 - other if named else other) / 0.9)


def test_the_less_a_sentence_is_held_for_the_answer_the_lower_the_score() -> None:
    sure, unsure = reading(Naming(0.1, 0.1, 0.7, 0.1)), reading(Naming(0.9, 0.03, 0.04, 0.03))

    assert sure.score > unsure.score
    assert set(sure.features) == {"located", "cosine", "follows"}


def test_the_sentences_are_numbered_as_far_as_a_digit_goes() -> None:
    text = " ".join(f"The pier was painted in {year}." for year in range(1970, 1982))
    model = Naming(0.1, *[0.1] * MOST_SENTENCES)

    found = reading(model, text)

    listed = model.asked[0]
    assert "[1] The pier was painted in 1970. [2] The pier" in listed
    assert "[9] The pier was painted in 1978. The pier was painted in 1979." in listed
    assert listed.endswith(f"Question: {QUESTION}\n{LOCATE}")
    assert len(found.sources) == 12


def test_other_models_read_the_sentences_without_numbers() -> None:
    shown = asking(Asked(QUESTION), numbered(TEXT, "Piers"), LOCATE)[-1].text

    assert "[1]" not in shown
    assert TEXT in shown
