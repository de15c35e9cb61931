"""How many tokens a server read and wrote: as it says, or about as many where it does not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.errors import EndpointResponseError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.messages.ai import UsageMetadata

LONGEST_TOKEN_CHARS = 64  # a server that writes more than this for each token is not counting
BYTES_PER_TOKEN = 3.5  # cautious: English takes four and more


def estimate_tokens(text: str) -> int:
    """About how many tokens, rather too many than too few.

    >>> estimate_tokens("The ferry sank.")
    5
    """
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


def cached_tokens(usage: Any) -> int:
    """How many of a prompt's tokens came from the server's cache; 0 where it does not say.

    >>> cached_tokens({"input_tokens": 9, "input_token_details": {"cache_read": 7}})
    7
    """
    return int((usage.get("input_token_details") or {}).get("cache_read") or 0)


def estimated_usage(messages: Sequence[BaseMessage], written_chars: int) -> UsageMetadata:
    """For servers that do not count."""
    read = sum(estimate_tokens(message.text) for message in messages)
    wrote = math.ceil(written_chars / BYTES_PER_TOKEN)
    return {"input_tokens": read, "output_tokens": wrote, "total_tokens": read + wrote}


def check_length(written_chars: int, max_tokens: int, server: str) -> None:
    """Raises EndpointResponseError where `server` wrote far more than it was asked for."""
    if written_chars > max_tokens * LONGEST_TOKEN_CHARS:
        raise EndpointResponseError(
            f"{server} wrote far more than the {max_tokens} tokens asked for",
            fix="Use a server that heeds max_tokens.",
        )
