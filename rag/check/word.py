"""A model's own word on whether sources say a claim.

A model that was taught it says yes, no or unknown in one token; any other is asked yes or no.
Invariant: it sees the claim and the sources, and nothing that our rules found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.check.support import Word
from rag.prompts import ENTAIL, HOLDS, holding
from rag.retrieval.sources import Source

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from rag.models.chat import ChatModel
    from rag.models.yesno import YesNo


def word_on(claim: str, sources: Sequence[Source], chat: ChatModel) -> Word:
    """What the model says of a claim beside these sources. Raises EndpointError or EngineError."""
    said = said_of(claim, sources, chat)
    return Word(said.as_log_odds, taught=chat.entails, denied=said.denied)


def said_of(claim: str, sources: Sequence[Source], chat: ChatModel) -> YesNo:
    """The reply itself, with what it took. Raises EndpointError or EngineError."""
    messages = asking_whether(claim, sources, chat)
    return chat.entailed(messages) if chat.entails else chat.yes_log_odds(messages)


def asking_whether(claim: str, sources: Sequence[Source], chat: ChatModel) -> list[BaseMessage]:
    """What the model is asked, in the form that it knows."""
    return holding(claim, sources, ENTAIL if chat.entails else HOLDS)
