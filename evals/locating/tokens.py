"""What a request is in tokens, as the engine itself cuts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx2
from langchain_core.messages import BaseMessage

from rag.models.engine import Engine

# The adapter counts from the last of these on: everything that is asked of sources begins so.
MARKER = "Question:"
_ROLES = {"human": "user", "system": "system"}


class Tokens:
    """The tokens of an engine that runs."""

    def __init__(self, engine: Engine) -> None:
        self._root = engine.base_url.removesuffix("/v1")
        self._key = engine.api_key
        self.marker = self.of(MARKER)
        self.digits = [self.of(str(digit))[0] for digit in range(10)]

    def of(self, text: str) -> list[int]:
        """Its tokens; those that the chat template is made of are taken for what they are.

        Raises HTTPError.
        """
        asked = {"content": text, "add_special": False, "parse_special": True}
        return list(self._post("tokenize", asked)["tokens"])

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
        reply = httpx2.post(
            f"{self._root}/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._key}"},
            timeout=60,
            trust_env=False,  # a proxy has no way to our loopback
        )
        reply.raise_for_status()
        found: dict[str, Any] = reply.json()
        return found
