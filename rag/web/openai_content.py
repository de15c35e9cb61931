"""What an answer says to a client of OpenAI's shape: Markdown with [n] markers, and what they cite.

Invariant: the pieces joined are the content, whether it is sent whole or sentence by sentence, and
each annotation spans exactly the marker of its citation.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from rag import layout
from rag.answer import Answer, Usage
from rag.events import Event
from rag.layout import Block
from rag.web.panel import web_link

_TAG = re.compile(r"<(?=[a-zA-Z/!?])")


@dataclass(frozen=True)
class Piece:
    """A run of the content; `number` is that of the citation whose marker it is."""

    text: str
    number: int | None = None


@dataclass(frozen=True)
class Mark:
    """A marker in the content, `content[start:end]`, and what it cites."""

    start: int
    end: int
    title: str
    url: str


def unlinked(text: str) -> str:
    """Text in which a client that renders Markdown or HTML finds no link, image or tag.

    What an article says may be shown; what it would make a client fetch may not.

    >>> unlinked("![x](http://elsewhere/?q=1) <img src=y> 3 < 4")
    '![x] (http://elsewhere/?q=1) < img src=y> 3 < 4'
    """
    return _TAG.sub("< ", text.replace("](", "] (").replace("][", "] ["))


def sentences(answer: Answer) -> Iterator[tuple[Piece, ...]]:
    """What a client shows, sentence by sentence; each marker is a piece of its own.

    The lead, the claims, what is open and why, where sources disagree.
    """
    before: Block | None = None
    for block in _told(answer):
        lead_in = "" if before is None else "\n\n" if block.items or before.items else " "
        if title := unlinked(block.title):
            lead_in += title + ("\n" if block.items else " ")
        for one in block.said:
            text = Piece(lead_in + ("- " if block.items else "") + unlinked(one.dated))
            markers = ((Piece(" "), Piece(f"[{number}]", number)) for number in one.citations)
            yield (text, *chain.from_iterable(markers))
            lead_in = "\n" if block.items else block.between
        before = block


def _told(answer: Answer) -> Iterator[Block]:
    """What an answer says of the articles; what it says of itself is in the field `groundwire`."""
    yield from layout.said(answer)
    if is_open := layout.left_open(answer):
        yield is_open
    if (known := layout.related(answer)) and known.items:
        yield known
    for conflict in answer.conflicts:
        yield layout.conflict_block(conflict, answer.question)


def marks_of(answer: Answer, base: str) -> Iterator[Mark]:
    """The markers in their order; an article without an address of the web has ours, under `base`.

    Positions count characters, as everything of ours does.
    """
    end = 0
    for piece in chain.from_iterable(sentences(answer)):
        start, end = end, end + len(piece.text)
        if piece.number is not None:
            citation = answer.citation(piece.number)
            address = web_link(citation.url) or f"{base}v1/articles/{citation.article_id}"
            yield Mark(start, end, citation.title, address)


def chat_annotations(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """The marks as annotations of a chat message."""
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start,
                "end_index": mark.end,
                "title": mark.title,
                "url": mark.url,
            },
        }
        for mark in marks
    ]


_NOTHING = Usage()


@dataclass(frozen=True)
class Wording:
    """What a client is told: the text in the pieces in which it is streamed, what they cite, and
    what it took. `answer` is the whole answer as JSON, None where none stands behind it.
    """

    pieces: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    usage: Usage = _NOTHING
    answer: dict[str, Any] | None = None
    name: str = ""

    @property
    def text(self) -> str:
        return "".join(self.pieces)


# The first event of an answer, those that follow, and what is made of it at their end.
Told = tuple[Event, AsyncIterator[Event], Callable[[Answer], Wording]]


def of_answer(answer: Answer, base: str, as_json: bool = False) -> Wording:
    """An answer as a client shows it, or `as_json` whole, in its own JSON and without marks."""
    whole = answer.model_dump(mode="json")
    if as_json:
        return Wording((answer.model_dump_json(),), (), answer.usage, whole, answer.id)
    told = tuple("".join(piece.text for piece in one) for one in sentences(answer))
    return Wording(told, tuple(marks_of(answer, base)), answer.usage, whole, answer.id)


def after(sent: str, texts: Sequence[str]) -> list[str]:
    """What is still to be sent of texts whose beginning was.

    >>> after("Yes.", ["Yes.", " It sank. [1]"]), after("Yes.", ["Yes. It sank. [1]"])
    (['', ' It sank. [1]'], [' It sank. [1]'])
    """
    left = []
    for text in texts:
        both = min(len(sent), len(text))
        left.append(text[both:])
        sent = sent[both:]
    return left


def of_text(text: str) -> Wording:
    """A text that no answer stands behind.

    >>> of_text("Ferry off Lowick").text
    'Ferry off Lowick'
    """
    return Wording((text,))
