"""A model that names the sentence with certain words, and says how it was asked."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from langchain_core.messages import BaseMessage

from rag.models.chat import ChatModel
from rag.models.located import Located, log_probabilities
from rag.models.weights import ENTAILMENT, LOCATOR
from rag.models.yesno import YES_NO_UNKNOWN, Reply, Whether, YesNo, likely_if_plain


class Scripted:
    """`names` are words of the sentence that it finds, None where it finds none.

    Without the adapter (`locates`) it only says whether there is one; `verdict` is how likely it
    replies yes rather than no, and `entailed` what it says of a statement if it was taught to.
    """

    def __init__(
        self,
        names: str | None = None,
        *,
        locates: bool = True,
        verdict: float = 0.9,
        entailed: Whether | None = None,
    ) -> None:
        self.names = names
        self.locates = locates
        self.entails = entailed is not None
        self.entailed = entailed
        self.verdict = verdict
        self.asked: list[str] = []

    def __call__(self) -> ChatModel:
        """What starts it."""
        return cast("ChatModel", self)

    def located(self, messages: Sequence[BaseMessage], sentences: int) -> Located:
        read = self._read(messages)
        numbers = re.findall(r"\[(\d)\] ([^\[]*)", read.rsplit("\n\nQuestion:", 1)[0])
        named = [int(n) for n, text in numbers if self.names and self.names in text]
        likely = [math.log(0.98 if n in named else 0.02 / 9) for n in range(1, sentences + 1)]
        nowhere = math.log(0.02 / 9 if named else 0.98)
        return Located(nowhere, tuple(likely), prompt_tokens=90, completion_tokens=1)

    def yes_log_odds(self, messages: Sequence[BaseMessage]) -> YesNo:
        read = self._read(messages)
        stated = bool(self.names) and str(self.names) in read
        return YesNo(4.0 if stated else -6.0, stated, prompt_tokens=90, completion_tokens=1)

    def reply(self, messages: Sequence[BaseMessage], **_: Any) -> Reply:
        self._read(messages)
        likely = (("Yes", math.log(self.verdict)), ("No", math.log(1 - self.verdict)))
        return Reply("Yes" if self.verdict > 0.5 else "No", likely, prompt_tokens=90)

    def whether(self, messages: Sequence[BaseMessage], adapter: Path = LOCATOR) -> Whether:
        if adapter == ENTAILMENT and self.entailed is not None:
            self._read(messages)
            return self.entailed
        said = self.reply(messages)
        if self.names is None:
            return Whether(math.log(0.01), math.log(0.01), math.log(0.98))
        return Whether(
            *log_probabilities(said.likely or likely_if_plain(said.text), YES_NO_UNKNOWN)
        )

    def _read(self, messages: Sequence[BaseMessage]) -> str:
        self.asked.append(str(messages[-1].content))
        return self.asked[-1]
