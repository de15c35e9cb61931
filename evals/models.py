"""The models a command needs, each opened at its first use and closed at the end.

Invariant: where judge and writer are the same model at the same place, they are one `ChatModel`,
so that an embedded engine is in memory once.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr

from evals.cache import Cache
from evals.calls import MeteredChat
from evals.judges.judge import ModelJudge, SignalsJudge, Weights
from evals.judges.verifying import VerifierJudge
from rag.check.support import ALONE, WITH_MODEL
from rag.closing import Closing
from rag.errors import InputError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.newsroom import Report

KINDS = ("model", "signals", WITH_MODEL, ALONE)
JUDGE_KEY = "GROUNDWIRE_JUDGE_KEY"


@dataclass(frozen=True)
class JudgeOrder:
    """Which judge: `kind` is one of `KINDS`; `url` and `model` default to the writer's."""

    kind: str = "model"
    url: str | None = None
    model: str | None = None
    weights: Path | None = None

    def settings(self, base: Settings) -> Settings:
        """The settings of the judge's own model; `base` itself where it is the writer's."""
        changes: dict[str, object] = {}
        if self.url is not None:
            changes["openai_base_url"] = self.url
        if self.model is not None:
            changes["model"] = self.model
        if self.url is not None and (key := os.environ.get(JUDGE_KEY)):
            changes["openai_api_key"] = SecretStr(key)
        return base.model_copy(update=changes) if changes else base


class Models(Closing):
    """Use as a context manager. `judged` counts what the judge asked its model."""

    judged: MeteredChat | None = None

    def __init__(self, settings: Settings, progress: Report | None = None) -> None:
        self._settings = settings
        self._progress = progress
        self._open: list[tuple[Settings, ChatModel]] = []
        self._stack = ExitStack()

    def writer(self) -> ChatModel:
        """The chat model of the settings."""
        return self._chat(self._settings)

    def judge(self, order: JudgeOrder) -> ModelJudge | SignalsJudge | VerifierJudge:
        """The judge ordered. Raises InputError for a kind or weights that there are not."""
        if order.kind not in KINDS:
            raise InputError(f"There is no judge {order.kind!r}", fix=f"One of: {', '.join(KINDS)}")
        weights = Weights.load(order.kind, order.weights) if order.weights else None
        if order.kind == "signals":
            return SignalsJudge(weights)
        if order.kind == ALONE:
            return VerifierJudge(weights=weights)
        cache = self._stack.enter_context(Cache(self._settings.cache / "judge.sqlite"))
        self.judged = MeteredChat(self._chat(order.settings(self._settings)))
        chat = cast("ChatModel", self.judged)
        judge = VerifierJudge if order.kind == WITH_MODEL else ModelJudge
        return judge(chat, cache, weights)

    def _chat(self, settings: Settings) -> ChatModel:
        from rag.models.chat import ChatModel

        for known, chat in self._open:
            if known == settings:
                return chat
        chat = self._stack.enter_context(ChatModel.open(settings, self._progress))
        self._open.append((settings, chat))
        return chat

    def close(self) -> None:
        """End every model that was started."""
        self._stack.close()
