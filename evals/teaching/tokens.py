"""What a request is in tokens, as the engine itself cuts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx2
from langchain_core.messages import BaseMessage

from rag.models.engine import Engine

_ROLES = {"human": "user", "system": "system"}


class Answering(NamedTuple):
    """The tokens of the answers to choose from, and those from which on the adapter counts."""

    choices: Sequence[int]
    marker: Sequence[int]


class Tokens:
    """The tokens of an engine that runs; an adapter counts from the last `marker` on."""

    def __init__(self, engine: Engine, marker: str) -> None:
        self._client = httpx2.Client(
            base_url=engine.base_url.removesuffix("/v1"),
            headers={"Authorization": f"Bearer {engine.api_key}"},
            timeout=60,
            limits=httpx2.Limits(max_keepalive_connections=0),  # it ends those that wait
            trust_env=False,  # a proxy has no way to our loopback
        )
        self.marker = self.of(marker)

    def of(self, text: str) -> list[int]:
        """Its tokens; those that the chat template is made of are taken for what they are.

        Raises HTTPError.
        """
        asked = {"content": text, "add_special": False, "parse_special": True}
        return list(self._post("tokenize", asked)["tokens"])

    def answering(self, words: Sequence[str]) -> Answering:
        """How one of these words is answered, each by its first token. Raises HTTPError."""
        return Answering([self.of(word)[0] for word in words], self.marker)

    def of_request(
        self, messages: Sequence[BaseMessage]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What the model reads of a request, up to the marker and from it on. Raises HTTPError."""
        said = [{"role": _ROLES[message.type], "content": message.text} for message in messages]
        tokens = self.of(self._post("apply-template", {"messages": said})["prompt"])
        size = len(self.marker)
        places = range(len(tokens) - size, -1, -1)
        start = next(place for place in places if tokens[place : place + size] == self.marker)
        return tuple(tokens[:start]), tuple(tokens[start:])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = self._client.post(f"/{path}", json=body)
        reply.raise_for_status()
        found: dict[str, Any] = reply.json()
        return found
