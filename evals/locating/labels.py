"""Which of the sentences that are read for a question state its answer."""

from __future__ import annotations

from collections.abc import Sequence

from evals.datasets.example import Example
from rag.articles.article import name_of
from rag.retrieval.evidence import Source
from rag.text.overlap import coverage
from rag.text.words import words

# Of a quotation in a sentence, or of the sentence in it, before the sentence states the answer.
QUOTED, QUOTING = 0.6, 0.8
# Of several such sentences those that have less of question and answer than the best are left out.
_BEHIND = 0.15
_SHORT_ANSWER_WORDS = 8


def stating(example: Example, sources: Sequence[Source]) -> list[int]:
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


def likeliest(example: Example, sources: Sequence[Source]) -> tuple[int, ...]:
    """Of the stating sentences, those with most of the question and its answers."""
    places = stating(example, sources)
    wanted = " ".join([example.question, *(w for part in example.answers for w in part)])
    shares = {place: coverage(wanted, sources[place].titled) for place in places}
    best = max(shares.values(), default=0.0)
    return tuple(place for place, share in shares.items() if share >= best - _BEHIND)


def _is_quoted(quote: str, sentence: str) -> bool:
    return coverage(sentence, quote) >= QUOTED or coverage(quote, sentence) >= QUOTING


def _says(sentence: str, answer: str) -> bool:
    """True when the answer's words stand in the sentence one after the other."""
    said, wanted = (" ".join(word.lower for word in words(text)) for text in (sentence, answer))
    return bool(wanted) and f" {wanted} " in f" {said} "
