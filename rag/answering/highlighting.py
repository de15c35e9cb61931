"""The answering words inside a sentence, as exact spans of its article.

Invariant: a highlight lies inside its sentence and has nothing that the question itself says.
"""

from __future__ import annotations

from rag.articles.article import Span
from rag.retrieval.evidence import Source
from rag.text.figures import figures
from rag.text.names import names
from rag.text.values import values
from rag.text.wanted import wanted_of

MOST = 3


def highlights(question: str, source: Source) -> tuple[tuple[Source, Span], ...]:
    """At most three: amounts for "how many", names for "who", dates for "when"."""
    wanted, text, start = wanted_of(question), source.text, source.span.start
    asked = question.lower()
    spans: list[Span] = []
    if wanted == "amount":
        known = figures(question)
        spans = [
            it.span for it in figures(text) if not any(it.agrees_with(other) for other in known)
        ]
    elif wanted == "person":
        spans = [
            Span(it.words[0].span.start, it.words[-1].span.end)
            for it in names(text)
            if not it.is_date and not it.first and it.text.lower() not in asked
        ]
    elif wanted == "time":
        spans = [it.span for it in values(text) if it.kind == "date"]
        spans += [
            Span(it.words[0].span.start, it.words[-1].span.end)
            for it in names(text)
            if it.is_date and not any(it.words[0].span.overlaps(other) for other in spans)
        ]
    return tuple((source, Span(start + it.start, start + it.end)) for it in sorted(spans)[:MOST])
