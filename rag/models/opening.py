"""A reply that opens with yes or no, and goes on only for those who want to read on.

One request does for two: is there an answer, and which. Invariant: what is not wanted is not
waited for; closing tells the server to stop.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from rag.closing import Closing
from rag.models.tokens import BYTES_PER_TOKEN, cached_tokens, estimated_usage
from rag.models.yesno import Reply, YesNo, likely_first, log_odds, word_logprobs, yes_or_no

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk, BaseMessage

# "No." mostly ends there, and with the end comes the server's count.
_AFTER_NO = 2
_WHOLE_WORD = re.compile(r"\W*\w+\W")
_YES_OR_NO = re.compile(r"[\W_]*(?:yes|no)\b[\W_]*", re.I)


class Opening(Closing):
    """One reply in the making, from the chunks of `ChatModel.stream`; close it when done.

    `yes` is there at once. Tokens that the server had no time to count are estimated. Raises
    EndpointError or EngineError while it reads.

    >>> from langchain_core.messages import AIMessageChunk
    >>> chunks = (AIMessageChunk(content=text) for text in ("Yes", ".\\n", "Nine ", "came."))
    >>> with Opening([], chunks) as reply:
    ...     reply.yes.answer, reply.rest().text
    (True, 'Nine came.')
    """

    def __init__(
        self,
        messages: Sequence[BaseMessage],
        chunks: Generator[AIMessageChunk, None, None],
        bytes_per_token: float = BYTES_PER_TOKEN,
    ) -> None:
        self._messages = messages
        self._bytes_per_token = bytes_per_token
        self._chunks = chunks
        self._said = ""
        self._likely: tuple[tuple[str, float], ...] = ()
        self._logprobs: list[float] = []
        self._usage: Any = None
        while not (self._likely or _WHOLE_WORD.match(self._said)) and self._read_on():
            pass
        self.yes = YesNo(log_odds(self._likely), yes_or_no(self._said))

    def rest(self) -> Reply:
        """What follows the yes or no, once all of it is written."""
        while self._read_on():
            pass
        opened = _YES_OR_NO.match(self._said)
        return self._reply(self._said[opened.end() :] if opened else self._said)

    def unread(self) -> Reply:
        """No more of it is wanted: the tokens until now, counted by the server if it had ended."""
        if self.yes.answer is False:
            for _ in range(_AFTER_NO):
                self._read_on()
        self.close()
        return self._reply("")

    def close(self) -> None:
        """Tell the server to stop. Safe to call twice."""
        self._chunks.close()

    def _read_on(self) -> bool:
        """Take in one more chunk; False when there is none."""
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self._likely = self._likely or likely_first(chunk)
        self._logprobs += word_logprobs(chunk)
        self._said += chunk.text
        self._usage = chunk.usage_metadata or self._usage
        return True

    def _reply(self, text: str) -> Reply:
        usage = self._usage or estimated_usage(
            self._messages, len(self._said), self._bytes_per_token
        )
        return Reply(
            text,
            self._likely,
            min(self._logprobs[1:], default=None),  # the first is the yes or no
            prompt_tokens=usage["input_tokens"],
            completion_tokens=usage["output_tokens"],
            cached_tokens=cached_tokens(usage),
        )
