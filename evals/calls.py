"""What a chat model is asked, noted or counted, and how long it alone needs for that.

Invariant: a `HeardChat` sends what the model that it stands for would send. A repeat sends the
same calls in the same order and stops each where the first run stopped it. A few words of its own
at the very start keep the server's prompt cache from knowing the prompts already, while what the
calls share with each other stays shared.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

from rag.newsroom import Newsroom, Report

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk, BaseMessage

    from rag.models.chat import ChatModel, Reply


# What a chat model asks by its own `reply`, which here is heard.
_ASKED_BY_REPLY = frozenset({"yes_log_odds", "located", "whether", "entailed"})


@dataclass
class Call:
    """One call of the chat model, and what it took from beginning to end.

    `chunks` is how much of a stream was taken, None for a reply.
    """

    messages: tuple[BaseMessage, ...]
    schema: dict[str, Any] | None = None
    max_tokens: int = 1
    chunks: int | None = None
    first_tokens: bool = False
    adapter: Path | None = None
    seconds: float = 0.0


class HeardChat:
    """The chat model that it was given, with an ear to what it is asked and what that takes."""

    def __init__(self, chat: ChatModel) -> None:
        self.chat = chat

    def __getattr__(self, name: str) -> Any:
        if name in _ASKED_BY_REPLY and (own := getattr(type(self.chat), name, None)):
            return MethodType(own, self)
        return getattr(self.chat, name)

    def asked(self, call: Call) -> None:
        """A call begins."""

    def took(self, read: int, written: int) -> None:
        """A call has ended, and took so many tokens."""

    def stream(
        self,
        messages: Sequence[BaseMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int,
    ) -> Iterator[AIMessageChunk]:
        """As `ChatModel.stream`."""
        call = Call(tuple(messages), schema, max_tokens, chunks=0)
        self.asked(call)
        started = time.perf_counter()
        for chunk in self.chat.stream(messages, schema=schema, max_tokens=max_tokens):
            call.chunks = (call.chunks or 0) + 1
            call.seconds = time.perf_counter() - started
            if usage := chunk.usage_metadata:
                self.took(usage["input_tokens"], usage["output_tokens"])
            yield chunk

    def reply(
        self,
        messages: Sequence[BaseMessage],
        *,
        max_tokens: int,
        first_tokens: bool = False,
        adapter: Path | None = None,
    ) -> Reply:
        """As `ChatModel.reply`."""
        call = Call(
            tuple(messages), max_tokens=max_tokens, first_tokens=first_tokens, adapter=adapter
        )
        self.asked(call)
        started = time.perf_counter()
        said = self.chat.reply(
            messages, max_tokens=max_tokens, first_tokens=first_tokens, adapter=adapter
        )
        call.seconds = time.perf_counter() - started
        self.took(said.prompt_tokens, said.completion_tokens)
        return said


class RecordedChat(HeardChat):
    """Notes every call in `calls`."""

    def __init__(self, chat: ChatModel) -> None:
        super().__init__(chat)
        self.calls: list[Call] = []

    def asked(self, call: Call) -> None:
        """Note it."""
        self.calls.append(call)


class MeteredChat(HeardChat):
    """Counts calls and tokens. Safe to use from threads."""

    def __init__(self, chat: ChatModel) -> None:
        super().__init__(chat)
        self._lock = threading.Lock()
        self.calls = self.prompt_tokens = self.completion_tokens = 0

    def took(self, read: int, written: int) -> None:
        """Count it."""
        with self._lock:
            self.calls += 1
            self.prompt_tokens += read
            self.completion_tokens += written


class RecordedNewsroom(Newsroom):
    """A newsroom whose chat model notes what it is asked."""

    recorded: RecordedChat | None = None

    def warm_up(self, progress: Report | None = None) -> ChatModel:
        """As `Newsroom.warm_up`."""
        chat = super().warm_up(progress)
        if self.recorded is None or self.recorded.chat is not chat:
            self.recorded = RecordedChat(chat)
        return cast("ChatModel", self.recorded)

    @property
    def calls(self) -> Sequence[Call]:
        """Every call so far."""
        return self.recorded.calls if self.recorded else ()


def repeat(chat: ChatModel, calls: Sequence[Call], opening: str) -> float:
    """Seconds that `chat` needs for `calls` when nothing else happens between them."""
    started = time.perf_counter()
    for call in calls:
        messages = _opened(call.messages, opening)
        if call.chunks is None:
            chat.reply(
                messages,
                max_tokens=call.max_tokens,
                first_tokens=call.first_tokens,
                adapter=call.adapter,
            )
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
