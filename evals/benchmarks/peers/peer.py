"""What another program is to the bench: something that answers, and says what it took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from evals.systems.plain_chain import MAX_TOKENS

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from rag.models.chat import ChatModel

Tokens = tuple[int, int]


class Peer(Protocol):
    """Answers a question; the prompt and completion tokens that it took."""

    def __call__(self, question: str, /) -> Tokens: ...


class SkippedError(Exception):
    """A program cannot be measured here; the message says why."""


class SameModel:
    """Groundwire's chat model for another program, and what that took of it since `begin`."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.name = chat.name
        self.taken: Tokens = (0, 0)

    def begin(self) -> None:
        """A new question: nothing was taken for it."""
        self.taken = (0, 0)

    def reply(self, messages: Sequence[BaseMessage]) -> tuple[str, Tokens]:
        """The model's text and what it took, no longer than the plain chain's may be."""
        said = self._chat.reply(messages, max_tokens=MAX_TOKENS)
        took = (said.prompt_tokens, said.completion_tokens)
        self.taken = (self.taken[0] + took[0], self.taken[1] + took[1])
        return said.text, took
