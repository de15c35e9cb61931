"""Answers given before, told again at once while nothing that made them has changed.

Invariant: an answer is told again only for the same question and talk, filters, articles, models
and prompts; any ingest or removal changes the index's marker, and with it the key. An answer that
was made while the model was down is not kept: it may be up the next time.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rag.answer import Timings
from rag.answering.pipeline import Inquiry
from rag.answering.writer import WITHOUT_MODEL
from rag.events import Done, Event, Sources

MOST_REMEMBERED = 256
MOST_CHARS = 20_000_000  # of the articles that the answers hold on to
Key = tuple[object, ...]


@dataclass
class Remembered:
    """The last answers of one newsroom. Safe to use from several threads."""

    most: int = MOST_REMEMBERED
    most_chars: int = MOST_CHARS
    _known: OrderedDict[Key, tuple[Event, ...]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def telling(self, inquiry: Inquiry, events: Iterable[Event]) -> Iterator[Event]:
        """`events`, or those of the same inquiry before; kept once they came to their end."""
        key = _key(inquiry)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
        if known is not None:
            yield from (_anew(event, inquiry) for event in known)
            return
        told: list[Event] = []
        for event in events:
            told.append(event)
            # Kept before it is told: nobody asks for more after it.
            if isinstance(event, Done) and WITHOUT_MODEL not in told:
                self._keep(key, tuple(told))
            yield event

    def _keep(self, key: Key, told: tuple[Event, ...]) -> None:
        with self._lock:
            self._known[key] = told
            self._known.move_to_end(key)
            while len(self._known) > self.most or self._chars() > self.most_chars:
                self._known.popitem(last=False)

    def _chars(self) -> int:
        return sum(
            len(hit.article.text)
            for told in self._known.values()
            for event in told
            if isinstance(event, Sources)
            for hit in event.hits
        )


def _key(inquiry: Inquiry) -> Key:
    library = inquiry.library
    previous = [it.previous.text for it in inquiry.questions if it.previous]
    asked = [(it.kind, it.chosen, it.about) for it in inquiry.questions]
    made_by = inquiry.provenance(asked_model=False)
    before = inquiry.asked_before  # is not offered again
    return (inquiry.text, *asked, *previous, before, library.filters, library.scope, made_by)


def _anew(event: Event, inquiry: Inquiry) -> Event:
    """The last event with an identity and timings of its own; what the model read is cached."""
    if not isinstance(event, Done):
        return event
    usage = event.answer.usage
    elapsed = round(time.monotonic() - inquiry.started, 3)
    first = elapsed if event.answer.claims else None
    return Done(
        event.answer.model_copy(
            update={
                "id": uuid.uuid4().hex,
                "timings_s": Timings(retrieve=0.0, first_sentence=first, total=elapsed),
                "usage": usage.model_copy(update={"cached_tokens": usage.prompt_tokens}),
            }
        )
    )
