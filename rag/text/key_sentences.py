"""The few sentences of an article that tell most of it, as they stand.

What comes first in news says most; beyond that a sentence counts for as much as the others lean on
its words (LexRank). Invariant: every sentence chosen is one whole sentence of the article's own
voice that can be read alone: no headline, no piece of a quotation, no repetition. What is furniture
of the page is for the caller to leave out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.articles.article import Span
from rag.text.boilerplate import is_fragment
from rag.text.words import STOP_WORDS, bare_words, stem

# Sentences read of a long text: what tells most of a book is not looked for.
_MOST_READ = 300
_FEWEST_WORDS, _FEWEST_OUTSIDE, _MOST_CHARS = 4, 3, 420
_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n|\n")
_LEANING = re.compile(
    r"(?:[\"“‘'(]?\s*)(?:(?:and|but|so|or|yet|still|also|then|instead|however|nevertheless|"
    r"therefore|thus|meanwhile|moreover|furthermore|similarly|likewise|otherwise|besides|indeed|"
    r"of course|for example|for instance|in addition|in fact|on the other hand|as a result|"
    r"as well as|even so|at the same time|after that|later|since then|too),?\s)?"
    r"(?:he|she|they|it|this|these|those|that|his|her|hers|their|its|such|here|there|both|neither|"
    r"(?:after|apart from|at|because of|before|by|despite|during|for|from|in|of|with|without)\s"
    r"(?:this|these|those|such)|another|others|one of (?:them|these|those)|"
    r"some of (?:them|these)|the (?:latter|former|same|other))\b",
    re.I,
)
_JOINING = re.compile(
    r"(?:and|but|so|or|yet|also|then|instead|however|nevertheless|therefore|thus|moreover|"
    r"meanwhile|furthermore|similarly|likewise|otherwise|besides|indeed|of course|for example|"
    r"for instance|in addition|in fact|as a result|even so|in other words)\b",
    re.I,
)
_EARLY_PRONOUN = re.compile(
    r"(?:(?:when|while|as|after|before|if|because|since|although|though|even though|until|once|"
    r"\w+ly|now|today|soon|later)\s|[A-Z][^.,“”\"]{0,50},\s)(?:he|she|they|it|his|her|their)\b",
    re.I,
)
_OWN_VOICE = re.compile(r"\b(?:I|I[’']\w+|[Mm]y|[Ww]e|[Oo]ur|[Yy]ou|[Yy]our)\b")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_SHORT = 6
_DAMPING, _ROUNDS = 0.85, 30
_LEAST_LIKE, _TOO_LIKE = 0.08, 0.5
_POSITION, _CENTRAL, _TITLE = 0.6, 0.4, 0.15


@dataclass(frozen=True)
class _Candidate:
    place: int
    span: Span
    stems: Counter[str]
    factor: float


def key_sentences(
    text: str, sentences: Sequence[Span], title: str = "", *, least: int = 3, most: int = 5
) -> tuple[Span, ...]:
    """Between `least` and `most` of `sentences` in their order; fewer where fewer will do.

    >>> from rag.articles.sentences import sentence_spans
    >>> text = (
    ...     "Ferry to Farne\\n\\nThe ferry to Farne sank off Lowick on Monday. She was old. "
    ...     "All 90 people on the ferry were brought to Lowick."
    ... )
    >>> [span.of(text) for span in key_sentences(text, sentence_spans(text))]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['The ferry to Farne sank off Lowick on Monday.',
     'All 90 people on the ferry were brought to Lowick.']
    """
    read = sentences[:_MOST_READ]
    candidates = list(_candidates(text, read))
    if not candidates:
        return ()
    wanted = min(most, max(least, len(candidates) // 8 + 1))
    scores = _scores(candidates, set(_content_stems(title)))
    chosen: list[int] = []
    for index in sorted(range(len(candidates)), key=lambda i: -scores[i]):
        if all(_likeness(candidates[index], candidates[other]) < _TOO_LIKE for other in chosen):
            chosen.append(index)
        if len(chosen) == wanted:
            break
    return tuple(sorted(candidates[index].span for index in chosen))


def _candidates(text: str, sentences: Sequence[Span]) -> Iterator[_Candidate]:
    for place, (span, in_quotation) in enumerate(_with_quotations(text, sentences)):
        sentence = span.of(text)
        if in_quotation or not _END.search(sentence) or len(sentence) > _MOST_CHARS:
            continue
        if sentence[0].islower() or is_fragment(sentence):
            continue
        outside = _QUOTED.sub(" ", sentence)
        stems = Counter(_content_stems(sentence))
        if len(outside.split()) < _FEWEST_OUTSIDE or stems.total() < _FEWEST_WORDS:
            continue
        yield _Candidate(place, span, stems, _factor(sentence, outside, stems.total(), place))


def _content_stems(sentence: str) -> Iterator[str]:
    """The stems of what `Word.is_content` says counts, each word looked at once."""
    for bare in bare_words(sentence):
        if bare.isdigit() or (len(bare) > 1 and (bare.isupper() or bare.lower() not in STOP_WORDS)):
            yield stem(bare)


def _with_quotations(text: str, sentences: Sequence[Span]) -> Iterator[tuple[Span, bool]]:
    """Each sentence, and whether it is a piece of a quotation that is longer than itself."""
    is_open, end = False, 0
    for span in sentences:
        if _PARAGRAPH.search(text, end, span.start):
            is_open = False
        sentence = span.of(text)
        began = is_open
        for mark in re.finditer(r"[“”\"]", sentence):
            is_open = {"“": True, "”": False}.get(mark.group(), not is_open)
        end = span.end
        yield span, began or is_open


def _factor(sentence: str, outside: str, content_words: int, place: int) -> float:
    """How well a sentence can be read alone, between 0 and 1."""
    factor = 1.0
    if _LEANING.match(sentence):
        factor *= 0.3 if place else 0.75  # the first has nothing before it to lean on
    elif _JOINING.match(sentence):
        factor *= 0.5
    elif _EARLY_PRONOUN.match(sentence):
        factor *= 0.6
    if sentence.endswith("?"):
        factor *= 0.3
    if _OWN_VOICE.search(outside):
        factor *= 0.6
    if len(outside) < 0.6 * len(sentence):
        factor *= 0.7  # mostly somebody's words
    if content_words < _SHORT:
        factor *= 0.6
    return factor


def _scores(candidates: Sequence[_Candidate], title: set[str]) -> list[float]:
    central = _centrality(candidates)
    about = [len(title & one.stems.keys()) / len(title) if title else 0.0 for one in candidates]
    return [
        one.factor
        * (_CENTRAL * float(central[i]) + _POSITION / (1 + 0.35 * one.place) + _TITLE * about[i])
        for i, one in enumerate(candidates)
    ]


def _centrality(candidates: Sequence[_Candidate]) -> NDArray[np.float64]:
    """LexRank of each candidate, the highest as 1."""
    held = Counter(word for one in candidates for word in one.stems)
    column = {word: i for i, word in enumerate(word for word, n in held.items() if n > 1)}
    count = len(candidates)
    weights = np.zeros((count, len(column) + 1))
    for row, one in enumerate(candidates):
        alone = 0.0
        for word, times in one.stems.items():
            weight = times * np.log(1 + count / held[word])
            if word in column:
                weights[row, column[word]] = weight
            else:
                alone += weight**2
        weights[row] /= np.sqrt((weights[row] ** 2).sum() + alone) or 1.0
    alike = weights @ weights.T
    np.fill_diagonal(alike, 0.0)
    alike[alike < _LEAST_LIKE] = 0.0
    sums = alike.sum(axis=1, keepdims=True)
    moves = np.divide(alike, sums, out=np.full_like(alike, 1 / count), where=sums > 0)
    rank = np.full(count, 1 / count)
    for _ in range(_ROUNDS):
        rank = (1 - _DAMPING) / count + _DAMPING * (rank @ moves)
    highest: NDArray[np.float64] = rank / rank.max()
    return highest


def _likeness(one: _Candidate, other: _Candidate) -> float:
    shared = len(one.stems.keys() & other.stems.keys())
    return shared / min(len(one.stems), len(other.stems))
