"""Articles without end, for measuring at a scale that no folder at hand has.

They are made after real ones, so that sentence lengths and paragraphs are real and no two are
alike; what they say means nothing. Words are as rare as in real language (Zipf's law with
Mandelbrot's shift): the real articles' words first, by how often they stand there, then coined
ones, so that a word's list of passages grows with the corpus as it does in news.
"""

from __future__ import annotations

import datetime
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from evals.systems.articles import row_of
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.articles.sentences import sentence_spans

VOCABULARY_WORDS = 200_000
_MANDELBROT_SHIFT = 2.7
_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
# Few publishers write much and many little, over ten years.
PUBLISHERS = 50
FIRST_DAY = datetime.date(2015, 1, 1)
DAYS = 3_650
_TITLE_WORDS = 8


def made_articles(articles: Sequence[Article], seed: int = 0) -> Iterator[Article]:
    """The same articles for the same seed; the sentences are as long as those of `articles`.

    >>> made = made_articles([Article("a", "It rained hard. Two boats sank.", "Rain")])
    >>> first, second = next(made).text, next(made).text
    >>> (len(first.split()), first.count("."), first == second)
    (6, 2, False)
    """
    words = _vocabulary(articles)
    rarity = np.cumsum(1.0 / (np.arange(len(words)) + _MANDELBROT_SHIFT))
    draw = np.random.default_rng(seed)
    patterns = [_pattern(article) for article in articles]
    for number in itertools.count(1):
        pattern = patterns[number % len(patterns)]
        needed = sum(count for _, count in pattern) + _TITLE_WORDS
        ranks = np.searchsorted(rarity, draw.random(needed) * rarity[-1])
        drawn = iter([words[rank] for rank in ranks])
        text = "".join(
            between + " ".join(itertools.islice(drawn, count)).capitalize() + "."
            for between, count in pattern
        )
        yield Article(
            f"made-{seed}-{number}",
            text,
            " ".join(drawn).capitalize(),
            publisher=publisher_name(int(PUBLISHERS ** draw.random())),
            published_at=FIRST_DAY + datetime.timedelta(days=int(draw.integers(DAYS))),
        )


def write_articles(coming: Iterator[Article], passages: int, file: Path) -> tuple[int, int]:
    """Write articles until they hold so many passages; how many of both were written."""
    written = taken = 0
    with file.open("w", encoding="utf-8") as out:
        while written < passages:
            article = next(coming)
            taken += 1
            written += len(passages_of(article))
            out.write(json.dumps(row_of(article), ensure_ascii=False) + "\n")
    return written, taken


def publisher_name(number: int) -> str:
    """The name of a made publisher, 1 the busiest."""
    return f"Made Paper {number}"


def coined_word(number: int) -> str:
    """A word that can be spoken and means nothing; another one for each number from 0.

    >>> coined_word(0), coined_word(1), coined_word(4_900)
    ('babaka', 'babake', 'bebaka')
    """
    high, low = divmod(number, len(_SYLLABLES))
    higher, high = divmod(high, len(_SYLLABLES))
    return "".join(_SYLLABLES[digit % len(_SYLLABLES)] for digit in (higher, high, low + 20))


def _vocabulary(articles: Sequence[Article]) -> list[str]:
    """Words from the most to the least frequent: those of `articles`, then coined ones."""
    text = " ".join(article.text for article in articles)
    counted = Counter(re.findall(r"[\w'-]+", text))
    real = [word for word, _ in counted.most_common(VOCABULARY_WORDS)]
    return real + [coined_word(number) for number in range(VOCABULARY_WORDS - len(real))]


def _pattern(article: Article) -> list[tuple[str, int]]:
    """What stands before each sentence, and how many words it has."""
    pattern, done = [], 0
    for span in sentence_spans(article.text):
        pattern.append((article.text[done : span.start], len(span.of(article.text).split())))
        done = span.end
    return pattern
