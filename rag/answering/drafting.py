"""The sentences of a reply while it is still written: JSON objects, or text with [n] markers.

Invariant: a sentence is given once, as soon as its object is complete; what is broken off is not
given at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rag.articles.sentences import sentence_spans
from rag.text.words import one_line

_MARKERS = re.compile(r"\[(\d+(?:\s*(?:,|and|-|–)\s*\d+)*)\]")
_MARKERS_BEHIND = re.compile(r"(?P<end>[.!?][\"”’]?)(?P<marks>(?:\s*\[\d[\d\s,–-]*\])+)")
_DECODER = json.JSONDecoder()
MOST_CHARS = 600
_MOST_OF_RANGE = 100


@dataclass(frozen=True)
class Drafted:
    """A sentence as it was written, and the numbers that it cites."""

    text: str
    numbers: tuple[int, ...]


class Draft:
    """What a reply says so far. `is_empty` tells a reply that says: nothing."""

    def __init__(self) -> None:
        self._text = ""
        self._read = 0
        self._found = 0
        self.is_empty = False

    def add(self, piece: str) -> Iterator[Drafted]:
        """The sentences that this piece of the reply completes."""
        self._text += piece
        if "}" in piece:
            yield from self._complete()

    def end(self) -> Iterator[Drafted]:
        """What the end of the reply completes: of a text without objects, its sentences."""
        yield from self._complete()
        bare = re.sub(r"^\s*```(?:json)?|```\s*$", "", self._text).strip()
        self.is_empty = not self._found and bool(
            re.fullmatch(r"\[\s*\]|\{\s*\}|\{\s*\"sentences\"\s*:\s*\[\s*\]\s*\}", bare)
        )
        if not self._found and "{" not in self._text:
            yield from in_text(self._text)

    def _complete(self) -> Iterator[Drafted]:
        place = self._text.find("{", self._read)
        while place >= 0:
            try:
                value, end = _DECODER.raw_decode(self._text, place)
            except ValueError:
                place = self._text.find("{", place + 1)
                continue
            self._read = end
            for one in _sentences(value):
                self._found += 1
                yield one
            place = self._text.find("{", end)


def _sentences(value: Any) -> Iterator[Drafted]:
    """Those of one object: of a sentence itself, or of the whole reply."""
    if not isinstance(value, dict):
        return
    listed = value.get("sentences")
    if isinstance(listed, list):
        for one in listed:
            yield from _sentences(one)
    text = value.get("text")
    if isinstance(text, str) and text.strip():
        cited = value.get("sources")
        numbers = _numbers(cited if isinstance(cited, list) else [cited])
        yield Drafted(one_line(text)[:MOST_CHARS], tuple(dict.fromkeys((*numbers, *_marked(text)))))


def _numbers(cited: Iterable[Any]) -> Iterator[int]:
    for one in cited:
        if isinstance(one, int) and not isinstance(one, bool):
            yield one
        elif isinstance(one, str):
            yield from map(int, re.findall(r"\d{1,6}", one))


def _marked(text: str) -> Iterator[int]:
    for match in _MARKERS.finditer(text):
        for first, last in re.findall(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?", match.group(1)):
            numbers = range(int(first), int(last or first) + 1)[:_MOST_OF_RANGE]
            yield from numbers or (int(first), int(last))


def in_text(reply: str) -> Iterator[Drafted]:
    """The sentences of a plain text that cite something.

    >>> list(in_text("It sank. [2] All lived [1, 3]. Ask me more!"))
    [Drafted(text='It sank.', numbers=(2,)), Drafted(text='All lived.', numbers=(1, 3))]
    """
    text = _MARKERS_BEHIND.sub(r"\g<marks>\g<end>", reply)
    for span in sentence_spans(text) if text.strip() else ():
        sentence = span.of(text)
        numbers = tuple(dict.fromkeys(_marked(sentence)))
        plain = re.sub(r"\s+([.!?,;])", r"\1", one_line(_MARKERS.sub("", sentence)))
        if numbers and plain:
            yield Drafted(plain[:MOST_CHARS], numbers)
