"""A model is asked whether sources say a claim in the form that it knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pytest
from langchain_core.messages import BaseMessage

from evals.judges.verifying import sources_of
from rag.check.word import word_on
from rag.models.yesno import YesNo
from rag.prompts import ENTAIL, HOLDS

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

SOURCES = sources_of("Ann Holm beat Ruth Ellery in Oban. No points were lost.")


class Asked:
    """Notes how it is asked."""

    def __init__(self, *, entails: bool) -> None:
        self.entails = entails
        self.heard: list[tuple[str, str]] = []

    def yes_log_odds(self, messages: Sequence[BaseMessage]) -> YesNo:
        self.heard.append(("yes or no", messages[-1].text))
        return YesNo(1.0, True)

    def entailed(self, messages: Sequence[BaseMessage]) -> YesNo:
        self.heard.append(("taught", messages[-1].text))
        return YesNo(3.0, True)


@pytest.mark.parametrize(
    ("entails", "way", "task", "odds"),
    [(True, "taught", ENTAIL, 3.0), (False, "yes or no", HOLDS, 1.0)],
)
def test_a_model_that_was_taught_is_asked_as_it_was_taught(
    entails: bool, way: str, task: str, odds: float
) -> None:
    asked = Asked(entails=entails)

    said = word_on("Ruth Ellery lost to Ann Holm.", SOURCES, cast("ChatModel", asked))

    ((heard, text),) = asked.heard
    assert (heard, said.log_odds, said.taught) == (way, odds, entails)
    assert text.endswith(f"\n\nStatement: Ruth Ellery lost to Ann Holm.\n{task}")
    assert "Ann Holm beat Ruth Ellery in Oban. No points were lost." in text
