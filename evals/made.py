"""Articles without end, for measuring at a scale that no shipped folder has.

They are made from the words of real ones, so that their language, sentence lengths and paragraphs
are real and no two are alike; what they say means nothing.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from rag.articles.article import Article
from rag.articles.sentences import sentence_spans


def made_articles(articles: Sequence[Article], seed: int = 0) -> Iterator[Article]:
    """The same articles for the same seed; the sentences are as long as those of `articles`.

    >>> made = made_articles([Article("a", "It rained hard. Two boats sank.", "Rain")])
    >>> first, second = next(made).text, next(made).text
    >>> (len(first.split()), first.count("."), first == second)
    (6, 2, False)
    """
    words = re.findall(r"[\w'-]+", " ".join(article.text for article in articles))
    draw = random.Random(seed)  # noqa: S311 - to be drawn again, not to be secret
    number = 0
    while True:
        for article in articles:
            number += 1
            text, done = "", 0
            for span in sentence_spans(article.text):
                drawn = draw.choices(words, k=len(span.of(article.text).split()))
                text += article.text[done : span.start] + " ".join(drawn).capitalize() + "."
                done = span.end
            title = " ".join(draw.choices(words, k=8)).capitalize()
            yield Article(f"made-{number}", text, title)
