"""An inquiry and the passages for it: for each part of a compound question those of its own.

A search for two things at once finds half of either: of two questions joined by "and", the gold
sentence was among the first that are read in half of the cases, and in nine of ten where each
part is searched for (`docs/figures.md`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.answer import Provenance
from rag.answering.compound import parts
from rag.answering.conversation import leans_on_history
from rag.answering.portions import looks
from rag.answering.prompts import Asked, following
from rag.retrieval.evidence import Source
from rag.retrieval.hits import Filters, Hit
from rag.retrieval.retriever import Retriever
from rag.text.spelling import respelt

HITS = 6
# How far sources that disagree are looked for; these are not read by the model.
HITS_COMPARED = 20
MAX_PARTS = 4
# What was found for the whole question, beside what was found for the part itself.
_WHOLE_COUNTS_LESS = 0.2


@dataclass(frozen=True)
class Inquiry:
    """A question, and what it may look at.

    `searched_for` is the question, after the talk that it leans on, and `told` what was answered
    last. `filters` are somebody's choice and always hold; `scope` is what the question itself
    names, and is preferred.
    """

    question: str
    searched_for: str
    provenance: Provenance
    filters: Filters | None = None
    scope: Filters | None = None
    told: str = ""
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Part:
    """One thing that is asked, in the question's words, with the passages for it, best first.

    `about` is the part with all its words: a follow-up has some of them in the talk before it.
    `asked` is what the model is asked: the part alone, for of two things at once a small model
    finds neither stated, after what it leans on.
    """

    text: str
    about: str
    asked: Asked
    compared: tuple[Hit, ...]

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages that may be read."""
        return self.compared[:HITS]


@dataclass(frozen=True)
class Found:
    """An inquiry with the passages for it. `retrieve_s` counts from the question's arrival.

    `question` and `searched_for` are the inquiry's, with its names as the articles spell them;
    `unasked` are parts too many to be answered at once. `read_before` is what was read first for
    the questions that a follow-up leans on, where that was asked for.
    """

    inquiry: Inquiry
    question: str
    searched_for: str
    parts: tuple[Part, ...]
    unasked: tuple[str, ...]
    read_before: tuple[Source, ...]
    retrieve_s: float

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages that may be read, each once; those read before a follow-up come last."""
        before = {_place(source.hit): source.hit for source in self.read_before}
        own = {_place(hit): hit for part in self.parts for hit in part.hits}
        return tuple({**own, **before, **own}.values())


@dataclass(frozen=True)
class _Searching:
    """Searches that may look at the same."""

    retriever: Retriever
    filters: Filters | None
    scope: Filters | None

    def hits(self, text: str) -> list[Hit]:
        return self.retriever.search(text, HITS_COMPARED, self.filters, prefer=self.scope)

    def look(self, text: str) -> tuple[str, list[Hit]]:
        """The text with its names as the articles found spell them, and what is found for that."""
        hits = self.hits(text)
        spelt = respelt(text, hits[:HITS])
        return (text, hits) if spelt == text else (spelt, self.hits(spelt))

    def read_first(self, text: str) -> tuple[str, tuple[Source, ...]]:
        """The text as the articles spell it, and the first portion that is read for it."""
        spelt, hits = self.look(text)
        return spelt, next(iter(looks(spelt, hits[:HITS])), ())


def find(inquiry: Inquiry, retriever: Retriever, *, what_was_read: bool = False) -> Found:
    """Search for an inquiry and for each of its parts; `what_was_read`, also for what was read
    before a follow-up. Raises StoreError.
    """
    searching = _Searching(retriever, inquiry.filters, inquiry.scope)
    searched_for, whole = searching.look(inquiry.searched_for)
    is_follow_up = inquiry.searched_for != inquiry.question
    question = respelt(inquiry.question, whole[:HITS]) if is_follow_up else searched_for
    asked = parts(question) or (question,)
    talk = searched_for.removesuffix(question).strip() if is_follow_up else ""
    found = []
    for text in asked[:MAX_PARTS]:
        if is_follow_up or len(asked) == 1:
            found.append(Part(text, searched_for, following(talk, text), tuple(whole)))
            talk = f"{talk} {_as_question(text)}"
        elif talk and leans_on_history(text):
            own = _as_question(text)
            beside = _beside(searching.hits(f"{talk} {own}"), whole)
            found.append(Part(text, text, following(talk, own), beside))
            talk = f"{talk} {own}"
        else:
            spelt, own_hits = searching.look(text)
            question = searched_for = question.replace(text, spelt)
            talk = _as_question(spelt)
            found.append(Part(spelt, spelt, Asked(talk), _beside(own_hits, whole)))
    known: tuple[Source, ...] = ()
    if what_was_read and is_follow_up:
        before = inquiry.searched_for.removesuffix(inquiry.question).strip()
        _, known = searching.read_first(before)
    return Found(
        inquiry,
        question,
        searched_for,
        tuple(found),
        asked[MAX_PARTS:],
        known,
        time.monotonic() - inquiry.started,
    )


def read_before(
    talk: str, retriever: Retriever, filters: Filters | None, scope: Filters | None
) -> tuple[str, tuple[Source, ...]]:
    """What a follow-up of `talk` is asked after, as the articles spell it, and what was read first
    for that. Raises StoreError.
    """
    return _Searching(retriever, filters, scope).read_first(talk)


def _beside(own: Sequence[Hit], whole: Sequence[Hit]) -> tuple[Hit, ...]:
    """A part's own hits with those of the whole question, which may say what it leans on."""
    best: dict[object, Hit] = {}
    lower = (replace(hit, score=hit.score - _WHOLE_COUNTS_LESS) for hit in whole)
    for hit in (*own, *lower):
        known = best.get(_place(hit))
        if known is None or hit.score > known.score:
            best[_place(hit)] = hit
    return tuple(sorted(best.values(), key=lambda hit: -hit.score)[:HITS_COMPARED])


def _as_question(part: str) -> str:
    return f"{part[:1].upper()}{part[1:].rstrip(' ?')}?"


def _place(hit: Hit) -> object:
    return hit.article.article_id, hit.passage.span
