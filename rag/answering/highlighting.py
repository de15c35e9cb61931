"""The answering words inside a sentence, as exact spans of its article.

Invariant: a highlight lies inside its sentence and has nothing that the question itself says.
"""

from __future__ import annotations

from rag.articles.article import Span
from rag.retrieval.sources import Source
from rag.text.dates import mentions
from rag.text.figures import amounts
from rag.text.names import names
from rag.text.wanted import wanted_of

MOST = 3


def highlights(question: str, source: Source) -> tuple[tuple[Source, Span], ...]:
    """At most three: amounts for "how many", names for "who" and "called", dates for "when"."""
    wanted, text, start = wanted_of(question), source.text, source.span.start
    asked = question.lower()
    spans: list[Span] = []
    if wanted == "amount":
        known = amounts(question)
        spans = [
            it.span for it in amounts(text) if not any(it.agrees_with(other) for other in known)
        ]
    elif wanted in ("person", "name"):
        spans = [
            Span(it.words[0].span.start, it.words[-1].span.end)
            for it in names(text)
            if not it.is_date and not it.first and it.text.lower() not in asked
        ]
    elif wanted == "time":
        spans = [it.span for it in mentions(text)]
    return tuple((source, Span(start + it.start, start + it.end)) for it in sorted(spans)[:MOST])
