"""The numbered sentences the writer reads, each an exact span of a stored article.

Invariant: source n is one sentence; `article.text[span.start:span.end]` is what the writer saw,
white space apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.framing import bare
from rag.answering.names import MONTHS, WEEKDAYS
from rag.answering.overlap import content
from rag.answering.words import words
from rag.articles.article import Article, Span
from rag.articles.sentences import sentence_spans
from rag.retrieval.hits import Hit

FIRST_CHARS = 600
ALL_CHARS = 1_300
_ANTECEDENT_CHARS = 600
MOST_ANTECEDENTS = 2
_LEAST_NEAREST = 3
_MOST_NEAREST = 5
_MOST_BEFORE_LEANING = 8
_PERSONS = frozenset({"he", "she", "they"})
# "When they are finished, the plants …": who they are comes after.
_SUBORDINATING = frozenset(
    "after although as because before if once since though unless until when while".split()
)
_LEANING = re.compile(r"[\"“‘(]*(?:He|She|They|It|His|Her|Their|Its|This|These|Those)\b")


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
    def text(self) -> str:
        return self.span.of(self.article.text)

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
    spans: dict[str, dict[Span, Hit]] = {}
    total = 0
    for hit in hits:
        taken = spans.setdefault(hit.article.article_id, {})
        fresh = [span for span in _with_antecedent(hit) if span not in taken]
        size = sum(span.end - span.start for span in fresh)
        if total and total + size > max_chars:
            continue
        total += size
        taken.update((span, hit) for span in fresh)
    ordered = [(span, hit) for taken in spans.values() for span, hit in sorted(taken.items())]
    return tuple(Source(n, hit, span) for n, (span, hit) in enumerate(ordered, start=1))


def looks(
    hits: Sequence[Hit], *, first_chars: int = FIRST_CHARS, all_chars: int = ALL_CHARS
) -> tuple[tuple[Source, ...], ...]:
    """The numbered sentences in the portions in which they are read: the likeliest, the rest.

    A small model tells better whether a few sentences state an answer than whether many do, and
    most answers stand in the first few. Empty without hits.
    """
    every = number_sentences(hits, max_chars=all_chars)
    likeliest = {
        (s.article.article_id, s.span) for s in number_sentences(hits, max_chars=first_chars)
    }
    first = tuple(s for s in every if (s.article.article_id, s.span) in likeliest)
    rest = tuple(s for s in every if (s.article.article_id, s.span) not in likeliest)
    return tuple(portion for portion in (first, rest) if portion)


def nearest(claim: str, sources: Sequence[Source]) -> list[Source]:
    """Up to five of the sentences that together say most of the claim's words, in their order.

    Three at least: what stands around the best one may decide.
    """
    needed = content(bare(claim))
    missing = set(needed)
    chosen: list[Source] = []
    while len(chosen) < min(_MOST_NEAREST, len(sources)):
        best = max(
            (source for source in sources if source not in chosen),
            key=lambda one: (
                len(content(one.text) & missing),
                len(content(one.text) & needed),
                -one.number,
            ),
        )
        if len(chosen) >= _LEAST_NEAREST and not content(best.text) & missing:
            break
        chosen.append(best)
        missing -= content(best.text)
    return sorted(chosen, key=lambda one: one.number)


def opens_leaning(sentence: str) -> bool:
    """True when it begins with what stands before it: "He came", "In May, they left".

    >>> opens_leaning("But, on 3 May, she left."), opens_leaning("On 3 May the mayor left her.")
    (True, False)
    >>> opens_leaning("When they are finished, the plants will be large.")
    False
    """
    if _LEANING.match(sentence):
        return True
    for word in words(sentence)[:_MOST_BEFORE_LEANING]:
        if word.lower in _PERSONS:
            return True
        if word.lower in _SUBORDINATING:
            return False
        is_day = word.lower in WEEKDAYS | MONTHS or word.text[0].isdigit()
        if word.is_content and not is_day:
            return False
    return False


def _with_antecedent(hit: Hit) -> tuple[Span, ...]:
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
