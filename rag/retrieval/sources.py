"""Numbered sentences of the passages that were found, each an exact span of a stored article.

Invariant: source n is one sentence; `article.text[span.start:span.end]` is what a model reads and
what is cited, white space apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.articles.article import Article, Span
from rag.articles.sentences import sentence_spans
from rag.retrieval.hits import Hit
from rag.text.dates import Moment, moment_at
from rag.text.framing import bare
from rag.text.leaning import opens_leaning
from rag.text.overlap import content

_ANTECEDENT_CHARS = 600
MOST_ANTECEDENTS = 2
# Between a sentence and the next one: blanks, or the end of a paragraph.
NEXT_CHARS = 5
_WHOLE = 16
_MOST_NEAREST = 10


@dataclass(frozen=True)
class Source:
    """One numbered sentence of a hit's article."""

    number: int
    hit: Hit
    span: Span

    @property
    def article(self) -> Article:
        return self.hit.article

    @property
    def origin_id(self) -> str:
        return self.hit.origin_id or self.article.article_id

    @property
    def place(self) -> tuple[str, Span]:
        """Where it stands: what two sources of one sentence have in common."""
        return self.article.article_id, self.span

    @property
    def text(self) -> str:
        return self.span.of(self.article.text)

    @property
    def written_on(self) -> datetime.date | None:
        """The day on which it was written: its article's, or that of its entry on a live page."""
        return self.article.written_on(self.span.start)

    @property
    def written_at(self) -> Moment | None:
        """The moment of its entry on a live page; None elsewhere."""
        entry = self.article.entry_at(self.span.start)
        return moment_at(entry.day, entry.time) if entry else None

    @property
    def titled(self) -> str:
        """After its article's title, which often says of whom or what it speaks."""
        return f"{self.article.title} {self.text}"

    def is_next_to(self, other: Source, *, within_chars: int = 600) -> bool:
        """True when both stand close together in the same article."""
        if self.article.article_id != other.article.article_id:
            return False
        first, second = sorted((self.span, other.span))
        return second.start - first.end <= within_chars


def number_sentences(hits: Sequence[Hit], *, max_chars: int = 1600) -> tuple[Source, ...]:
    """Number the sentences of the hits: articles by their best hit, sentences as they stand.

    Passages are taken in order of rank until `max_chars` is reached (the first always fits),
    and a sentence that two passages share is numbered once. One that opens with "he" or "they"
    brings along the sentence before it.
    """
    chosen = Chosen()
    chosen.fill(((hit, _sentences_of(hit)) for hit in hits), max_chars)
    return chosen.numbered()


class Chosen:
    """Sentences taken so far, in the order of their articles' first."""

    def __init__(self) -> None:
        self._hits: dict[str, dict[Span, Hit]] = {}
        self._chars = 0

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._hits

    def fill(
        self,
        groups: Iterable[tuple[Hit, Sequence[Span]]],
        max_chars: int,
        *,
        headline_chars: int = 0,
    ) -> None:
        """Take each group that still fits, whole; the first of all always does.

        An article's headline counts as `headline_chars`.
        """
        for hit, spans in groups:
            taken = self._hits.get(hit.article.article_id, {})
            fresh = [span for span in spans if span not in taken]
            chars = sum(span.end - span.start for span in fresh)
            chars += 0 if taken else headline_chars
            if self._hits and self._chars + chars > max_chars:
                continue
            self._chars += chars
            self._hits[hit.article.article_id] = {**taken, **dict.fromkeys(fresh, hit)}

    def numbered(self) -> tuple[Source, ...]:
        ordered = [
            (span, hit) for taken in self._hits.values() for span, hit in sorted(taken.items())
        ]
        return tuple(Source(n, hit, span) for n, (span, hit) in enumerate(ordered, start=1))


def nearest(claim: str, sources: Sequence[Source]) -> list[Source]:
    """All of a few sentences; of many those that together say most of the claim's words.

    In their order. What is whole is read once for all claims about it.
    """
    if len(sources) <= _WHOLE:
        return list(sources)
    needed = content(bare(claim))
    missing = set(needed)
    chosen: list[Source] = []
    while len(chosen) < _MOST_NEAREST:
        best = max(
            (source for source in sources if source not in chosen),
            key=lambda one: (
                len(content(one.text) & missing),
                len(content(one.text) & needed),
                -one.number,
            ),
        )
        chosen.append(best)
        missing -= content(best.text)
    return sorted(chosen, key=lambda one: one.number)


def _sentences_of(hit: Hit) -> tuple[Span, ...]:
    """The passage's sentences, after the one or two that say who its first word means."""
    sentences = hit.passage.sentences
    text = hit.article.text
    for _ in range(MOST_ANTECEDENTS):
        if not sentences or not opens_leaning(sentences[0].of(text)):
            break
        before = _sentence_before(text, sentences[0].start)
        if before is None:
            break
        sentences = (before, *sentences)
    return sentences


def _sentence_before(text: str, place: int) -> Span | None:
    """The sentence that ends before `place`; None at the start, or where only its end is near."""
    earliest = max(0, place - _ANTECEDENT_CHARS)
    before = sentence_spans(text[earliest:place])
    if not before or (len(before) == 1 and earliest):
        return None
    return Span(before[-1].start + earliest, before[-1].end + earliest)
