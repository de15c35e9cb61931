"""A wording as one of OpenAI's responses, whole or as its events."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio

from rag.answer import Usage
from rag.errors import GroundwireError
from rag.events import Done, Sentence
from rag.web.openai_chat import all_of
from rag.web.openai_content import Mark, Told, Wording, unlinked
from rag.web.openai_requests import MODEL, ResponseRequest
from rag.web.problems import problem


def response(name: str, asked: ResponseRequest, wording: Wording) -> dict[str, Any]:
    """A whole response, completed."""
    return {
        **_frame(name, asked, "completed"),
        "output": [_message(name, wording)],
        "usage": used(wording.usage),
        "groundwire": wording.answer,
    }


def _frame(name: str, asked: ResponseRequest, status: str) -> dict[str, Any]:
    form = (asked.text.format if asked.text else None) or {"type": "text"}
    return {
        "id": name,
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.instructions,
        "metadata": asked.metadata or {},
        "model": MODEL,
        "output": [],
        "parallel_tool_calls": False,
        "previous_response_id": asked.previous_response_id,
        "store": asked.store is not False,
        "temperature": None,
        "text": {"format": form},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "usage": None,
    }


def _message(name: str, wording: Wording | None) -> dict[str, Any]:
    return {
        "id": f"msg_{name.removeprefix('resp_')}",
        "type": "message",
        "role": "assistant",
        "status": "in_progress" if wording is None else "completed",
        "content": [] if wording is None else [_part(wording.text, wording.marks)],
    }


def _part(text: str, marks: tuple[Mark, ...]) -> dict[str, Any]:
    return {
        "type": "output_text",
        "text": text,
        "annotations": [_annotation(mark) for mark in marks],
        "logprobs": [],
    }


def _annotation(mark: Mark) -> dict[str, Any]:
    return {
        "type": "url_citation",
        "start_index": mark.start,
        "end_index": mark.end,
        "title": mark.title,
        "url": mark.url,
    }


def used(usage: Usage) -> dict[str, Any]:
    """Tokens in the words of responses."""
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }


async def events(
    name: str, asked: ResponseRequest, told: Told | None, wording: Wording | None
) -> AsyncIterator[str]:
    """The events of a response: its text sentence by sentence, as in `openai_chat.chunks`."""
    lines = _Lines()
    yield lines.line("response.created", response=_frame(name, asked, "in_progress"))
    yield lines.line("response.in_progress", response=_frame(name, asked, "in_progress"))
    if wording is not None:
        for line in _spoken(lines, name, asked, wording):
            yield line
    elif told is not None:
        first, rest, worded = told
        found: list[str] = []
        try:
            async for event in all_of(first, rest):
                if isinstance(event, Sentence):
                    found.append(unlinked(event.claim.marked))
                if not isinstance(event, Done):
                    yield ": being answered\n\n"
                    continue
                for line in _spoken(lines, name, asked, worded(event.answer)):
                    yield line
        except GroundwireError as error:
            said = problem(error)
            failed = _frame(name, asked, "failed")
            if found:  # what was found before stays true
                failed["output"] = [_message(name, Wording((" ".join(found),)))]
            message = f"{said.detail} {said.fix}"
            failed["error"] = {"code": "server_error", "message": message}
            yield lines.line("response.failed", response=failed)
        finally:
            with anyio.CancelScope(shield=True):
                await rest.aclose()  # type: ignore[attr-defined]


def _spoken(lines: _Lines, name: str, asked: ResponseRequest, wording: Wording) -> Iterator[str]:
    message = _message(name, wording)
    place = {"item_id": message["id"], "output_index": 0}
    part = {**place, "content_index": 0}
    begun = _message(name, None)
    yield lines.line("response.output_item.added", output_index=0, item=begun)
    yield lines.line("response.content_part.added", **part, part=_part("", ()))
    for text in wording.pieces:
        yield lines.line("response.output_text.delta", **part, delta=text, logprobs=[])
    for number, mark in enumerate(wording.marks):
        yield lines.line(
            "response.output_text.annotation.added",
            **part,
            annotation_index=number,
            annotation=_annotation(mark),
        )
    yield lines.line("response.output_text.done", **part, text=wording.text, logprobs=[])
    yield lines.line("response.content_part.done", **part, part=_part(wording.text, wording.marks))
    yield lines.line("response.output_item.done", output_index=0, item=message)
    yield lines.line("response.completed", response=response(name, asked, wording))


class _Lines:
    """Server-sent events, numbered."""

    def __init__(self) -> None:
        self._number = -1

    def line(self, kind: str, **fields: Any) -> str:
        self._number += 1
        body = {"type": kind, "sequence_number": self._number, **fields}
        return f"event: {kind}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"
