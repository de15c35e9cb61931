"""Which questions are open: names that no source knows, parts that nothing answers.

Invariant: this only ever withholds; it lets nothing through.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.questions import unknown_to
from rag.retrieval.hits import Hit

NOT_STATED = "The articles found are about something near, but do not state the answer."
NOTHING_FOUND = "Nothing in the articles matches the question."
NOT_ESTABLISHED = "No sentence of the articles could be shown to answer this."


def unknown_name(question: str, hits: Sequence[Hit]) -> str | None:
    """A name or role of the question that none of the found passages has; None when all are."""
    return unknown_to(question, "\n".join(f"{h.article.title}\n{h.passage.text}" for h in hits))


def reason_unknown(name: str) -> str:
    """What the reader is told of it.

    >>> reason_unknown("Raqqa")
    'The articles found say nothing about Raqqa.'
    """
    return f"The articles found say nothing about {name}."


def reason_open(parts: Sequence[str]) -> str:
    """What the reader is told of the parts that stay open.

    >>> reason_open(["on what date?"])
    'The articles do not say: on what date?'
    """
    return f"The articles do not say: {' / '.join(parts)}"
