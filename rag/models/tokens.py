"""How many tokens were read and written: as a server says, or about so many.

Invariant: an estimate is rather too high than too low, until a server has counted something.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.messages.ai import UsageMetadata

BYTES_PER_TOKEN = 3.5  # cautious: English takes four and more


def cached_tokens(usage: Any) -> int:
    """How many of a prompt's tokens came from the server's cache; 0 where it does not say.

    >>> cached_tokens({"input_tokens": 9, "input_token_details": {"cache_read": 7}})
    7
    """
    return int((usage.get("input_token_details") or {}).get("cache_read") or 0)


def bytes_per_token(messages: Sequence[BaseMessage], counted: UsageMetadata) -> float:
    """What a server's count of `messages` comes to; never below 1."""
    return max(1.0, _bytes_of(messages) / max(1, counted["input_tokens"]))


def estimated_usage(
    messages: Sequence[BaseMessage], written_chars: int, per_token: float = BYTES_PER_TOKEN
) -> UsageMetadata:
    """For servers that do not count, and for replies that were not read to their end.

    >>> from langchain_core.messages import HumanMessage
    >>> estimated_usage([HumanMessage("The ferry sank.")], 7)["input_tokens"]
    5
    """
    read = math.ceil(_bytes_of(messages) / per_token)
    wrote = math.ceil(written_chars / per_token)
    return {"input_tokens": read, "output_tokens": wrote, "total_tokens": read + wrote}


def _bytes_of(messages: Sequence[BaseMessage]) -> int:
    return sum(len(message.text.encode("utf-8", "replace")) for message in messages)
