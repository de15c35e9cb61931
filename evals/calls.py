"""What the chat model was asked while an answer was made, and how long it alone needs for that.

Invariant: a repeat sends the same calls in the same order and stops each where the first run
stopped it. A few words of its own at the very start keep the server's prompt cache from knowing
the prompts already, while what the calls share with each other stays shared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from rag.newsroom import Newsroom, Report

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk, BaseMessage

    from rag.models.chat import ChatModel, Reply, YesNo


@dataclass
class Call:
    """One call of the chat model; `chunks` is how much of a stream was taken, None for a reply."""

    messages: tuple[BaseMessage, ...]
    schema: dict[str, Any] | None = None
    max_tokens: int = 1
    chunks: int | None = None
    first_tokens: bool = False


class RecordedChat:
    """A chat model that notes every call in `calls` and otherwise is the one it was given."""

    def __init__(self, chat: ChatModel) -> None:
        self.chat = chat
        self.calls: list[Call] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chat, name)

    def stream(
        self,
        messages: Sequence[BaseMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int,
    ) -> Iterator[AIMessageChunk]:
        """As `ChatModel.stream`."""
        call = Call(tuple(messages), schema, max_tokens, chunks=0)
        self.calls.append(call)
        for chunk in self.chat.stream(messages, schema=schema, max_tokens=max_tokens):
            call.chunks = (call.chunks or 0) + 1
            yield chunk

    def reply(
        self, messages: Sequence[BaseMessage], *, max_tokens: int, first_tokens: bool = False
    ) -> Reply:
        """As `ChatModel.reply`."""
        self.calls.append(Call(tuple(messages), max_tokens=max_tokens, first_tokens=first_tokens))
        return self.chat.reply(messages, max_tokens=max_tokens, first_tokens=first_tokens)

    def yes_log_odds(self, messages: Sequence[BaseMessage]) -> YesNo:
        """As `ChatModel.yes_log_odds`."""
        self.calls.append(Call(tuple(messages), first_tokens=True))
        return self.chat.yes_log_odds(messages)


class RecordedNewsroom(Newsroom):
    """A newsroom whose chat model notes what it is asked."""

    recorded: RecordedChat | None = None

    def warm_up(self, progress: Report | None = None) -> ChatModel:
        """As `Newsroom.warm_up`."""
        chat = super().warm_up(progress)
        if self.recorded is None or self.recorded.chat is not chat:
            self.recorded = RecordedChat(chat)
        return cast("ChatModel", self.recorded)

    def take_calls(self) -> tuple[Call, ...]:
        """The calls since the last time this was asked."""
        if self.recorded is None:
            return ()
        calls, self.recorded.calls = tuple(self.recorded.calls), []
        return calls


def repeat(chat: ChatModel, calls: Sequence[Call], opening: str) -> float:
    """Seconds that `chat` needs for `calls` when nothing else happens between them."""
    started = time.perf_counter()
    for call in calls:
        messages = _opened(call.messages, opening)
        if call.chunks is None:
            chat.reply(messages, max_tokens=call.max_tokens, first_tokens=call.first_tokens)
            continue
        chunks = chat.stream(messages, schema=call.schema, max_tokens=call.max_tokens)
        with closing(cast("Any", chunks)):
            for taken, _ in enumerate(chunks, 1):
                if taken == call.chunks:
                    break
    return time.perf_counter() - started


def _opened(messages: Sequence[BaseMessage], opening: str) -> list[BaseMessage]:
    first, *rest = messages
    return [first.model_copy(update={"content": f"{opening} {first.text}"}), *rest]
