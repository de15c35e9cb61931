"""Sources to draft claims, one by one as the model writes them.

Invariant: a draft is only a proposal. Nothing here decides what a reader sees.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rag.answering.answer import Usage
from rag.answering.prompts import CLAIMS_SCHEMA, WRITE, asking
from rag.answering.sources import Source
from rag.errors import EndpointResponseError
from rag.models.chat import ChatModel

MAX_ANSWER_TOKENS = 320


@dataclass(frozen=True)
class Draft:
    """A drafted claim, and the source numbers that the model gave for it."""

    text: str
    cited: tuple[int, ...]


class Writer:
    """Drafts claims with a chat model; `usage` holds the tokens of the last draft."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.usage = Usage()

    def draft(self, question: str, sources: Sequence[Source]) -> Iterator[Draft]:
        """Claims as they are finished.

        Raises ModelError; EndpointResponseError when the reply is not what was asked for.
        """
        chunks = self._chat.stream(
            asking(question, sources, WRITE), schema=CLAIMS_SCHEMA, max_tokens=MAX_ANSWER_TOKENS
        )
        yield from drafts(self._texts(chunks))

    def _texts(self, chunks: Iterable[Any]) -> Iterator[str]:
        for chunk in chunks:
            if chunk.usage_metadata:
                self.usage = Usage(
                    prompt_tokens=chunk.usage_metadata["input_tokens"],
                    completion_tokens=chunk.usage_metadata["output_tokens"],
                )
            yield str(chunk.text)


def drafts(texts: Iterable[str]) -> Iterator[Draft]:
    """Claims from a JSON reply that arrives in pieces; each as soon as the next one begins.

    >>> pieces = ['{"claims": [{"text": "It rained.", "sou', 'rces": [1]}, {"text": "It st']
    >>> [draft.text for draft in drafts([*pieces, 'opped.", "sources": [2, 2]}]}'])]
    ['It rained.', 'It stopped.']
    """
    from langchain_core.utils.json import parse_partial_json

    reply, given = "", 0
    for piece in texts:
        reply += piece
        if "}" not in piece and "{" not in piece:
            continue
        try:
            claims = _claims(parse_partial_json(reply))
        except (ValueError, EndpointResponseError):
            continue  # not yet readable; judged when it has ended
        while given < len(claims) - 1:
            yield claims[given]
            given += 1
    yield from _last(reply)[given:]


def _last(reply: str) -> list[Draft]:
    """All claims of a reply that has ended; of one cut short, those that were finished."""
    from langchain_core.utils.json import parse_json_markdown, parse_partial_json

    try:
        return _claims(parse_json_markdown(reply, parser=json.loads))
    except ValueError:
        pass
    try:
        finished = _claims(parse_partial_json(reply))[:-1]
    except ValueError:
        finished = []
    if not finished:
        raise EndpointResponseError(
            "The model's reply was not the JSON it was asked for",
            fix="Ask again, or choose another model.",
        )
    return finished


def _claims(parsed: Any) -> list[Draft]:
    """What is usable of a parsed reply; EndpointResponseError when it has another shape."""
    if not isinstance(parsed, dict) or not isinstance(parsed.get("claims"), list):
        raise EndpointResponseError(
            "The model's reply has no list of claims", fix="Ask again, or choose another model."
        )
    found: list[Draft] = []
    for item in parsed["claims"]:
        if not isinstance(item, dict) or not isinstance(item.get("text"), str):
            continue
        numbers = item.get("sources") if isinstance(item.get("sources"), list) else []
        cited = [number for number in numbers or [] if isinstance(number, int)]
        text = sentence(item["text"])
        if text and text not in [draft.text for draft in found]:
            found.append(Draft(text, tuple(dict.fromkeys(cited))))
    return found


def sentence(text: str) -> str:
    """A draft as a sentence: one line, a capital at the start, a full stop at the end.

    >>> sentence("the ninth hit\\na Humvee"), sentence("He said: \\"Go.\\"")
    ('The ninth hit a Humvee.', 'He said: "Go."')
    """
    line = " ".join(text.split())
    if not line:
        return ""
    line = line[0].upper() + line[1:]
    return line if line.rstrip("\"'”’)")[-1:] in {".", "!", "?", "…"} else f"{line}."
