"""A wording as a chat completion, whole or in chunks."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import anyio

from rag.answer import Usage
from rag.errors import GroundwireError
from rag.events import Done, Event, Lead, Sentence
from rag.web.openai_content import Told, Wording, after, chat_annotations, unlinked
from rag.web.openai_requests import MODEL
from rag.web.problems import openai_error, problem


def completion(wording: Wording) -> dict[str, Any]:
    """A whole chat completion."""
    message = {
        "role": "assistant",
        "content": wording.text,
        "refusal": None,
        "annotations": chat_annotations(wording.marks),
    }
    return {
        "id": f"chatcmpl-{wording.name or uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": used(wording.usage),
        "groundwire": wording.answer,
    }


async def chunks(
    told: Told | None, wording: Wording | None, *, include_usage: bool, leads: bool = True
) -> AsyncIterator[str]:
    """The same as chunks: a sentence each, joined they are the content of `completion`.

    What the program says first comes once it is known where it `leads`, the rest once the answer
    is whole; until then comments keep the connection alive. Where an error ends it, sentences found
    come before.
    """
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": MODEL,
    }
    found: list[str] = []
    sent = ""

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**head, "choices": [choice], **more})

    def said(wording: Wording) -> list[str]:
        *texts, last = after(sent, wording.pieces)
        lines = [chunk({"content": text}) for text in texts if text]
        lines.append(chunk({"content": last, "annotations": chat_annotations(wording.marks)}))
        lines.append(chunk({}, "stop", groundwire=wording.answer))
        if include_usage:
            lines.append(_data({**head, "choices": [], "usage": used(wording.usage)}))
        return lines

    yield chunk({"role": "assistant", "content": ""})
    if wording is not None:
        for line in said(wording):
            yield line
    elif told is not None:
        first, rest, worded = told
        try:
            async for event in all_of(first, rest):
                if isinstance(event, Sentence):
                    found.append(unlinked(event.claim.marked))
                if leads and isinstance(event, Lead) and event.text:
                    text = (" " if sent else "") + unlinked(event.text)
                    sent += text
                    yield chunk({"content": text})
                if not isinstance(event, Done):
                    yield ": being answered\n\n"
                    continue
                for line in said(worded(event.answer)):
                    yield line
        except GroundwireError as error:
            if found:
                yield chunk({"content": (" " if sent else "") + " ".join(found)})
            yield _data(json.loads(bytes(openai_error(problem(error)).body)))
        finally:
            with anyio.CancelScope(shield=True):
                await rest.aclose()  # type: ignore[attr-defined]
    yield "data: [DONE]\n\n"


async def all_of(first: Event, rest: AsyncIterator[Event]) -> AsyncIterator[Event]:
    """The events with the one that was looked at before."""
    yield first
    async for event in rest:
        yield event


def used(usage: Usage) -> dict[str, Any]:
    """Tokens in the words of chat completions."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def _data(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"
