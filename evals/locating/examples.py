"""Questions with the sentences that are read for them, and which of these state the answer.

From each answerable question come up to two that these sentences do not answer: with what states
the answer left out, and with another name or number of theirs in the place of one that is asked
about.
Invariant: the same questions give the same examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from evals.datasets import Collection
from evals.example import Example
from rag.answering.compound import parts
from rag.answering.finding import HITS
from rag.answering.overlap import coverage
from rag.answering.portions import FIRST_CHARS, looks
from rag.answering.prompts import one_line
from rag.answering.sources import Source
from rag.answering.words import words
from rag.articles.article import name_of
from rag.models.located import MOST_SENTENCES
from rag.newsroom import Newsroom

Made = Literal["first", "second", "without", "swapped"]

# Of a quotation in a sentence, or of the sentence in it, before the sentence states the answer.
QUOTED, QUOTING = 0.6, 0.8
# Of several such sentences those that have less of question and answer than the best are left out.
_BEHIND = 0.15
_SHORT_ANSWER_WORDS = 8
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")


@dataclass(frozen=True)
class Shown:
    """A question as it is asked, beside sentences; `stating` are the places of those, from 0."""

    dataset: str
    story: str
    question: str
    sources: tuple[Source, ...]
    stating: tuple[int, ...]
    made: Made


def shown(collection: Collection, newsroom: Newsroom) -> Iterator[Shown]:
    """What is read for each question of a collection, and what is made of it.

    A question that asks several things is left out. Raises StoreError.
    """
    random = Random(collection.name)  # noqa: S311 - a choice of examples, no secret
    for example in collection.examples:
        if len(parts(example.question)) > 1:
            continue
        hits = newsroom.search(example.question, HITS)
        read = looks(example.question, hits)
        for place, sources in enumerate(read):
            one = Shown(
                dataset=collection.name,
                story=hits[0].article.title or hits[0].article.article_id,
                question=example.question,
                sources=sources,
                stating=_likeliest(example, sources),
                made="second" if place else "first",
            )
            made = [one]
            if one.made == "first" and one.stating:
                made.append(_without(example, one, [s for look in read for s in look]))
                made += _swapped(example, one, random)
            yield from (some for some in made if 0 < len(some.sources) <= MOST_SENTENCES)


def _stating(example: Example, sources: Sequence[Source]) -> list[int]:
    """The places of the sentences that state an answer, a wrong one of misinformation included."""
    if not example.answerable:
        return []
    quotes = [gold.quote for gold in example.gold if gold.quote]
    answers = [wording for part in example.answers for wording in part]
    short = [one for one in (*answers, *example.wrong) if len(one.split()) <= _SHORT_ANSWER_WORDS]
    long = quotes or [one for one in answers if one not in short]
    gold = {one.article for one in example.gold}

    def states(source: Source) -> bool:
        if any(_is_quoted(quote, source.text) for quote in long):
            return True
        trusted = bool(example.wrong) or name_of(source.article.source) in gold
        return not quotes and trusted and any(_says(source.text, one) for one in short)

    return [place for place, source in enumerate(sources) if states(source)]


def _is_quoted(quote: str, sentence: str) -> bool:
    return coverage(sentence, quote) >= QUOTED or coverage(quote, sentence) >= QUOTING


def _says(sentence: str, answer: str) -> bool:
    """True when the answer's words stand in the sentence one after the other."""
    said, wanted = (" ".join(word.lower for word in words(text)) for text in (sentence, answer))
    return bool(wanted) and f" {wanted} " in f" {said} "


def _likeliest(example: Example, sources: Sequence[Source]) -> tuple[int, ...]:
    """Of the stating sentences, those with most of the question and its answers."""
    places = _stating(example, sources)
    wanted = " ".join([example.question, *(w for part in example.answers for w in part)])
    shares = {
        place: coverage(wanted, f"{sources[place].article.title} {sources[place].text}")
        for place in places
    }
    best = max(shares.values(), default=0.0)
    return tuple(place for place, share in shares.items() if share >= best - _BEHIND)


def _without(example: Example, one: Shown, read: Sequence[Source]) -> Shown:
    """The likeliest other sentences: nothing that states the answer is among them."""
    stating = set(_stating(example, read))
    kept: list[Source] = []
    for place, source in enumerate(read):
        length = sum(len(other.text) for other in kept)
        if place not in stating and length + len(source.text) <= FIRST_CHARS:
            kept.append(source)
    return replace(one, sources=tuple(kept), stating=(), made="without")


def _swapped(example: Example, one: Shown, random: Random) -> list[Shown]:
    """The same sentences, asked about another name or number of theirs, where they have one."""
    text = " ".join(one_line(source.text) for source in one.sources)
    answers = {w.lower() for part in example.answers for w in part}
    for pattern in (_NUMBER, _NAME):
        asked = sorted(set(pattern.findall(one.question)))
        others = sorted(
            found
            for found in set(pattern.findall(text))
            if found.lower() not in one.question.lower()
            and not any(found.lower() in w or w in found.lower() for w in answers)
        )
        if asked and others:
            question = one.question.replace(random.choice(asked), random.choice(others))
            return [replace(one, question=question, stating=(), made="swapped")]
    return []
