"""What is asked of a chat server beside the messages, and what it turned out not to know.

OpenAI-compatible servers differ in which options they take. Each is asked for the best first; an
option that it refuses by name is left out of every later request.
"""

from __future__ import annotations

from typing import Any

from rag.models.failures import is_overflow, server_message

TOP_LOGPROBS = 10

# Our option, and the words by which a server names it when it refuses, in the order of trying.
REFUSALS = (
    ("logprobs", ("logprob",)),
    ("temperature", ("temperature",)),
    ("stream_options", ("stream_options",)),
    ("limit", ("max_tokens", "max_completion_tokens")),
    ("json_schema", ("json_schema", "response_format", "schema", "grammar")),
    ("json_object", ("json_object", "response_format", "json")),
)


class Options:
    """The options that one server takes. Safe to share between threads.

    >>> options = Options(speaks_openai=False)
    >>> options.body(max_tokens=5)
    {'max_tokens': 5}
    """

    def __init__(self, *, speaks_openai: bool) -> None:
        self._limits = ["max_tokens", "max_completion_tokens"]  # OpenAI's own name came later
        if speaks_openai:
            self._limits.reverse()
        self.refused: frozenset[str] = frozenset()

    def body(
        self, *, max_tokens: int, schema: dict[str, Any] | None = None, logprobs: bool = False
    ) -> dict[str, Any]:
        """The part of the request that depends on the server."""
        body: dict[str, Any] = {self._limits["limit" in self.refused]: max_tokens}
        if schema is not None and "json_schema" not in self.refused:
            named = {"name": "reply", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif schema is not None and "json_object" not in self.refused:
            body["response_format"] = {"type": "json_object"}
        if logprobs and "logprobs" not in self.refused:
            body |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        return body

    def learn(self, error: Any, refused_before: frozenset[str]) -> bool:
        """Note what a 400 or 422 refused; True when asking again without it may help.

        `refused_before` is what was known when the request was made, for another thread may
        have learnt the same meanwhile.
        """
        said = f"{getattr(error, 'param', '')} {server_message(error)}".lower()
        if is_overflow(said):
            return False
        for option, words in REFUSALS:
            if option not in refused_before and any(word in said for word in words):
                self.refused |= {option}
                return True
        return False
